import { v7 as uuidv7 } from 'uuid'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { actor } from '../../shared/tenant.ts'
import { looksAt, type Raised } from './alert-looks.ts'
import { contextOf } from './context.ts'
import { lookAt } from './look.ts'
import { rewrite } from './rewrite.ts'

const QUESTION = `Explain this alert to the people who run this brand: what it says, what in the data above went along with it and so may lie
behind it, and what to look at first. The data shows what coincides, not what causes. All there is to know is in the data above.`

/**
 * Has Claude explain an alert that is about a brand's figures, once; it was sent already, and its other readers have its rule's
 * own words. Throws DB_UNAVAILABLE, for redelivery.
 */
export async function explainAlert({ data }: ReceivedEvent<'alert.raised'>): Promise<void> {
  const alert = await transaction((db) => readRaised(db, data.alert_id))
  const looks = alert && looksAt(alert)
  if (!looks) return
  const known = await lookAt(looks)
  const insightId = await transaction((db) => begin(db, alert))
  if (insightId === null) return
  const { rule, title, message } = alert
  await rewrite(insightId, {
    question: QUESTION.replaceAll('\n', ' '),
    context: await contextOf(alert.brand_id, { alert: { rule, title, message } }),
    known,
    maxSteps: 1,
    purpose: { operation: 'alert_explanation', brandId: alert.brand_id },
  })
}

/** null: it is gone or over, of no brand, or for information alone. */
const readRaised = (db: Db, alertId: string): Promise<Raised | null> =>
  db.one(sql`
    select a.alert_id, a.brand_id, a.rule, a.title, a.message, a.details, b.time_zone from alerts a
      join brands b on b.tenant_id = a.tenant_id and b.brand_id = a.brand_id
    where a.tenant_id = ${actor().tenantId} and a.alert_id = ${alertId} and a.status <> 'resolved' and a.severity <> 'info'`)

/** null: it is explained already, or is being. */
async function begin(db: Db, { alert_id, brand_id }: Raised): Promise<string | null> {
  const begun = await db.one<{ insight_id: string }>(sql`
    insert into insights (tenant_id, insight_id, brand_id, day, alert_id, written_at)
    select tenant_id, ${uuidv7()}::uuid, brand_id, raised_at::date, alert_id, ${clock.now()}::timestamptz from alerts
    where tenant_id = ${actor().tenantId} and brand_id = ${brand_id} and alert_id = ${alert_id}
    on conflict (tenant_id, alert_id) where alert_id is not null do nothing returning insight_id`)
  return begun?.insight_id ?? null
}
