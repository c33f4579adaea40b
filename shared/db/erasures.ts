import { clock } from '../clock.ts'
import { actor } from '../tenant.ts'
import { sql } from './sql.ts'
import type { TableName } from './tables.ts'
import type { Db } from './transaction.ts'

/** customer: a pseudonym. buyer: an order to be kept without its customer and visits. order, product: deleted at the shop. */
export type ErasureSubject = 'customer' | 'buyer' | 'order' | 'product'

/** Remembers what no later sync may bring back; the rows themselves are the caller's work, in the same transaction. */
export async function rememberErased(
  db: Db,
  brandId: string,
  { subject, ids }: { subject: ErasureSubject; ids: readonly string[] },
): Promise<void> {
  if (ids.length === 0) return
  await db.query(sql`
    insert into erasures (tenant_id, brand_id, subject, subject_id, erased_at)
    select ${actor().tenantId}::uuid, ${brandId}::uuid, ${subject}, id, ${clock.now()}::timestamptz from unnest(${ids}::text[]) as id
    on conflict do nothing`)
}

/** Rows of these tables are dropped once what the column names was deleted at the shop. */
const DELETED: Readonly<Partial<Record<TableName, { subject: ErasureSubject; column: string }>>> = {
  products: { subject: 'product', column: 'product_id' },
  variants: { subject: 'product', column: 'product_id' },
  inventory_levels: { subject: 'product', column: 'product_id' },
  orders: { subject: 'order', column: 'order_id' },
}
/** What an order whose buyer was erased keeps instead of what leads to a person. */
const UNLINKED: Readonly<Record<string, string>> = { customer_key: 'null', journey: `'none'` }

const erased = (subject: ErasureSubject, column: string): string =>
  `select from erasures e where e.tenant_id = $1 and e.brand_id = $2 and e.subject = '${subject}' and e.subject_id = s.${column}`

/** Whether rows of the table can be about something that was erased. */
export const knowsErasures = (name: TableName): boolean => name === 'touchpoints' || DELETED[name] !== undefined

/**
 * CTEs of upsertRows that make `<table>_given` of `<table>_sent`: without what was erased. Visits look at the orders that
 * came with them. $1 and $2 are tenant and brand.
 */
export function withoutErased(name: TableName, columns: readonly string[]): string[] {
  const deleted = DELETED[name]
  const kept = deleted
    ? `not exists (${erased(deleted.subject, deleted.column)})`
    : 's.order_id not in (select order_id from orders_unlinked)'
  const unlinked = (column: string): string =>
    `case when s.order_id in (select order_id from orders_unlinked) then ${UNLINKED[column]} else s.${column} end as ${column}`
  const values = columns.map((column) => (name === 'orders' && UNLINKED[column] ? unlinked(column) : `s.${column}`))
  const given = `${name}_given as (select ${values.join(', ')} from ${name}_sent s where ${kept})`
  return name === 'orders' ? [ORDERS_UNLINKED, given] : [given]
}

const ORDERS_UNLINKED = `orders_unlinked as materialized (
    select s.order_id from orders_sent s where exists (${erased('customer', 'customer_key')})
    union all
    select s.order_id from orders_sent s where exists (${erased('buyer', 'order_id')}))`
