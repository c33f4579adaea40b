import { clock } from '../clock.ts'
import { actor } from '../tenant.ts'
import { sql } from './sql.ts'
import type { Db } from './transaction.ts'

/** Puts days of the brand on the list of those whose figures must be made again. In the order of the days, so that two at once do not deadlock. */
export async function touchDays(db: Db, brandId: string, days: readonly string[]): Promise<void> {
  if (days.length === 0) return
  await db.query(sql`
    insert into touched_days (tenant_id, brand_id, day, touched_at)
    select ${actor().tenantId}::uuid, ${brandId}::uuid, day, ${clock.now()}::timestamptz from unnest(${[...days].sort()}::date[]) as day
    on conflict (tenant_id, brand_id, day) do update set touched_at = excluded.touched_at`)
}
