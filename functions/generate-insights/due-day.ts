import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { readConnections } from '../../shared/operations/brands/dashboard-read.ts'
import { actor } from '../../shared/tenant.ts'
import { addDays, dayIn, startOfDay } from '../../shared/units.ts'

/** A connection that is late is waited for until noon. */
const PATIENCE_MS = 12 * 3_600_000

/**
 * The brand's yesterday, in its own zone, once all of its connections are past it and all of its orders are credited; null
 * while that is not so, when it is told already, or when nothing is connected.
 */
export async function dueDay(db: Db, brandId: string): Promise<string | null> {
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
  const over = startOfDay(brand.time_zone, today)
  return !told && !uncredited && haveArrived(connections, over) ? day : null
}

type Connections = Awaited<ReturnType<typeof readConnections>>

/** Those that are paused, or wait for a person, are not waited for. */
function haveArrived(connections: Connections, over: Date): boolean {
  const active = connections.filter(({ status }) => status === 'active')
  if (active.length === 0) return false
  const isLate = clock.now().getTime() >= over.getTime() + PATIENCE_MS
  return isLate || active.every(({ complete_until }) => complete_until !== null && complete_until >= over)
}
