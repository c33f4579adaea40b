import { clock } from '../../clock.ts'
import { figuresLock } from '../../db/figures-lock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { actor } from '../../tenant.ts'

/**
 * Keeps syncs and the attribution off the brand until the transaction ends, in the order in which they lock: connections
 * before the brand. Waits for what is being written at this moment, a chunk of seconds at most.
 */
export async function holdFigures(db: Db, brandId: string): Promise<void> {
  const { tenantId } = actor()
  await db.query(sql`select pg_advisory_xact_lock(${figuresLock(brandId)})`)
  await db.query(sql`
    select integration_id from integrations where tenant_id = ${tenantId} and brand_id = ${brandId}
    order by integration_id for update`)
}

/**
 * All days of the brand are to be attributed anew; with a new zone the rows are first moved to the days that they have in
 * it. The figures must be held.
 */
export async function recomputeFigures(db: Db, of: { brandId: string; timeZone: string | null }): Promise<void> {
  const { brandId, timeZone } = of
  await touchAllDays(db, brandId)
  if (timeZone !== null) {
    await moveDays(db, brandId, timeZone)
    await touchAllDays(db, brandId)
    await restartSyncs(db, brandId)
  }
  await record(db, 'rows.synced', { data: { brand_id: brandId }, brandId })
}

/** Every day that has rows or figures. */
async function touchAllDays(db: Db, brandId: string): Promise<void> {
  const { tenantId } = actor()
  const own = sql`tenant_id = ${tenantId} and brand_id = ${brandId}`
  await db.query(sql`
    insert into touched_days (tenant_id, brand_id, day, touched_at)
    select ${tenantId}::uuid, ${brandId}::uuid, day, ${clock.now()}::timestamptz from (
      select day from orders where ${own}
      union select adjustment_day from orders where ${own} and adjustment_day is not null
      union select day from refunds where ${own}
      union select day from ad_performance where ${own}
      union select day from unified_performance where ${own}
    ) known order by day
    on conflict (tenant_id, brand_id, day) do update set touched_at = excluded.touched_at`)
}

/** As the connectors count days; an adjustment stands on the day of the last refund, of the cancellation or of the last change. */
async function moveDays(db: Db, brandId: string, zone: string): Promise<void> {
  const own = sql`t.tenant_id = ${actor().tenantId} and t.brand_id = ${brandId}`
  await db.query(sql`
    with moved as (
      select t.order_id, (t.processed_at at time zone ${zone})::date as day,
        case when t.adjustment_day is not null
          then (coalesce(r.last_at, t.cancelled_at, t.updated_at) at time zone ${zone})::date end as adjustment_day
      from orders t left join (
        select t.order_id, max(t.created_at) as last_at from refunds t where ${own} group by t.order_id
      ) r on r.order_id = t.order_id
      where ${own}
    )
    update orders t set day = m.day, adjustment_day = m.adjustment_day from moved m
    where ${own} and t.order_id = m.order_id and (t.day, t.adjustment_day) is distinct from (m.day, m.adjustment_day)`)
  await db.query(sql`
    update refunds t set day = (t.created_at at time zone ${zone})::date
    where ${own} and t.day <> (t.created_at at time zone ${zone})::date`)
  await db.query(sql`
    update touchpoints t set day = (t.occurred_at at time zone ${zone})::date
    where ${own} and t.day <> (t.occurred_at at time zone ${zone})::date`)
}

/**
 * A sync that runs now counts in the old zone until its slice ends: its lease is taken from it, so that its next write is
 * refused, and the connection is due at once, from where the last commit left it.
 */
async function restartSyncs(db: Db, brandId: string): Promise<void> {
  const { tenantId } = actor()
  const stopped = await db.query<{ integration_id: string }>(sql`
    update integrations set lease_fence = lease_fence + 1, lease_until = null, next_due_at = least(next_due_at, ${clock.now()}::timestamptz)
    where tenant_id = ${tenantId} and brand_id = ${brandId} and lease_until is not null
    returning integration_id`)
  await db.query(sql`
    update sync_runs set status = 'continued', finished_at = ${clock.now()}
    where tenant_id = ${tenantId} and integration_id = any(${stopped.map((row) => row.integration_id)}::uuid[]) and status = 'running'`)
}
