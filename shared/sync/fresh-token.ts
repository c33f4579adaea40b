import { z } from 'zod'
import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { tenantKeys } from '../db/tenant-keys.ts'
import { transaction } from '../db/transaction.ts'
import { AppError, toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import type { Grant } from '../oauth/provider.ts'
import { appOf, providerOf } from '../oauth/providers.ts'
import { actor } from '../tenant.ts'
import { openCredentials, type StoredCredentials, sealCredentials } from './credentials.ts'

type Tokens = StoredCredentials & { token_expires_at: Date | null }
type Held = Tokens & { integration_id: string; platform: string; account_id: string }

const Plain = z.object({ access_token: z.string(), refresh_token: z.string().optional() })

/**
 * The connection with a token that lasts: renewed at the provider, and stored, when it would soon end. One renews at a time
 * (who holds the lease); should two, the first to store it wins and the other takes what is stored.
 * Throws PROVIDER_AUTH when only a person can help.
 */
export async function withFreshToken<H extends Held>(held: H): Promise<H> {
  const provider = providerOf(held.platform)
  const { renewal } = provider ?? {}
  if (!provider || !renewal || held.token_expires_at === null) return held
  const leftMs = held.token_expires_at.getTime() - clock.now().getTime()
  if (leftMs > renewal.beforeMs) return held
  const plain = await transaction(async (db) => openCredentials(await tenantKeys(db), held, Plain))
  try {
    const grant = await renewal.renew({ ...plain, account_id: held.account_id }, await appOf(provider))
    return { ...held, ...(await store(held, grant)) }
  } catch (error) {
    if (toAppError(error).code === 'PROVIDER_AUTH' || leftMs <= 0) throw error
    // The token in hand is still good; the next sync tries again.
    logError('A token could not be renewed ahead of its end.', error, { integration_id: held.integration_id })
    return held
  }
}

function store(held: Held, grant: Grant): Promise<Tokens> {
  const { tenantId } = actor()
  return transaction(async (db) => {
    const { access_token, refresh_token } = grant
    const plain = { access_token, ...(refresh_token !== null && { refresh_token }) }
    const sealed = await sealCredentials(await tenantKeys(db), held.integration_id, plain)
    const fresh = { ...sealed, token_expires_at: grant.expires_at }
    const stored = await db.one(sql`
      update integrations set access_token_encrypted = ${fresh.access_token_encrypted},
        refresh_token_encrypted = coalesce(${fresh.refresh_token_encrypted}, refresh_token_encrypted),
        token_expires_at = ${fresh.token_expires_at}
      where tenant_id = ${tenantId} and integration_id = ${held.integration_id}
        and access_token_encrypted = ${held.access_token_encrypted}
      returning integration_id`)
    if (stored) return fresh
    const current = await db.one<Tokens>(sql`
      select access_token_encrypted, refresh_token_encrypted, token_expires_at from integrations
      where tenant_id = ${tenantId} and integration_id = ${held.integration_id}`)
    if (current?.access_token_encrypted) return current
    throw new AppError('PROVIDER_AUTH', 'The connection holds no usable token: connect it again.')
  })
}
