import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

const MAX_ORDERS = 5_000
const MAX_DAYS = 400

/**
 * The oldest touched days that together have at most 5,000 orders (at least one day), locked until the transaction ends.
 * Days that a sync is writing at this moment are left out; 'busy' when it is all of them.
 */
export async function takeDays(db: Db, brand: Brand): Promise<string[] | 'none' | 'busy'> {
  const { tenant_id, brand_id } = brand
  const touched = await db.query<{ day: string }>(sql`
    select day from touched_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} order by day limit ${MAX_DAYS}`)
  if (touched.length === 0) return 'none'
  const days = touched.map((row) => row.day)
  const chunk = await firstDays(db, brand, days)
  const locked = await db.query<{ day: string }>(sql`
    select day from touched_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${chunk}::date[])
    order by day for update skip locked`)
  return locked.length === 0 ? 'busy' : locked.map((row) => row.day)
}

/** As many of the days, in order, as have 5,000 orders between them; no more orders than that are counted. */
async function firstDays(db: Db, { tenant_id, brand_id }: Brand, days: readonly string[]): Promise<string[]> {
  const counts = await db.query<{ day: string; orders: bigint }>(sql`
    select day, count(*) as orders from (
      select day from orders where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${days}::date[])
      order by day limit ${MAX_ORDERS + 1}) counted
    group by day`)
  const ordersOn = new Map(counts.map(({ day, orders }) => [day, Number(orders)]))
  let total = 0
  const end = days.findIndex((day) => {
    total += ordersOn.get(day) ?? 0
    return total > MAX_ORDERS
  })
  return end === -1 ? [...days] : days.slice(0, Math.max(1, end))
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
    ), waiting as (
      select day from touched_days
      where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${affected}::date[]) and day <> all(${taken}::date[])
    )
    select a.day from unnest(${affected}::date[]) as a (day) where a.day not in (select day from waiting) order by a.day`)
  return rows.map((row) => row.day)
}
