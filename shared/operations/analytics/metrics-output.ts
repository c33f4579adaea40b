import * as z from 'zod'
import { METRIC_IDS } from '../../metrics/catalog.ts'
import { Day, Instant, Money } from '../wire.ts'
import { INTERVALS } from './figures-read.ts'

export const MetricName = z.enum(METRIC_IDS)
/** Money for `money`, a number for all other units; null: unknown, or divided by 0. */
export const Value = z.union([Money, z.number()]).nullable()
export const Compared = z.object({
  value: Value,
  previous: Value.describe('Of the stretch it is compared with; null without one.'),
  change: z.number().nullable().describe('(value − previous) / |previous|.'),
})
const Values = z.partialRecord(MetricName, Compared)

export const Definition = z.object({
  id: MetricName,
  name: z.string(),
  definition: z.string(),
  unit: z.enum(['money', 'count', 'ratio', 'share']),
  formula: z.string().describe('Over sums of figures.'),
  ledgers: z.array(z.enum(['store', 'platform', 'order', 'touch', 'chosen'])),
  additivity: z
    .enum(['sum', 'days', 'ratio'])
    .describe('sum: parts and days add up. days: somebody is counted once a day. ratio: nothing adds up.'),
  by: z.array(z.enum(['channel', 'campaign', 'product'])).describe('What it can be broken down by.'),
  better: z.enum(['more', 'less']).nullable(),
})

export const Period = z.object({ since: Day, until: Day.describe('Not included.') })

export const Freshness = z.array(
  z.object({
    integration_id: z.uuid(),
    platform: z.string(),
    account_name: z.string(),
    status: z.string(),
    last_synced_at: Instant.nullable(),
    complete_until: Instant.nullable().describe('Everything before this has been read, in every stream.'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  }),
)

/** The same for answers that are not made of metrics. */
export const ProvisionalSince = z
  .object({ spend: Day.nullable(), claimed: Day.nullable(), credited: Day.nullable() })
  .describe('From this day of the period on, spend, claims of platforms and credit may still change; null: none may.')

/** What every answer with metrics says of itself. */
export const Marks = {
  as_of: Instant,
  provisional_since: z
    .partialRecord(MetricName, Day)
    .describe('Of the metrics that may still change: from this day of the period on.'),
  incomplete: z
    .object({ store: z.int(), ads: z.int(), credits: z.int() })
    .describe('Rows in another currency without a rate: stored and counted here, in no sum.'),
  needs_settings: z.array(z.string()).describe('Settings of the brand without which some metric is unknown.'),
  freshness: Freshness,
}

export const Metrics = z.object({
  brand_id: z.uuid(),
  currency: z.string(),
  time_zone: z.string(),
  period: Period,
  compared_with: Period.nullable(),
  model: z.string(),
  ledger: z.enum(['order', 'touch']),
  interval: z.enum(INTERVALS),
  metrics: z.array(Definition),
  total: Values.describe('Of the whole period, over all parts.'),
  rows: z.array(
    z.object({
      since: Day.describe('First day of the stretch, inside the period.'),
      key: z
        .string()
        .describe('Channel, `<provider>:<campaign id>` or product id; empty where nothing is broken down.'),
      label: z.string().nullable().describe('Name of the campaign or product, as the provider has it now.'),
      values: Values,
    }),
  ),
  rows_left_out: z.int().describe('Rows beyond `limit`: those with the smallest first metric.'),
  ...Marks,
})
