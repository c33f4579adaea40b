import type * as z from 'zod'
import { METRICS, type MetricId } from '../../metrics/catalog.ts'
import { additivityOf, dimensionsOf, ledgersOf, type Metric } from '../../metrics/metric.ts'
import type { Definition } from './metrics-output.ts'

/** A metric as it is told: what is declared and what follows from it. */
export const definitionOf = (metric: Metric<MetricId>): z.input<typeof Definition> => ({
  id: metric.id,
  name: metric.name,
  definition: metric.definition,
  unit: metric.unit,
  formula: metric.formula.text,
  ledgers: ledgersOf(metric),
  additivity: additivityOf(metric),
  by: dimensionsOf(metric),
  better: metric.better,
})

export const DEFINITIONS = METRICS.map(definitionOf)
