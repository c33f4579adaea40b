import * as z from 'zod'
import { clock } from '../../clock.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { METRICS, type MetricId } from '../../metrics/catalog.ts'
import { FIGURE_NAMES, type Sums } from '../../metrics/figures.ts'
import type { Metric } from '../../metrics/metric.ts'
import { operation } from '../../operation.ts'
import { dayIn } from '../../units.ts'
import { connectionOnWire } from '../brands/dashboard-answer.ts'
import { readConnections } from '../brands/dashboard-read.ts'
import { Currency } from '../brands/fields.ts'
import { COMPARISONS, choosePeriod, comparedWith, type Period } from '../brands/period.ts'
import { readTenantSettings } from '../settings/read.ts'
import { Day, Instant } from '../wire.ts'
import { readFactsOfBrands } from './brand-facts.ts'
import { BRAND_FIGURES, type BrandSums, readBrands } from './brands-read.ts'
import { definitionOf } from './define.ts'
import { asOf, provisionalSince } from './marks.ts'
import { Compared, Definition, Marks, MetricName, Period as PeriodOnWire } from './metrics-output.ts'
import { valuesOf } from './values.ts'

const COMPARABLE = METRICS.filter(({ formula }) => formula.figures.every((name) => BRAND_FIGURES.includes(name)))
const Name = z.enum(COMPARABLE.map(({ id }) => id) as [MetricId, ...MetricId[]]) // not empty: net is one of them
const Values = z.partialRecord(MetricName, Compared)
const MODEL = 'last'

const Input = z
  .object({
    metrics: z.array(Name).min(1).max(12).default(['orders', 'net', 'spend', 'roas']),
    since: Day.optional().describe('First day, in each brand’s own zone; default 30 days before until.'),
    until: Day.optional().describe('The day after the last; default tomorrow in UTC.'),
    compare: z.enum(COMPARISONS).default('previous_period'),
    currency: Currency.optional().describe(
      'To add the brands up in; default: the tenant’s default currency, else USD.',
    ),
  })
  .meta({ examples: [{ metrics: ['orders', 'net'] }] })

export const compareBrands = operation({
  name: 'compare_brands',
  description:
    'Metrics of every brand side by side, each in its own currency and, at each day’s rate, in a common one, with the total of all. Credits are those of the last-touch model.',
  http: { method: 'get', path: '/api/analytics/brands' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: Input,
  output: z.object({
    period: PeriodOnWire,
    compared_with: PeriodOnWire.nullable(),
    currency: z.string().describe('Of `converted` and `total`.'),
    metrics: z.array(Definition),
    brands: z.array(
      z.object({
        brand_id: z.uuid(),
        name: z.string(),
        currency: z.string(),
        values: Values.describe('In the brand’s currency.'),
        converted: Values,
        incomplete: z.int().describe('Rows and days without a rate: in no sum.'),
        provisional_since: Marks.provisional_since,
        freshness: Marks.freshness,
      }),
    ),
    total: Values.describe('Of all brands; unknown where one of them is.'),
    as_of: Instant,
  }),
  run: (input) => transaction((db) => answer(db, input)),
})

async function answer(db: Db, input: z.output<typeof Input>) {
  const currency = input.currency ?? (await readTenantSettings(db)).default_currency ?? 'USD'
  const period = choosePeriod(input, dayIn('UTC', clock.now()))
  const before = comparedWith(period, input.compare)
  const read = (of: Period) => readBrands(db, { period: of, currency, model: MODEL })
  const [now, then, facts, connections] = await Promise.all([
    read(period),
    before && read(before),
    readFactsOfBrands(db),
    readConnections(db, null),
  ])
  const metrics = COMPARABLE.filter(({ id }) => input.metrics.includes(id))
  return {
    period,
    compared_with: before,
    currency,
    metrics: metrics.map((metric) => definitionOf(metric)),
    brands: now.map((brand) => ({
      ...brandOnWire(brand, { metrics, currency, then }),
      provisional_since: provisionalSince(metrics, {
        period,
        today: dayIn(facts.get(brand.brand_id)?.time_zone ?? 'UTC', clock.now()),
        pendingSince: facts.get(brand.brand_id)?.pending_since ?? null,
      }),
      freshness: connections.filter(({ brand_id }) => brand_id === brand.brand_id).map(connectionOnWire),
    })),
    total: valuesOf(metrics, { now: added(now), before: then && added(then), currency }),
    as_of: asOf(),
  }
}

type Side = { metrics: readonly Metric<MetricId>[]; currency: string; then: readonly BrandSums[] | null }

function brandOnWire({ brand_id, name, currency, ...of }: BrandSums, { metrics, currency: common, then }: Side) {
  const before = then?.find((brand) => brand.brand_id === brand_id) ?? null
  return {
    brand_id,
    name,
    currency,
    values: valuesOf(metrics, { now: of.own, before: before?.own ?? null, currency }),
    converted: valuesOf(metrics, { now: of.converted, before: before?.converted ?? null, currency: common }),
    incomplete: of.incomplete,
  }
}

const added = (brands: readonly BrandSums[]): Sums =>
  Object.fromEntries(
    FIGURE_NAMES.map((name) => [
      name,
      brands.reduce<bigint | null>((sum, { converted }) => {
        const one = converted[name]
        return sum === null || one === null ? null : sum + one
      }, 0n),
    ]),
  ) as Sums // every name has its entry
