import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { decrypt, encrypt, newKey } from '../crypto.ts'
import { sql } from '../db/sql.ts'
import { tenantKeys } from '../db/tenant-keys.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'

/** alerts: each alert, by the channel `webhook`. n8n: what starts workflows, at paths below the URL. */
export const PURPOSES = ['alerts', 'n8n'] as const
export type Purpose = (typeof PURPOSES)[number]

export type Endpoint = { url: string; key: Uint8Array }
type Row = { url: string; secret_id: string; secret_encrypted: string }

const PREFIX = 'whsec_'

/** Where the actor's tenant wants to be called for this, and with what we sign; null when it said nothing. */
export async function readEndpoint(db: Db, purpose: Purpose): Promise<Endpoint | null> {
  const { tenantId } = actor()
  const row = await db.one<Row>(sql`
    select url, secret_id, secret_encrypted from webhook_endpoints where tenant_id = ${tenantId} and purpose = ${purpose}`)
  if (!row) return null
  const plain = await decrypt(await tenantKeys(db), row.secret_encrypted, bindingOf(row.secret_id))
  return { url: row.url, key: Buffer.from(Buffer.from(plain).toString().slice(PREFIX.length), 'base64') }
}

/** Whether readEndpoint() would find one. */
export async function hasEndpoint(db: Db, purpose: Purpose): Promise<boolean> {
  const row = await db.one(sql`
    select purpose from webhook_endpoints where tenant_id = ${actor().tenantId} and purpose = ${purpose}`)
  return row !== null
}

/** Keeps the URL with a new secret, which is returned and never shown again. */
export async function keepEndpoint(db: Db, purpose: Purpose, url: string): Promise<string> {
  const { tenantId } = actor()
  const [secret, secretId] = [`${PREFIX}${Buffer.from(newKey()).toString('base64')}`, uuidv7()]
  const sealed = await encrypt(await tenantKeys(db), Buffer.from(secret), bindingOf(secretId))
  await db.query(sql`
    insert into webhook_endpoints (tenant_id, purpose, url, secret_id, secret_encrypted, updated_at)
    values (${tenantId}, ${purpose}, ${url}, ${secretId}, ${sealed}, ${clock.now()})
    on conflict (tenant_id, purpose) do update set url = excluded.url, secret_id = excluded.secret_id,
      secret_encrypted = excluded.secret_encrypted, updated_at = excluded.updated_at`)
  return secret
}

const bindingOf = (secretId: string) => ({ tenantId: actor().tenantId, subject: secretId, field: 'webhook_secret' })
