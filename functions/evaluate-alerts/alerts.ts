import { v5 as uuidv5 } from 'uuid'
import { type RuleName, ruleDefinition } from '../../shared/alerts/rules.ts'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { record } from '../../shared/events/record.ts'
import { actor } from '../../shared/tenant.ts'
import type { Raise } from './rule.ts'

const ALERT_NAMESPACE = 'd7c6f1de-5f0b-5d0c-8f5e-2f8f6a1f7b43'

/**
 * One open alert per cause, and at most one alert per event and cause: an event that comes again after somebody resolved
 * its alert raises none.
 */
export async function raiseAlert(db: Db, raise: Raise, from: { rule: RuleName; event: ReceivedEvent }): Promise<void> {
  const { tenantId } = actor()
  const { raise: cause, brandId, title, message } = raise
  const details = detailsOf(raise)
  const { severity } = ruleDefinition(from.rule)
  const alertId = uuidv5(`${tenantId}:${cause}:${from.event.id}`, ALERT_NAMESPACE)
  const raised = await db.one(sql`
    insert into alerts (tenant_id, alert_id, brand_id, rule, cause, severity, title, message, details, raised_at)
    values (${tenantId}, ${alertId}, ${brandId}, ${from.rule}, ${cause}, ${severity}, ${title}, ${message},
      ${details}::jsonb, ${clock.now()})
    on conflict do nothing returning alert_id`)
  if (!raised) return bringUpToDate(db, raise)
  const data = { alert_id: alertId, rule: from.rule, cause, severity, title }
  await record(db, 'alert.raised', { data, key: alertId, ...(brandId && { brandId }) })
}

const detailsOf = ({ details, asOf }: Raise): string => JSON.stringify({ ...details, ...(asOf && { as_of: asOf }) })

/** The open alert of the cause says what is known by now, unless it knows of a later day. */
async function bringUpToDate(db: Db, raise: Raise): Promise<void> {
  const { raise: cause, title, message, asOf } = raise
  if (asOf === undefined) return
  const details = detailsOf(raise)
  await db.query(sql`
    update alerts set title = ${title}, message = ${message}, details = ${details}::jsonb
    where tenant_id = ${actor().tenantId} and cause = ${cause} and status <> 'resolved'
      and coalesce(details ->> 'as_of', '') <= ${asOf} and details <> ${details}::jsonb`)
}

type Resolved = { alert_id: string; rule: string; brand_id: string | null }

/** Resolves the cause's open alert, if there is one. */
export async function clearAlert(db: Db, cause: string): Promise<void> {
  const resolved = await db.query<Resolved>(sql`
    update alerts set status = 'resolved', resolved_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and cause = ${cause} and status <> 'resolved'
    returning alert_id, rule, brand_id`)
  for (const { alert_id, rule, brand_id } of resolved) {
    const brand = brand_id === null ? {} : { brandId: brand_id }
    await record(db, 'alert.resolved', { data: { alert_id, rule, cause }, key: alert_id, ...brand })
  }
}

/** Whether any of the causes has an alert that is not resolved. */
export async function isOpen(db: Db, ...causes: string[]): Promise<boolean> {
  const open = await db.one(sql`
    select alert_id from alerts
    where tenant_id = ${actor().tenantId} and cause = any(${causes}::text[]) and status <> 'resolved' limit 1`)
  return open !== null
}
