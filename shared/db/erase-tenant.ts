import { clock } from '../clock.ts'
import { actor } from '../tenant.ts'
import { removeWarehouse } from '../warehouse/remove.ts'
import { sql, trusted } from './sql.ts'
import { tenantTables } from './tenant-tables.ts'
import { transaction } from './transaction.ts'

const ROWS_A_BATCH = 5_000

/**
 * Erases the actor's tenant for good once its grace period is over: first its keys, which makes every ciphertext and
 * pseudonym unreadable wherever a copy is, then its rows in batches, its warehouse, and the tenant itself. May be stopped and
 * called again at any point. False when there is nothing to erase, or `mustStop` said so before the end. Throws UNAVAILABLE.
 */
export async function eraseTenant(mustStop: () => boolean): Promise<boolean> {
  const { tenantId } = actor()
  if (!(await begin())) return false
  const tables = await transaction(tenantTables)
  for (const table of ['tenant_keys', ...tables]) {
    for (let erased = ROWS_A_BATCH; erased === ROWS_A_BATCH; ) {
      if (mustStop()) return false
      erased = await eraseSome(table)
    }
  }
  await removeWarehouse(tenantId)
  await transaction((db) => db.query(sql`delete from tenants where id = ${tenantId}`), { role: 'pulsepoint_eraser' })
  return true
}

/** From here on there is no way back; the eraser's role deletes nothing of a tenant without this mark. */
const begin = (): Promise<boolean> =>
  transaction(async (db) => {
    const now = clock.now()
    const row = await db.one(sql`
      update tenants set erasure_started_at = coalesce(erasure_started_at, ${now}::timestamptz)
      where id = ${actor().tenantId} and status = 'deleting' and erase_after <= ${now}::timestamptz returning id`)
    return row !== null
  })

/** A ctid names rows of several partitions; all of them are the tenant's, and all are to go. */
const eraseSome = (table: string): Promise<number> =>
  transaction(
    async (db) => {
      const name = trusted(`"${table}"`)
      const [counted] = await db.query<{ n: number }>(sql`
        with gone as (
          delete from ${name} where tenant_id = ${actor().tenantId}
            and ctid = any(array(select ctid from ${name} where tenant_id = ${actor().tenantId} limit ${ROWS_A_BATCH}))
          returning tenant_id)
        select count(*)::int as n from gone`)
      return counted?.n ?? 0
    },
    { role: 'pulsepoint_eraser' },
  )
