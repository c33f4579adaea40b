import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

const MAX_ORDERS = 5_000
const MAX_DAYS = 400

/**
 * The oldest touched days that together have at most 5,000 orders (at least one day), locked until the transaction ends.
 * Days that a sync is writing at this moment are left out; `left` says that such days are all there is.
 */
export async function takeDays(db: Db, { tenant_id, brand_id }: Brand): Promise<{ days: string[]; left: boolean }> {
  const own = sql`t.tenant_id = ${tenant_id} and t.brand_id = ${brand_id}`
  const ordersOn = sql`select count(*) as orders from orders o where o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id}`
  const rows = await db.query<{ day: string }>(sql`
    with recursive walked (day, orders, days) as (
      (select t.day, n.orders, 1
       from touched_days t cross join lateral (${ordersOn} and o.day = t.day) n
       where ${own} order by t.day limit 1)
      union all
      select next.day, w.orders + n.orders, w.days + 1
      from walked w
        cross join lateral (select t.day from touched_days t where ${own} and t.day > w.day order by t.day limit 1) next
        cross join lateral (${ordersOn} and o.day = next.day) n
      where w.days < ${MAX_DAYS} and w.orders + n.orders <= ${MAX_ORDERS}
    )
    select t.day from touched_days t
    where ${own} and t.day in (select w.day from walked w)
    order by t.day for update skip locked`)
  if (rows.length > 0) return { days: rows.map((row) => row.day), left: true }
  const waiting = await db.one(sql`select t.day from touched_days t where ${own} limit 1`)
  return { days: [], left: waiting !== null }
}

/**
 * Takes the done days off the list and answers which of the affected ones to rebuild: not those that are still on the
 * list, whose credits are not made yet: their own turn comes.
 */
export async function finishDays(
  db: Db,
  { tenant_id, brand_id }: Brand,
  { taken, affected }: { taken: readonly string[]; affected: readonly string[] },
): Promise<string[]> {
  const rows = await db.query<{ day: string }>(sql`
    with done as (
      delete from touched_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${taken}::date[])
    )
    select a.day from unnest(${affected}::date[]) as a (day)
    where a.day = any(${taken}::date[]) or not exists (
      select from touched_days t where t.tenant_id = ${tenant_id} and t.brand_id = ${brand_id} and t.day = a.day)
    order by a.day`)
  return rows.map((row) => row.day)
}
