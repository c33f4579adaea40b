import * as z from 'zod'
import { MODELS } from '../../attribution/models.ts'
import { clock } from '../../clock.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { dayIn } from '../../units.ts'
import { roasOf } from '../brands/kpis.ts'
import { choosePeriod } from '../brands/period.ts'
import { Day, Instant, Money, money } from '../wire.ts'
import {
  type AdsRow,
  type CreditRow,
  readAds,
  readCampaignNames,
  readCredits,
  readStoreNet,
} from './attribution-read.ts'
import { readBrandFacts } from './brand-facts.ts'
import { asOf, openSince, readFreshness } from './marks.ts'
import { Freshness, Period, ProvisionalSince } from './metrics-output.ts'

const ModelName = z.enum(MODELS.map(({ name }) => name))
const Credit = z.object({
  net: Money.nullable(),
  orders: z.number().nullable(),
  new_customers: z.number().nullable(),
  roas: z.number().nullable().describe('net / spend; ROAS proper in the touch ledger alone.'),
})

const Input = z
  .object({
    id: z.uuid().describe('Of the brand.'),
    models: z
      .array(ModelName)
      .min(1)
      .default(MODELS.map(({ name }) => name)),
    since: Day.optional().describe('First day; default 30 days before until.'),
    until: Day.optional().describe('The day after the last; default tomorrow.'),
    ledger: z.enum(['order', 'touch']).default('touch').describe('On whose day credit counts: the order or the touch.'),
    by: z.enum(['channel', 'campaign']).default('channel'),
    limit: z.int().min(1).max(500).default(100),
  })
  .meta({ examples: [{ models: ['last', 'markov'], by: 'campaign' }] })
type Input = z.output<typeof Input>

export const getAttribution = operation({
  name: 'get_attribution',
  description:
    'What each attribution model credits to channels or campaigns, beside what was spent on them and what the platforms claim for themselves. Models are correlational: they share out sales, they prove no cause.',
  http: { method: 'get', path: '/api/analytics/brands/{id}/attribution' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: Input,
  output: z.object({
    brand_id: z.uuid(),
    currency: z.string(),
    period: Period,
    ledger: z.enum(['order', 'touch']),
    store_net: Money.nullable().describe(
      'Net sales of the store; in the order ledger each model’s credits add up to it.',
    ),
    credited: z.partialRecord(ModelName, Money.nullable()).describe('All credits of a model.'),
    rows: z.array(
      z.object({
        bucket: z
          .string()
          .describe('campaign, unmatched_paid, organic, email, direct, or no_journey: the shop knows no visits.'),
        provider: z.string().describe('Empty for traffic without one.'),
        campaign_id: z.string().describe('Empty unless by campaign.'),
        name: z.string().nullable(),
        spend: Money.nullable(),
        claimed_conversions: z.number().nullable().describe('Platforms claim the same orders: never add them up.'),
        claimed_value: Money.nullable(),
        models: z.partialRecord(ModelName, Credit),
      }),
    ),
    rows_left_out: z.int(),
    pending_since: Day.nullable().describe('From this day on some orders still wait for their journey.'),
    provisional_since: ProvisionalSince,
    incomplete: z.object({ ads: z.int(), credits: z.int() }).describe('Rows without a rate: in no sum.'),
    freshness: Freshness,
    as_of: Instant,
  }),
  run: (input) => transaction((db) => answer(db, input)),
})

async function answer(db: Db, input: Input) {
  const { currency, time_zone, pending_since } = await readBrandFacts(db, input.id)
  const today = dayIn(time_zone, clock.now())
  const period = choosePeriod(input, today)
  const asked = { brandId: input.id, ledger: input.ledger, models: input.models, byCampaign: input.by === 'campaign' }
  const [credits, ads, storeNet, freshness] = await Promise.all([
    readCredits(db, asked, period),
    readAds(db, asked, period),
    readStoreNet(db, input.id, period),
    readFreshness(db, input.id),
  ])
  const earners = earnersOf(credits, ads)
  const shown = earners.slice(0, input.limit)
  const names = await readCampaignNames(
    db,
    input.id,
    asked.byCampaign ? shown.flatMap(({ id }) => id.campaign_id || []) : [],
  )
  const amount = (micros: bigint | null) => (micros === null ? null : money(micros, currency))
  return {
    brand_id: input.id,
    currency,
    period,
    ledger: input.ledger,
    store_net: amount(storeNet),
    credited: Object.fromEntries(
      input.models.map((model) => [model, amount(sum(credits.filter((row) => row.model === model)))]),
    ),
    rows: shown.map(({ id, ads, credits }) => ({
      ...id,
      name: names.get(`${id.provider}:${id.campaign_id}`) ?? null,
      spend: amount(ads ? ads.spend : 0n),
      claimed_conversions: ads?.claimed_conversions ?? null,
      claimed_value: amount(ads?.claimed_value ?? null),
      models: Object.fromEntries(
        input.models.map((model) => {
          const credit = credits.find((row) => row.model === model)
          const net = credit ? credit.net : 0n
          const counts = { orders: credit?.orders ?? 0, new_customers: credit?.new_customers ?? 0 }
          return [model, { net: amount(net), ...counts, roas: roasOf(net, ads?.spend ?? null) }]
        }),
      ),
    })),
    rows_left_out: earners.length - shown.length,
    pending_since: pending_since !== null && pending_since < period.until ? pending_since : null,
    provisional_since: openSince({ period, today, pendingSince: pending_since }),
    incomplete: {
      ads: ads.reduce((count, row) => count + row.incomplete, 0),
      credits: credits.reduce((count, row) => count + row.incomplete, 0),
    },
    freshness,
    as_of: asOf(),
  }
}

type Id = { bucket: string; provider: string; campaign_id: string }
type Earner = { id: Id; ads: AdsRow | null; credits: CreditRow[] }

/** Spend belongs to campaigns. Largest spend first, then the largest credit of any model. */
function earnersOf(credits: readonly CreditRow[], ads: readonly AdsRow[]): Earner[] {
  const earners = new Map<string, Earner>()
  const earner = ({ bucket, provider, campaign_id }: Id): Earner => {
    const key = [bucket, provider, campaign_id].join('\0')
    const known = earners.get(key) ?? { id: { bucket, provider, campaign_id }, ads: null, credits: [] }
    earners.set(key, known)
    return known
  }
  for (const row of ads) earner({ ...row, bucket: 'campaign' }).ads = row
  for (const row of credits) earner(row).credits.push(row)
  const size = ({ ads, credits }: Earner): readonly [bigint, bigint] => [
    ads?.spend ?? 0n,
    credits.reduce((most, { net }) => ((net ?? 0n) > most ? (net ?? 0n) : most), 0n),
  ]
  const bySize = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1)
  return [...earners.values()].sort((a, b) => {
    const [left, right] = [size(a), size(b)]
    return bySize(left[0], right[0]) || bySize(left[1], right[1]) || (keyOf(a) < keyOf(b) ? -1 : 1)
  })
}

const keyOf = ({ id }: Earner): string => `${id.bucket}:${id.provider}:${id.campaign_id}`

/** null where only rows without a rate are left; nothing is 0. */
const sum = (rows: readonly CreditRow[]): bigint | null => {
  const known = rows.flatMap(({ net }) => net ?? [])
  return known.length > 0 || rows.length === 0 ? known.reduce((total, net) => total + net, 0n) : null
}
