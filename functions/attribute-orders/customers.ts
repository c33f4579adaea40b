import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

type First = { customer_key: string; order_id: string; at: Date; day: string }

export type FirstOrders = {
  /** The first order of everybody concerned, by customer. */
  orderOf: ReadonlyMap<string, string>
  /** Orders that became or ceased to be a first one, on whatever day: their credits change. */
  flipped: string[]
}

/**
 * Brings `customers` up to date for everybody who ordered, or had the first order, on these days. A customer's first
 * order is the oldest that is neither a test nor cancelled (ties: the smaller id); without one the customer is removed.
 */
export async function refreshFirstOrders(db: Db, brand: Brand, days: readonly string[]): Promise<FirstOrders> {
  const keys = await concernedBy(db, brand, days)
  const [now, before] = await Promise.all([firstOrders(db, brand, keys), knownFirsts(db, brand, keys)])
  const nowOf = new Map(now.map((first) => [first.customer_key, first]))
  const beforeOf = new Map(before.map((first) => [first.customer_key, first]))
  const written = now.filter((first) => !isSame(first, beforeOf.get(first.customer_key)))
  const removed = before.filter((first) => !nowOf.has(first.customer_key))
  await Promise.all([save(db, brand, written), remove(db, brand, removed)])
  const replaced = written.flatMap((first) => beforeOf.get(first.customer_key) ?? [])
  return {
    orderOf: new Map(now.map((first) => [first.customer_key, first.order_id])),
    flipped: [...written, ...replaced].map((first) => first.order_id),
  }
}

const isSame = (a: First, b: First | undefined): boolean =>
  a.order_id === b?.order_id && a.day === b.day && a.at.getTime() === b.at.getTime()

async function concernedBy(db: Db, { tenant_id, brand_id }: Brand, days: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ customer_key: string }>(sql`
    select customer_key from orders
    where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${days}::date[]) and customer_key is not null
    union
    select customer_key from customers
    where tenant_id = ${tenant_id} and brand_id = ${brand_id} and first_order_day = any(${days}::date[])`)
  return rows.map((row) => row.customer_key)
}

const firstOrders = (db: Db, { tenant_id, brand_id }: Brand, keys: readonly string[]): Promise<First[]> =>
  db.query(sql`
    select distinct on (customer_key) customer_key, order_id, processed_at as at, day from orders
    where tenant_id = ${tenant_id} and brand_id = ${brand_id} and customer_key = any(${keys}::text[])
      and not is_test and cancelled_at is null
    order by customer_key, processed_at, order_id`)

const knownFirsts = (db: Db, { tenant_id, brand_id }: Brand, keys: readonly string[]): Promise<First[]> =>
  db.query(sql`
    select customer_key, first_order_id as order_id, first_order_at as at, first_order_day as day from customers
    where tenant_id = ${tenant_id} and brand_id = ${brand_id} and customer_key = any(${keys}::text[])`)

async function save(db: Db, { tenant_id, brand_id }: Brand, firsts: readonly First[]): Promise<void> {
  if (firsts.length === 0) return
  const column = <K extends keyof First>(name: K): First[K][] => firsts.map((first) => first[name])
  await db.query(sql`
    insert into customers (tenant_id, brand_id, customer_key, first_order_id, first_order_at, first_order_day)
    select ${tenant_id}::uuid, ${brand_id}::uuid, * from unnest(${column('customer_key')}::text[], ${column('order_id')}::text[],
      ${column('at')}::timestamptz[], ${column('day')}::date[])
    on conflict (tenant_id, brand_id, customer_key) do update set first_order_id = excluded.first_order_id,
      first_order_at = excluded.first_order_at, first_order_day = excluded.first_order_day`)
}

async function remove(db: Db, { tenant_id, brand_id }: Brand, firsts: readonly First[]): Promise<void> {
  if (firsts.length === 0) return
  await db.query(sql`
    delete from customers where tenant_id = ${tenant_id} and brand_id = ${brand_id}
      and customer_key = any(${firsts.map((first) => first.customer_key)}::text[])`)
}
