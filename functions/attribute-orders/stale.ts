import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'
import { firstDays, MAX_DAYS } from './days.ts'

/** Days to be rebuilt once none is left to credit; those that are rebuilt `now` are not stale any more. */
export async function putOff(
  db: Db,
  { tenant_id, brand_id }: Brand,
  { now, later }: { now: readonly string[]; later: readonly string[] },
): Promise<void> {
  await Promise.all([
    db.query(sql`
      delete from stale_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${now}::date[])`),
    db.query(sql`
      insert into stale_days (tenant_id, brand_id, day)
      select ${tenant_id}::uuid, ${brand_id}::uuid, day from unnest(${later}::date[]) as day on conflict do nothing`),
  ])
}

/** The oldest of them that together have at most 5,000 orders (at least one), off the list. */
export async function takeStale(db: Db, brand: Brand): Promise<string[]> {
  const { tenant_id, brand_id } = brand
  const stale = await db.query<{ day: string }>(sql`
    select day from stale_days where tenant_id = ${tenant_id} and brand_id = ${brand_id} order by day limit ${MAX_DAYS}`)
  if (stale.length === 0) return []
  const days = await firstDays(
    db,
    brand,
    stale.map((row) => row.day),
  )
  await putOff(db, brand, { now: days, later: [] })
  return days
}
