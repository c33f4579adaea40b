import { clock } from '../../shared/clock.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { readBrandFacts } from '../../shared/operations/analytics/brand-facts.ts'
import { ranked } from '../../shared/recommendations/recommendation.ts'
import { budgetRule } from '../../shared/recommendations/rules/budget.ts'
import { stockConflictRule } from '../../shared/recommendations/rules/stock-conflict.ts'
import { trackingGapRule } from '../../shared/recommendations/rules/tracking-gap.ts'
import { dayIn } from '../../shared/units.ts'
import { readCampaigns, readMargin } from './campaigns.ts'
import { keepOpen } from './keep-open.ts'
import { settledUntil, type Window } from './settled.ts'
import { readConflicts } from './stock.ts'
import { readTracked } from './tracking.ts'
import { takeTurn } from './turn.ts'

/** Computes what is recommended to the brand, unless that was done within the hour. Throws DB_UNAVAILABLE, for redelivery. */
export const generateInsights = ({ data }: ReceivedEvent<'orders.attributed'>): Promise<void> =>
  transaction(async (db) => {
    if (await takeTurn(db, data.brand_id)) await recommend(db, data.brand_id)
  })

async function recommend(db: Db, brandId: string): Promise<void> {
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
}
