import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

const MAX_ORDERS = 5_000
export const MAX_DAYS = 400

/**
 * The oldest touched days that together have at most 5,000 orders (at least one day), locked until the transaction ends.
 * Days that a sync is writing at this moment are left out; 'busy' when it is all of them.
 */
export async function takeDays(db: Db, brand: Brand): Promise<string[] | 'none' | 'busy'> {
  const { tenant_id, brand_id } = brand
  const touched = await db.query<{ day: string }>(sql`
    select day from touched_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} order by day limit ${MAX_DAYS}`)
  if (touched.length === 0) return 'none'
  const chunk = await firstDays(
    db,
    brand,
    touched.map((row) => row.day),
  )
  const locked = await db.query<{ day: string }>(sql`
    select day from touched_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${chunk}::date[])
    order by day for update skip locked`)
  return locked.length === 0 ? 'busy' : locked.map((row) => row.day)
}

/** As many of the days, in order, as have 5,000 orders between them; no more orders than that are counted. */
export async function firstDays(db: Db, { tenant_id, brand_id }: Brand, days: readonly string[]): Promise<string[]> {
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
 * list, whose credits are not made yet: their own turn comes. While there are such, days come `later` unless they are new:
 * the orders of days to come would change them again, and a store of many orders a day would rebuild a month for each.
 */
export async function finishDays(
  db: Db,
  { tenant_id, brand_id }: Brand,
  { taken, affected }: { taken: readonly string[]; affected: readonly string[] },
): Promise<{ now: string[]; later: string[] }> {
  const rows = await db.query<{ day: string; is_later: boolean }>(sql`
    with done as (
      delete from touched_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${taken}::date[])
    ), waiting as (
      select day from touched_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day <> all(${taken}::date[])
    )
    select a.day, exists (select from waiting) and (a.day <> all(${taken}::date[]) or exists (
      select from unified_performance u
      where u.tenant_id = ${tenant_id} and u.brand_id = ${brand_id} and u.day = a.day and u.part = 'store')) as is_later
    from unnest(${affected}::date[]) as a (day) where a.day not in (select day from waiting) order by a.day`)
  const days = Map.groupBy(rows, ({ is_later }) => (is_later ? 'later' : 'now'))
  const of = (when: 'now' | 'later'): string[] => (days.get(when) ?? []).map(({ day }) => day)
  return { now: of('now'), later: of('later') }
}
