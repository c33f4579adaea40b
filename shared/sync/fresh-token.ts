import * as z from 'zod'
import { clock } from '../clock.ts'
import type { KeyRing } from '../crypto.ts'
import { sql } from '../db/sql.ts'
import { tenantKeys } from '../db/tenant-keys.ts'
import { type Db, transaction } from '../db/transaction.ts'
import { AppError, toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import { appOf } from '../oauth/app.ts'
import type { Grant } from '../oauth/provider.ts'
import { providerOf } from '../oauth/providers.ts'
import { actor } from '../tenant.ts'
import { openCredentials, type StoredCredentials, sealCredentials } from './credentials.ts'

type Tokens = StoredCredentials & { token_expires_at: Date | null }
type Held = Tokens & { integration_id: string; platform: string; account_id: string }

const Plain = z.object({ access_token: z.string(), refresh_token: z.string().optional() })
type Plain = z.output<typeof Plain>

/**
 * The connection with a token that lasts: renewed at the provider, and stored, when it would soon end. One renews at a time
 * (who holds the lease); should two, the first to store it wins and the other takes what is stored.
 * Throws PROVIDER_AUTH when only a person can help.
 */
export async function withFreshToken<H extends Held>(held: H): Promise<H> {
  const renewal = providerOf(held.platform)?.renewal
  if (!renewal || held.token_expires_at === null) return held
  const leftMs = held.token_expires_at.getTime() - clock.now().getTime()
  if (leftMs > renewal.beforeMs) return held
  try {
    return await renewed(held)
  } catch (error) {
    if (toAppError(error).code === 'PROVIDER_AUTH' || leftMs <= 0) throw error
    // The token in hand is still good; the next sync tries again.
    logError('A token could not be renewed ahead of its end.', error, { integration_id: held.integration_id })
    return held
  }
}

/**
 * The connection with another token than this one, which the provider has refused: the one that is stored by now, or a
 * renewed one. Null when its tokens cannot be renewed. Throws as withFreshToken.
 */
export async function withRenewedToken<H extends Held>(held: H): Promise<H | null> {
  const ends = held.token_expires_at !== null || held.refresh_token_encrypted !== null
  return ends && providerOf(held.platform)?.renewal ? renewed(held) : null
}

async function renewed<H extends Held>(held: H): Promise<H> {
  const provider = providerOf(held.platform)
  if (!provider?.renewal) throw new AppError('PROVIDER_AUTH', `Tokens of ${held.platform} cannot be renewed.`)
  const { plain, other } = await transaction(async (db) => {
    const ring = await tenantKeys(db)
    const opened = await openCredentials(ring, held, Plain)
    return { plain: opened, other: await replacement(db, ring, { held, plain: opened }) }
  })
  if (other) return { ...held, ...other }
  const grant = await provider.renewal.renew({ ...plain, account_id: held.account_id }, await appOf(provider))
  return { ...held, ...(await store(grant, { held, plain })) }
}

type Replacing = { held: Held; plain: Plain }

/** What is stored by now, locked until commit, if that is another token; the same one closed under another key is none. */
async function replacement(db: Db, ring: KeyRing, { held, plain }: Replacing): Promise<Tokens | null> {
  const current = await db.one<Tokens>(sql`
    select access_token_encrypted, refresh_token_encrypted, token_expires_at from integrations
    where tenant_id = ${actor().tenantId} and integration_id = ${held.integration_id} for no key update`)
  if (current?.access_token_encrypted === held.access_token_encrypted) return null
  const nothing: Tokens = { access_token_encrypted: null, refresh_token_encrypted: null, token_expires_at: null }
  const stored = { ...held, ...(current ?? nothing) }
  const { access_token } = await openCredentials(ring, stored, Plain)
  return access_token === plain.access_token ? null : stored
}

const store = (grant: Grant, replacing: Replacing): Promise<Tokens> =>
  transaction(async (db) => {
    const { integration_id, refresh_token_encrypted } = replacing.held
    const ring = await tenantKeys(db)
    const other = await replacement(db, ring, replacing)
    if (other) return other
    const { access_token, refresh_token } = grant
    const plain = { access_token, ...(refresh_token !== null && { refresh_token }) }
    const sealed = await sealCredentials(ring, integration_id, plain)
    const fresh = {
      access_token_encrypted: sealed.access_token_encrypted,
      refresh_token_encrypted: sealed.refresh_token_encrypted ?? refresh_token_encrypted,
      token_expires_at: grant.expires_at,
    }
    await db.query(sql`
      update integrations set access_token_encrypted = ${fresh.access_token_encrypted},
        refresh_token_encrypted = ${fresh.refresh_token_encrypted}, token_expires_at = ${fresh.token_expires_at}
      where tenant_id = ${actor().tenantId} and integration_id = ${integration_id}`)
    return fresh
  })
