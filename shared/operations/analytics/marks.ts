import type * as z from 'zod'
import { clock } from '../../clock.ts'
import type { Db } from '../../db/transaction.ts'
import type { Provisional } from '../../metrics/figures.ts'
import { type Metric, provisionalRulesOf } from '../../metrics/metric.ts'
import { AD_PLATFORMS, provisionalFrom } from '../../metrics/provisional.ts'
import { connectionOnWire } from '../brands/dashboard-answer.ts'
import { readConnections } from '../brands/dashboard-read.ts'
import type { Period } from '../brands/period.ts'
import type { Freshness, Marks } from './metrics-output.ts'

type Since = z.input<(typeof Marks)['provisional_since']>

/** Of each metric that may still change, the first such day of the period. `pendingSince`: the oldest order without its journey. */
export function provisionalSince(metrics: readonly Metric[], { period, today, pendingSince }: At): Since {
  const entries = metrics.flatMap((metric) => {
    const first = firstOpen(provisionalRulesOf(metric), { period, today, pendingSince })
    return first === null ? [] : [[metric.id, first]]
  })
  return Object.fromEntries(entries)
}

/** The same of figures that are no metrics, by what makes them change. */
export const openSince = (at: At) => ({
  spend: firstOpen(['spend'], at),
  claimed: firstOpen(['claimed'], at),
  credited: firstOpen(['credited'], at),
})

type At = { period: Period; today: string; pendingSince: string | null }

/** The first day of the period that may still change by any of the rules. */
function firstOpen(rules: readonly Provisional[], { period, today, pendingSince }: At): string | null {
  const asOf = { today, platforms: AD_PLATFORMS, pendingSince }
  const [first] = rules.flatMap((rule) => provisionalFrom(rule, asOf) ?? []).sort()
  if (first === undefined || first >= period.until) return null
  return [first, period.since].sort().at(-1) ?? null
}

export const readFreshness = async (db: Db, brandId: string): Promise<z.input<typeof Freshness>> =>
  (await readConnections(db, brandId)).map(connectionOnWire)

export const asOf = (): string => clock.now().toISOString()
