import type * as z from 'zod'
import type { MetricId } from '../../metrics/catalog.ts'
import type { Sums } from '../../metrics/figures.ts'
import type { Metric } from '../../metrics/metric.ts'
import { scaleMicros } from '../../units.ts'
import { money } from '../wire.ts'
import type { Compared, Value } from './metrics-output.ts'

type Shown = z.input<typeof Value>
type Pair = { now: Sums; before: Sums | null; currency: string }

const DIGITS = 10_000

/** Every metric of these sums, by id, with what it is compared with. */
export function valuesOf(metrics: readonly Metric<MetricId>[], pair: Pair) {
  const entries = metrics.map((metric) => [metric.id, compared(metric, pair)])
  return Object.fromEntries(entries) as { [Id in MetricId]?: z.input<typeof Compared> } // by their own ids
}

function compared(metric: Metric, { now, before, currency }: Pair): z.input<typeof Compared> {
  const [value, previous] = [metric.formula.of(now), before && metric.formula.of(before)]
  const shown = (millionths: bigint | null): Shown => shownAs(metric, millionths, currency)
  return { value: shown(value), previous: shown(previous), change: changeOf(value, previous) }
}

function shownAs({ unit }: Metric, millionths: bigint | null, currency: string): Shown {
  if (millionths === null) return null
  return unit === 'money' ? money(millionths, currency) : Number(millionths) / 1_000_000
}

/** (value − previous) / |previous|, to four digits; null without something to compare with. */
export function changeOf(value: bigint | null, previous: bigint | null): number | null {
  if (value === null || previous === null || previous === 0n) return null
  const base = previous < 0n ? -previous : previous
  return Number(scaleMicros(value - previous, BigInt(DIGITS), base)) / DIGITS
}
