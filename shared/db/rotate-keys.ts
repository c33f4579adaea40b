import { forgetSecret } from '../cloud/secrets.ts'
import { decrypt, encrypt, type KeyRing } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { logError } from '../log.ts'
import { actor } from '../tenant.ts'
import { sql, trusted } from './sql.ts'
import { addTenantKey, type TenantKeys, tenantKeys, wrapAgain } from './tenant-keys.ts'
import type { Db } from './transaction.ts'

/** Every ciphertext that is kept for good: where it stands and what it is bound to. Others last for hours and keep their key. */
const LASTING = [
  { table: 'integrations', id: 'integration_id', column: 'access_token_encrypted', field: 'access_token' },
  { table: 'integrations', id: 'integration_id', column: 'refresh_token_encrypted', field: 'refresh_token' },
  { table: 'n8n_secrets', id: 'secret_id', column: 'secret_encrypted', field: 'n8n_secret' },
  { table: 'webhook_endpoints', id: 'secret_id', column: 'secret_encrypted', field: 'webhook_secret' },
] as const

/**
 * The tenant's keys; when the platform closes with another key by now, they are first closed anew, a fresh one is added,
 * and all that lasts is closed with that: whoever got hold of the former platform key opens nothing from then on.
 * Former tenant keys stay, for what is short-lived and for pseudonyms.
 */
export async function currentTenantKeys(db: Db): Promise<TenantKeys> {
  const known = await tenantKeys(db)
  if (!known.behind) return known
  // Two at once: the second finds it done. And the platform's keys may be older here than elsewhere.
  await db.query(sql`select key_id from tenant_keys where tenant_id = ${actor().tenantId} for update`)
  forgetSecret('ENCRYPTION_KEYS')
  const locked = await tenantKeys(db)
  if (!locked.behind) return locked
  await wrapAgain(db, locked)
  await addTenantKey(db)
  const ring = await tenantKeys(db)
  for (const place of LASTING) await closeAgain(db, ring, place)
  return ring
}

type Sealed = { id: string; jwe: string }

async function closeAgain(
  db: Db,
  ring: KeyRing,
  { table, id, column, field }: (typeof LASTING)[number],
): Promise<void> {
  const { tenantId } = actor()
  const [from, key, sealed] = [trusted(table), trusted(id), trusted(column)]
  const rows = await db.query<Sealed>(sql`
    select ${key} as id, ${sealed} as jwe from ${from} where tenant_id = ${tenantId} and ${sealed} is not null
    for no key update`)
  const closed = await Promise.all(rows.map(({ id: subject, jwe }) => again(ring, jwe, { tenantId, subject, field })))
  await db.query(sql`
    update ${from} t set ${sealed} = c.jwe
    from jsonb_to_recordset(${JSON.stringify(closed.filter((each) => each !== null))}::jsonb) as c (id uuid, jwe text)
    where t.tenant_id = ${tenantId} and t.${key} = c.id`)
}

/** Null for what no key opens: it is lost already, and its connection says so at its next sync. */
async function again(ring: KeyRing, jwe: string, binding: Parameters<typeof encrypt>[2]): Promise<Sealed | null> {
  try {
    return { id: binding.subject, jwe: await encrypt(ring, await decrypt(ring, jwe, binding), binding) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    logError(`A stored ${binding.field} opens with none of its tenant's keys.`, error, { subject_id: binding.subject })
    return null
  }
}
