import { v7 as uuidv7 } from 'uuid'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import { getMetrics } from '../../shared/operations/analytics/metrics.ts'
import { actor } from '../../shared/tenant.ts'
import { addDays } from '../../shared/units.ts'
import { contextOf } from './context.ts'
import { type Due, dueDay } from './due-day.ts'
import { type Look, lookAt, ROWS, WHOLE } from './look.ts'
import { rewrite } from './rewrite.ts'
import { templateOf } from './summary-template.ts'
import { recordWritten, WRITTEN, type Written } from './written.ts'

const QUESTION = `Write the summary of the day that the first result is of, for the people who run this brand: how the day went against
the day before, what the week says against the week before it, what stands out among channels, campaigns and products, and what
to look at. A single day is noisy; weigh the week more. Say what is provisional. All there is to know is in the data above.`
/** A calculation, the text, and its repair. */
const MAX_STEPS = 3

/** Tells the brand's last whole day, once, as soon as it has arrived; in our own sentences first, then in Claude's. */
export async function summarise(brandId: string): Promise<void> {
  const due = await transaction((db) => dueDay(db, brandId))
  if (due === null) return
  const known = await lookAt(looksOf(brandId, due.day))
  const insightId = await transaction((db) => begin(db, { brandId, ...due, told: templateOf(known) }))
  if (insightId === null) return
  await rewrite(insightId, {
    question: QUESTION.replaceAll('\n', ' '),
    context: await contextOf(brandId),
    known,
    maxSteps: MAX_STEPS,
    purpose: { operation: 'dashboard_summary', brandId },
  })
}

/** The day, then the week that ends with it: in all, and by what can be compared. */
function looksOf(brandId: string, day: string): Look[] {
  const until = addDays(day, 1)
  const week = { id: brandId, since: addDays(until, -7), until }
  const look = (input: object, without = ROWS): Look => ({
    operation: getMetrics,
    input: { ...week, ...input },
    without,
  })
  return [
    look({ since: day, metrics: ['net', 'orders', 'aov', 'spend', 'roas'] }, WHOLE),
    look({ metrics: ['net', 'orders', 'aov', 'new_customers', 'returns', 'spend', 'mer', 'roas'] }, WHOLE),
    look({ metrics: ['spend', 'credited_net', 'roas'], by: 'channel' }),
    look({ metrics: ['spend', 'credited_net', 'roas'], by: 'campaign', limit: 6 }),
    look({ metrics: ['net', 'units'], by: 'product', limit: 5 }),
  ]
}

type Begun = Due & { brandId: string; told: ReturnType<typeof templateOf> }

/** The new row's id; null when the day is told already, or the brand is gone. */
async function begin(db: Db, { brandId, day, late, told }: Begun): Promise<string | null> {
  const body = JSON.stringify({ parts: told.parts, evidence: told.evidence, late })
  const made = await db.one<Written>(sql`
    insert into insights (tenant_id, insight_id, brand_id, day, text, body, written_at)
    select tenant_id, ${uuidv7()}::uuid, brand_id, ${day}::date, ${told.answer}, ${body}::jsonb, ${clock.now()}::timestamptz
    from brands where tenant_id = ${actor().tenantId} and brand_id = ${brandId}
    on conflict (tenant_id, brand_id, day) where recommendation_id is null and alert_id is null do nothing
    returning ${WRITTEN}`)
  if (made) await recordWritten(db, made)
  return made?.insight_id ?? null
}
