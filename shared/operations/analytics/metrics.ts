import * as z from 'zod'
import { MODELS } from '../../attribution/models.ts'
import { clock } from '../../clock.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { type MetricId, metricOf } from '../../metrics/catalog.ts'
import type { Sums } from '../../metrics/figures.ts'
import { dimensionsOf, type Metric } from '../../metrics/metric.ts'
import { operation } from '../../operation.ts'
import { dayIn } from '../../units.ts'
import { COMPARISONS, choosePeriod, comparedWith, type Period } from '../brands/period.ts'
import { fieldErrors } from '../call.ts'
import { readBrandSettings } from '../settings/read.ts'
import { Day } from '../wire.ts'
import { readBrandFacts } from './brand-facts.ts'
import { missingSettings, withCosts } from './costs.ts'
import { definitionOf } from './define.ts'
import { type By, DIMENSIONS, type FigureRow, INTERVALS, nothing, readFigures } from './figures-read.ts'
import { asOf, provisionalSince, readFreshness } from './marks.ts'
import { MetricName, Metrics } from './metrics-output.ts'
import { valuesOf } from './values.ts'

const MAX_METRICS = 12
/** What is shown when nobody chose: of each way to break down, what is known by it. */
const CAMPAIGN_METRICS: readonly MetricId[] = ['spend', 'credited_net', 'roas']
const USUAL: Readonly<Record<By, readonly MetricId[]>> = {
  none: ['net', 'orders', 'spend', 'roas'],
  channel: CAMPAIGN_METRICS,
  campaign: CAMPAIGN_METRICS,
  product: ['net', 'orders', 'units'],
}
const USUAL_TOLD = Object.entries(USUAL).map(([by, ids]) => `${ids.join(', ')} (by ${by})`)

const Input = z
  .object({
    id: z.uuid().describe('Of the brand.'),
    metrics: z
      .array(MetricName)
      .min(1)
      .max(MAX_METRICS)
      .optional()
      .describe(`Ids of list_metrics; repeat the parameter. Default: ${USUAL_TOLD.join('; ')}.`),
    since: Day.optional().describe('First day; default 30 days before until.'),
    until: Day.optional().describe('The day after the last; default tomorrow, so that today is in.'),
    interval: z.enum(INTERVALS).default('total').describe('Weeks begin on Monday; the first and last may be cut.'),
    by: z.enum(DIMENSIONS).default('none'),
    compare: z
      .enum(COMPARISONS)
      .default('previous_period')
      .describe('Totals and days are compared; weeks and months are not. previous_year is 52 weeks earlier.'),
    model: z.enum(MODELS.map(({ name }) => name)).default('last'),
    ledger: z.enum(['order', 'touch']).default('touch').describe('On whose day credit counts: the order or the touch.'),
    limit: z.int().min(1).max(1_000).default(200).describe('Rows at most.'),
  })
  .meta({
    examples: [
      { id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f', metrics: ['spend', 'credited_net', 'roas'], by: 'channel' },
    ],
  })
type Input = z.output<typeof Input>

export const getMetrics = operation({
  name: 'get_metrics',
  description:
    'Metrics of a brand over days in its own zone, in total or by day, week or month, and by channel, campaign or product, with a comparison period. What is provisional or incomplete is marked.',
  http: { method: 'get', path: '/api/analytics/brands/{id}/metrics' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: Input,
  output: Metrics,
  run: (input) => transaction((db) => answer(db, input)),
})

async function answer(db: Db, input: Input): Promise<z.input<typeof Metrics>> {
  const metrics = metricsOf(input)
  const [brand, settings, freshness] = await Promise.all([
    readBrandFacts(db, input.id),
    readBrandSettings(db, input.id),
    readFreshness(db, input.id),
  ])
  const { currency, time_zone } = brand
  const today = dayIn(time_zone, clock.now())
  const period = choosePeriod(input, today)
  const before = comparedWith(period, input.compare)
  const costed = (row: FigureRow): Sums => withCosts(row.sums, settings, currency)
  const [now, then] = await Promise.all([read(db, input, period), before && read(db, input, before)])
  const total = { now: costed(now.total), before: then && costed(then.total), currency }
  const previous = sumsByPlace(then?.rows ?? [], { input, before, costed })
  const rows = now.rows.map((row) => {
    const sums = costed(row)
    const place = placeOf(row, { input, period })
    return { row, sums, values: valuesOf(metrics, { now: sums, before: previous(place), currency }) }
  })
  const shown = ranked(rows, metrics).slice(0, input.limit)
  return {
    brand_id: input.id,
    currency,
    time_zone,
    period,
    compared_with: before,
    model: input.model,
    ledger: input.ledger,
    interval: input.interval,
    metrics: metrics.map(definitionOf),
    total: valuesOf(metrics, total),
    rows: shown.map(({ row: { since, key, label }, values }) => ({ since, key, label, values })),
    rows_left_out: rows.length - shown.length,
    as_of: asOf(),
    provisional_since: provisionalSince(metrics, { period, today, pendingSince: brand.pending_since }),
    incomplete: now.total.incomplete,
    needs_settings: missingSettings(
      settings,
      currency,
      metrics.flatMap(({ formula }) => formula.figures),
    ),
    freshness,
  }
}

/** The metrics asked for, or the usual ones. Throws INPUT_INVALID for one that cannot be broken down so. */
function metricsOf({ metrics, by }: Input): Metric<MetricId>[] {
  const found = [...new Set(metrics ?? USUAL[by])].map((id) => metricOf(id))
  const unfit = by === 'none' ? [] : found.filter((metric) => !dimensionsOf(metric).includes(by))
  if (unfit.length > 0) throw fieldErrors({ by: [`Not known by ${by}: ${unfit.map(({ id }) => id).join(', ')}.`] })
  return found
}

/** `total`: of the whole period. */
async function read(db: Db, input: Input, period: Period): Promise<{ total: FigureRow; rows: FigureRow[] }> {
  const asked = { brandId: input.id, model: input.model, ledger: input.ledger }
  const whole = { ...asked, interval: 'total', by: 'none' } as const
  const isWhole = input.interval === 'total' && input.by === 'none'
  const [totals, rows] = await Promise.all([
    readFigures(db, whole, period),
    isWhole ? null : readFigures(db, { ...asked, interval: input.interval, by: input.by }, period),
  ])
  return { total: totals[0] ?? nothing(period.since), rows: rows ?? totals }
}

type Placing = { input: Input; period: Period }
const DAY_MS = 86_400_000

/** Where a row stands in its period: rows of two periods at the same place compare. null: they do not. */
function placeOf({ since, key }: FigureRow, { input: { interval }, period }: Placing): string | null {
  if (interval === 'week' || interval === 'month') return null
  return `${(Date.parse(since) - Date.parse(period.since)) / DAY_MS}:${key}`
}

type Previous = { input: Input; before: Period | null; costed: (row: FigureRow) => Sums }

function sumsByPlace(rows: readonly FigureRow[], { input, before, costed }: Previous) {
  const byPlace = new Map(
    before ? rows.map((row) => [placeOf(row, { input, period: before }), costed(row)] as const) : [],
  )
  return (place: string | null): Sums | null => (place === null ? null : (byPlace.get(place) ?? null))
}

/** Oldest first; within a stretch the largest first metric. */
function ranked<R extends { row: FigureRow; sums: Sums }>(rows: readonly R[], [first]: readonly Metric[]): R[] {
  const size = ({ sums }: R): bigint => first?.formula.of(sums) ?? -(10n ** 30n)
  return [...rows].sort((a, b) => {
    if (a.row.since !== b.row.since) return a.row.since < b.row.since ? -1 : 1
    const [left, right] = [size(a), size(b)]
    return left === right ? (a.row.key < b.row.key ? -1 : 1) : left > right ? -1 : 1
  })
}
