import type { z } from 'zod'
import { clock } from '../../clock.ts'
import { type Metric, provisionalRulesOf } from '../../metrics/metric.ts'
import { AD_PLATFORMS, provisionalFrom } from '../../metrics/provisional.ts'
import type { Period } from '../brands/period.ts'
import type { Marks } from './metrics-output.ts'

type Since = z.input<(typeof Marks)['provisional_since']>

/** Of each metric that may still change, the first such day of the period. `pendingSince`: the oldest order without its journey. */
export function provisionalSince(
  metrics: readonly Metric[],
  { period, today, pendingSince }: { period: Period; today: string; pendingSince: string | null },
): Since {
  const asOf = { today, platforms: AD_PLATFORMS, pendingSince }
  const entries = metrics.flatMap((metric) => {
    const days = provisionalRulesOf(metric).flatMap((rule) => provisionalFrom(rule, asOf) ?? [])
    const [first] = days.sort()
    if (first === undefined || first >= period.until) return []
    return [[metric.id, [first, period.since].sort().at(-1)]]
  })
  return Object.fromEntries(entries)
}

export const asOf = (): string => clock.now().toISOString()
