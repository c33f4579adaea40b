import * as z from 'zod'
import { type MetricId, metricOf } from '../../metrics/catalog.ts'
import { Day, Instant, Money } from '../wire.ts'
import { COMPARISONS } from './period.ts'

const Change = z
  .number()
  .nullable()
  .describe('(value − previous) / |previous|; null without something to compare with.')
const Amount = z.object({ value: Money.nullable(), previous: Money.nullable(), change: Change })
const Count = z.object({ value: z.number().nullable(), previous: z.number().nullable(), change: Change })
const amount = (id: MetricId) => Amount.describe(metricOf(id).definition)
const count = (id: MetricId) => Count.describe(metricOf(id).definition)
const Period = z.object({ since: Day, until: Day.describe('Not included.') })
const Ledger = z.enum(['order', 'touch'])

const Earned = {
  provider: z.string().describe('Empty for traffic without one.'),
  spend: Money.nullable(),
  impressions: z.number().nullable(),
  clicks: z.number().nullable(),
  credited_net: Money.nullable().describe('In the chosen ledger.'),
  credited_orders: z.number().nullable(),
  credited_new_customers: z.number().nullable(),
  roas: z.number().nullable().describe('Credited net of the touch ledger / spend.'),
  claimed_conversions: z.number().nullable().describe('As the platform claims; never summed across platforms.'),
  claimed_value: Money.nullable(),
}

export const Dashboard = z.object({
  brand_id: z.uuid(),
  currency: z.string(),
  time_zone: z.string(),
  period: Period,
  compared_with: Period.nullable(),
  comparison: z.enum(COMPARISONS),
  model: z.string(),
  ledger: Ledger.describe('Of the credited figures in channels and campaigns.'),
  kpis: z.object({
    gross: amount('gross'),
    discounts: amount('discounts'),
    returns: amount('returns'),
    adjustments: amount('adjustments'),
    net: amount('net'),
    total_sales: amount('total_sales'),
    orders: count('orders'),
    units: count('units'),
    aov: amount('aov'),
    new_customers: count('new_customers'),
    spend: amount('spend'),
    mer: count('mer'),
    roas: count('roas'),
  }),
  daily: z.array(
    z.object({
      day: Day,
      gross: Money.nullable(),
      net: Money.nullable(),
      orders: z.number().nullable(),
      new_customers: z.number().nullable(),
      spend: Money.nullable(),
    }),
  ),
  channels: z.array(z.object({ bucket: z.string(), ...Earned })),
  campaigns: z.array(
    z.object({ campaign_id: z.string(), name: z.string().nullable(), status: z.string().nullable(), ...Earned }),
  ),
  campaigns_left_out: z.int().describe('Campaigns beyond the hundred with the largest spend.'),
  provisional_days: z
    .object({
      spend: z.array(Day).describe('Spend, impressions and clicks.'),
      claimed: z.array(Day).describe('Conversions that a platform claims, as long as its window lasts.'),
      credited: z.array(Day).describe('Credit, from the oldest order on whose journey the shop has not told yet.'),
    })
    .describe('Days whose figures may still change. Sales of the store are final.'),
  incomplete: z
    .object({ store: z.int(), ads: z.int(), credits: z.int() })
    .describe('Rows in another currency without a rate: stored and counted here, in no sum.'),
  freshness: z.array(
    z.object({
      integration_id: z.uuid(),
      platform: z.string(),
      account_name: z.string(),
      status: z.string(),
      last_synced_at: Instant.nullable(),
      complete_until: Instant.nullable().describe('Everything before this has been read, in every stream.'),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
})
