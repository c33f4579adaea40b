import { rememberErased } from '../../../shared/db/erasures.ts'
import { sql } from '../../../shared/db/sql.ts'
import { touchDays } from '../../../shared/db/touched-days.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { actor } from '../../../shared/tenant.ts'
import type { ApplyToConnection, Connection } from '../topic.ts'

/** The order goes with its lines, refunds, visits and credits; a sync that read it before cannot bring it back. */
export const deleteOrder: ApplyToConnection = async (db, connection, { subject: { row_id } }) => {
  if (row_id === undefined) return undefined
  const { brand_id } = connection
  await rememberErased(db, brand_id, { subject: 'order', ids: [row_id] })
  await removeOrders(db, connection, [row_id])
  await record(db, 'rows.synced', { data: { brand_id } })
  return undefined
}

/** The product goes with its variants and stock. Order lines keep what was sold. */
export const deleteProduct: ApplyToConnection = async (db, { brand_id }, { subject: { row_id } }) => {
  if (row_id === undefined) return undefined
  await rememberErased(db, brand_id, { subject: 'product', ids: [row_id] })
  await db.query(sql`
    delete from products where tenant_id = ${actor().tenantId} and brand_id = ${brand_id} and product_id = ${row_id}`)
  await record(db, 'rows.synced', { data: { brand_id } })
  return undefined
}

/** Deletes orders of this connection. Every day on which one of them counted, in either ledger, is made again. */
export async function removeOrders(
  db: Db,
  { brand_id, integration_id }: Connection,
  ids: readonly string[],
): Promise<void> {
  const own = sql`tenant_id = ${actor().tenantId} and brand_id = ${brand_id} and order_id = any(${ids}::text[])`
  const days = await db.query<{ day: string }>(sql`
    select distinct day from (
      select unnest(array[day, adjustment_day]) as day from orders where ${own} and integration_id = ${integration_id}
      union all select day from refunds where ${own}
      union all select unnest(array[order_ledger_day, touch_ledger_day]) from order_attributions where ${own}
    ) counted where day is not null`)
  // Before the rows: the attribution takes days first, too, and would otherwise wait for us while we wait for it.
  await touchDays(
    db,
    brand_id,
    days.map(({ day }) => day),
  )
  await db.query(sql`delete from orders where ${own} and integration_id = ${integration_id}`)
}
