import { clock } from '../../shared/clock.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { readBrandFacts } from '../../shared/operations/analytics/brand-facts.ts'
import { ranked } from '../../shared/recommendations/recommendation.ts'
import { budgetRule } from '../../shared/recommendations/rules/budget.ts'
import { stockConflictRule } from '../../shared/recommendations/rules/stock-conflict.ts'
import { trackingGapRule } from '../../shared/recommendations/rules/tracking-gap.ts'
import { dayIn } from '../../shared/units.ts'
import { explainAdvice } from './advice.ts'
import { readCampaigns, readMargin } from './campaigns.ts'
import { keepOpen } from './keep-open.ts'
import { settledUntil, type Window } from './settled.ts'
import { readConflicts } from './stock.ts'
import { summarise } from './summary.ts'
import { readTracked } from './tracking.ts'
import { takeTurn } from './turn.ts'

/**
 * What follows from new figures: recommendations, at most once an hour, and their explanations; the summary of the last whole
 * day. Throws DB_UNAVAILABLE, for redelivery.
 */
export async function generateInsights({ data: { brand_id } }: ReceivedEvent<'orders.attributed'>): Promise<void> {
  const today = await transaction(async (db) => ((await takeTurn(db, brand_id)) ? recommend(db, brand_id) : null))
  if (today !== null) await explainAdvice(brand_id, today)
  await summarise(brand_id)
}

/** The brand's day, of which the figures were. */
async function recommend(db: Db, brandId: string): Promise<string> {
  const { time_zone, currency, pending_since } = await readBrandFacts(db, brandId)
  const today = dayIn(time_zone, clock.now())
  const window: Window = { brandId, currency, today, until: settledUntil(today, pending_since) }
  const [margin, campaigns, conflicts, tracked] = await Promise.all([
    readMargin(db, window),
    readCampaigns(db, window),
    readConflicts(db, window),
    readTracked(db, window),
  ])
  const given = { brandId, margin }
  const recommendations = [
    ...budgetRule(campaigns, given),
    ...stockConflictRule(conflicts, given),
    ...trackingGapRule(tracked, given),
  ]
  await keepOpen(db, { brandId, currency }, ranked(recommendations))
  return today
}
