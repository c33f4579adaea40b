import * as z from 'zod'
import { MODELS } from '../../attribution/models.ts'
import { clock } from '../../clock.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import type { Provisional } from '../../metrics/figures.ts'
import { provisionalFrom } from '../../metrics/provisional.ts'
import { operation } from '../../operation.ts'
import { dayIn } from '../../units.ts'
import { type BrandFacts, readBrandFacts } from '../analytics/brand-facts.ts'
import { Day } from '../wire.ts'
import { campaignOnWire, channelOnWire, connectionOnWire, dailyOnWire } from './dashboard-answer.ts'
import { Dashboard } from './dashboard-output.ts'
import { readCampaigns, readChannels, readConnections, readDays } from './dashboard-read.ts'
import { kpisOf, sumsOf } from './kpis.ts'
import { COMPARISONS, choosePeriod, comparedWith, daysSince, type Period } from './period.ts'

const MAX_CAMPAIGNS = 100

const Input = z.object({
  id: z.uuid(),
  since: Day.optional().describe('First day; default 30 days before until.'),
  until: Day.optional().describe('The day after the last; default tomorrow, so that today is in.'),
  compare: z.enum(COMPARISONS).default('previous_period').describe('previous_year is 52 weeks earlier.'),
  model: z.enum(MODELS.map(({ name }) => name)).default('last'),
  ledger: z.enum(['order', 'touch']).default('touch').describe('On whose day credit counts: the order or the touch.'),
})
type Input = z.output<typeof Input>

export const brandDashboard = operation({
  name: 'get_brand_dashboard',
  description:
    'Sales, spend and attribution of a brand over days in its own zone, compared with an earlier period. What is provisional or incomplete is marked.',
  http: { method: 'get', path: '/api/brands/{id}/dashboard' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: Input,
  output: Dashboard,
  run: (input) => transaction((db) => readDashboard(db, input)),
})

/** All that the operation asks of the database. Throws NOT_FOUND. */
export const readDashboard = async (db: Db, input: Input): Promise<z.input<typeof Dashboard>> =>
  read(db, await readBrandFacts(db, input.id), input)

/** All reads go out in one round trip. */
async function read(db: Db, brand: BrandFacts, input: Input): Promise<z.input<typeof Dashboard>> {
  const today = dayIn(brand.time_zone, clock.now())
  const period = choosePeriod(input, today)
  const before = comparedWith(period, input.compare)
  const chosen = { brandId: input.id, model: input.model, ledger: input.ledger }
  const figures = (of: Period) => Promise.all([readDays(db, input.id, of), readChannels(db, chosen, of)])
  const [[days, channels], previous, campaigns, connections] = await Promise.all([
    figures(period),
    before && figures(before),
    readCampaigns(db, chosen, { ...period, limit: MAX_CAMPAIGNS }),
    readConnections(db, input.id),
  ])
  const { currency } = brand
  const asOf = { today, platforms: connections.map(({ platform }) => platform), pendingSince: brand.pending_since }
  const provisional = (rule: Provisional) => daysSince(provisionalFrom(rule, asOf), { period, today })
  return {
    brand_id: input.id,
    currency,
    time_zone: brand.time_zone,
    period,
    compared_with: before,
    comparison: input.compare,
    model: input.model,
    ledger: input.ledger,
    kpis: kpisOf({ now: sumsOf(days, channels), before: previous && sumsOf(...previous), currency }),
    daily: dailyOnWire(days, period, currency),
    channels: channels.map((row) => channelOnWire(row, currency)),
    campaigns: campaigns.map((row) => campaignOnWire(row, currency)),
    campaigns_left_out: Number(campaigns[0]?.total ?? 0n) - campaigns.length,
    provisional_days: {
      spend: provisional('spend'),
      claimed: provisional('claimed'),
      credited: provisional('credited'),
    },
    incomplete: {
      store: total(days.map((row) => row.incomplete_store)),
      ads: total(days.map((row) => row.incomplete_ads)),
      credits: total(channels.map((row) => row.incomplete)),
    },
    freshness: connections.map(connectionOnWire),
  }
}

const total = (counts: readonly bigint[]): number => counts.reduce((sum, count) => sum + Number(count), 0)
