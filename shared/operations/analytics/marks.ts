import type { z } from 'zod'
import { clock } from '../../clock.ts'
import type { Provisional } from '../../metrics/figures.ts'
import { type Metric, provisionalRulesOf } from '../../metrics/metric.ts'
import { addDays, type Period } from '../brands/period.ts'
import type { Marks } from './metrics-output.ts'

type Rule = Exclude<Provisional, 'never'>
type Since = z.input<(typeof Marks)['provisional_since']>

/** How many days, today being the last, a rule keeps provisional. */
const RULE_DAYS: Readonly<Record<Exclude<Rule, 'credited'>, number>> = { spend: 3, claimed: 30 }

/** Of each metric that may still change, the first such day of the period. `pendingSince`: the oldest order without its journey. */
export function provisionalSince(
  metrics: readonly Metric[],
  { period, today, pendingSince }: { period: Period; today: string; pendingSince: string | null },
): Since {
  const from = (rule: Rule): string | null => (rule === 'credited' ? pendingSince : addDays(today, 1 - RULE_DAYS[rule]))
  const entries = metrics.flatMap((metric) => {
    const days = provisionalRulesOf(metric).flatMap((rule) => from(rule) ?? [])
    const [first] = days.sort()
    if (first === undefined || first >= period.until) return []
    return [[metric.id, [first, period.since].sort().at(-1)]]
  })
  return Object.fromEntries(entries)
}

export const asOf = (): string => clock.now().toISOString()
