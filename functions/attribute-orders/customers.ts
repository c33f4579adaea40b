import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

type Change = { old_id: string | null; old_day: string | null; new_id: string | null; new_day: string | null }

/** Orders that became or ceased to be their customer's first, and their days: credits and counts of both change. */
export type Flipped = { orderIds: string[]; days: string[] }

/**
 * Brings `customers` up to date for everybody who ordered, or had the first order, on these days. A customer's first
 * order is the oldest that is neither a test nor cancelled (ties: the smaller id); without one the customer is removed.
 */
export async function refreshFirstOrders(db: Db, brand: Brand, days: readonly string[]): Promise<Flipped> {
  const keys = await concernedCustomers(db, brand, days)
  const changes = keys.length === 0 ? [] : await updateCustomers(db, brand, keys)
  return {
    orderIds: distinct(changes.flatMap(({ old_id, new_id }) => [old_id, new_id])),
    days: distinct(changes.flatMap(({ old_day, new_day }) => [old_day, new_day])),
  }
}

async function concernedCustomers(db: Db, brand: Brand, days: readonly string[]): Promise<string[]> {
  const { tenant_id, brand_id } = brand
  const rows = await db.query<{ customer_key: string }>(sql`
    select o.customer_key from orders o
    where o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id} and o.day = any(${days}::date[]) and o.customer_key is not null
    union
    select c.customer_key from customers c
    where c.tenant_id = ${tenant_id} and c.brand_id = ${brand_id} and c.first_order_day = any(${days}::date[])`)
  return rows.map((row) => row.customer_key)
}

/** Keys come as a value, not as a subquery: before its first ANALYZE Postgres would join orders by the wrong index, for minutes. */
const updateCustomers = (db: Db, { tenant_id, brand_id }: Brand, keys: readonly string[]): Promise<Change[]> =>
  db.query(sql`
    with first as (
      select distinct on (o.customer_key) o.customer_key, o.order_id, o.processed_at, o.day from orders o
      where o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id} and o.customer_key = any(${keys}::text[])
        and not o.is_test and o.cancelled_at is null
      order by o.customer_key, o.processed_at, o.order_id
    ), known as (
      select c.customer_key, c.first_order_id, c.first_order_at, c.first_order_day from customers c
      where c.tenant_id = ${tenant_id} and c.brand_id = ${brand_id} and c.customer_key = any(${keys}::text[])
    ), changed as (
      select customer_key, k.first_order_id as old_id, k.first_order_day as old_day,
        f.order_id as new_id, f.processed_at as new_at, f.day as new_day
      from first f full join known k using (customer_key)
      where (k.first_order_id, k.first_order_at, k.first_order_day) is distinct from (f.order_id, f.processed_at, f.day)
    ), removed as (
      delete from customers c using changed x
      where c.tenant_id = ${tenant_id} and c.brand_id = ${brand_id} and c.customer_key = x.customer_key and x.new_id is null
    ), written as (
      insert into customers (tenant_id, brand_id, customer_key, first_order_id, first_order_at, first_order_day)
      select ${tenant_id}::uuid, ${brand_id}::uuid, customer_key, new_id, new_at, new_day from changed where new_id is not null
      on conflict (tenant_id, brand_id, customer_key) do update set first_order_id = excluded.first_order_id,
        first_order_at = excluded.first_order_at, first_order_day = excluded.first_order_day
    )
    select old_id, old_day, new_id, new_day from changed`)

const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
]
