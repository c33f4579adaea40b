import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { readConnections } from '../../shared/operations/brands/dashboard-read.ts'
import { actor } from '../../shared/tenant.ts'
import { addDays, dayIn, startOfDay } from '../../shared/units.ts'

/** A connection that fails is waited for until noon. */
const PATIENCE_MS = 12 * 3_600_000

/** `late`: platforms of connections that are not past the day. */
export type Due = { day: string; late: string[] }

/**
 * The brand's yesterday, in its own zone, once all of its connections are past it and all of its orders are credited; null
 * while that is not so, when it is told already, or when nothing is connected.
 */
export async function dueDay(db: Db, brandId: string): Promise<Due | null> {
  const here = sql`tenant_id = ${actor().tenantId} and brand_id = ${brandId}`
  const brand = await db.one<{ time_zone: string }>(sql`select time_zone from brands where ${here}`)
  if (!brand) return null
  const today = dayIn(brand.time_zone, clock.now())
  const day = addDays(today, -1)
  const [told, uncredited, connections] = await Promise.all([
    db.one(sql`
      select insight_id from insights where ${here} and day = ${day}::date and recommendation_id is null and alert_id is null`),
    db.one(sql`select day from touched_days where ${here} and day < ${today}::date limit 1`),
    readConnections(db, brandId),
  ])
  const late = told || uncredited ? null : lateAmong(connections, startOfDay(brand.time_zone, today))
  return late && { day, late }
}

type Connections = Awaited<ReturnType<typeof readConnections>>

/**
 * null: there are some to wait for, or none at all. Those that are paused, or wait for a person, are not waited for; those
 * that fail are until noon, unless they have never been read to their end.
 */
function lateAmong(connections: Connections, over: Date): string[] | null {
  const active = connections.filter(({ status }) => status === 'active')
  const late = active.filter(({ complete_until }) => complete_until === null || complete_until < over)
  const isNoon = clock.now().getTime() >= over.getTime() + PATIENCE_MS
  const isLost = late.every(
    ({ complete_until, sync_error_code }) => complete_until !== null && sync_error_code !== null,
  )
  if (active.length === 0 || (late.length > 0 && !(isNoon && isLost))) return null
  return [...new Set(late.map(({ platform }) => platform))]
}
