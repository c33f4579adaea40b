import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { forgetSecret, secret } from '../cloud/secrets.ts'
import { decrypt, encrypt, type KeyRing, newKey, parseKeyRing, pseudonym, pseudonymKey } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { actor } from '../tenant.ts'
import { sql } from './sql.ts'
import type { Db } from './transaction.ts'

type Row = { key_id: string; wrapped_key: string; wrapped_by: string }
/** `behind`: the platform closes with another key by now than the one that closed some of these. */
export type TenantKeys = KeyRing & { behind: boolean }

const bindingOf = (tenantId: string, keyId: string) => ({ tenantId, subject: keyId, field: 'tenant_key' })
const platformRing = async (): Promise<KeyRing> => parseKeyRing(await secret('ENCRYPTION_KEYS'), 'ENCRYPTION_KEYS')

/** The tenant's own keys, newest current. Throws CRYPTO_REFUSED when they were destroyed: its ciphertexts are gone for good. */
export async function tenantKeys(db: Db): Promise<TenantKeys> {
  const { tenantId } = actor()
  const rows = await db.query<Row>(
    sql`select key_id, wrapped_key, wrapped_by from tenant_keys where tenant_id = ${tenantId} order by created_at desc, key_id desc`,
  )
  const newest = rows[0]
  if (!newest)
    throw new AppError('CRYPTO_REFUSED', 'This tenant has no encryption key: it was never set up, or it was erased.')
  const ring = await platformRingFor(rows)
  const keys = await Promise.all(
    rows.map(
      async ({ key_id, wrapped_key }) =>
        [key_id, await decrypt(ring, wrapped_key, bindingOf(tenantId, key_id))] as const,
    ),
  )
  const behind = rows.some(({ wrapped_by }) => wrapped_by !== ring.current)
  return { current: newest.key_id, keys: Object.fromEntries(keys), behind }
}

/** Another instance may have closed them with a key that this one has not heard of. */
async function platformRingFor(rows: readonly Row[]): Promise<KeyRing> {
  const ring = await platformRing()
  if (rows.every(({ wrapped_by }) => wrapped_by in ring.keys)) return ring
  forgetSecret('ENCRYPTION_KEYS')
  return platformRing()
}

/** Pseudonyms of outside ids (a customer's full gid). Made with the oldest key: they must not change when a key is added. */
export function pseudonymsUnder(ring: KeyRing): (id: string) => string {
  const oldest = Object.keys(ring.keys).sort()[0] ?? ring.current
  const hmacKey = pseudonymKey(ring.keys[oldest] ?? new Uint8Array())
  return (id) => pseudonym(hmacKey, id)
}

/** Adds a key for the actor's tenant; it becomes the current one. */
export async function addTenantKey(db: Db): Promise<void> {
  const { tenantId } = actor()
  const keyId = uuidv7()
  const wrapped = await encrypt(await platformRing(), newKey(), bindingOf(tenantId, keyId))
  await db.query(sql`
    insert into tenant_keys (tenant_id, key_id, wrapped_key, created_at)
    values (${tenantId}, ${keyId}, ${wrapped}, ${clock.now()})`)
}

/** Closes the tenant's keys with the platform's current one. */
export async function wrapAgain(db: Db, { keys }: KeyRing): Promise<void> {
  const { tenantId } = actor()
  const ring = await platformRing()
  const closed = await Promise.all(
    Object.entries(keys).map(async ([key_id, key]) => ({
      key_id,
      wrapped_key: await encrypt(ring, key, bindingOf(tenantId, key_id)),
    })),
  )
  await db.query(sql`
    update tenant_keys k set wrapped_key = c.wrapped_key
    from jsonb_to_recordset(${JSON.stringify(closed)}::jsonb) as c (key_id text, wrapped_key text)
    where k.tenant_id = ${tenantId} and k.key_id = c.key_id`)
}
