import * as z from 'zod'
import { clock } from '../../clock.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { dayIn } from '../../units.ts'
import { choosePeriod } from '../brands/period.ts'
import { readAttributionSettings } from '../settings/attribution.ts'
import { Day, Instant, Money, money, moneyOrNull } from '../wire.ts'
import { readBrandFacts } from './brand-facts.ts'
import { asOf, openSince, readFreshness } from './marks.ts'
import {
  readUnmatchedVisits,
  readUnvisitedCampaigns,
  type UnmatchedVisits,
  type UnvisitedCampaign,
} from './match-report-read.ts'
import { Freshness, Period, ProvisionalSince } from './metrics-output.ts'

const Parameter = z.string().nullable()

const Input = z.object({
  id: z.uuid().describe('Of the brand.'),
  since: Day.optional().describe('First day; default 30 days before until.'),
  until: Day.optional().describe('The day after the last; default tomorrow.'),
  limit: z.int().min(1).max(500).default(100).describe('Of each list: the largest.'),
})
type Input = z.output<typeof Input>

const Output = z.object({
  brand_id: z.uuid(),
  currency: z.string(),
  period: Period,
  unvisited_campaigns: z
    .array(
      z.object({
        provider: z.string(),
        campaign_id: z.string(),
        name: z.string().nullable(),
        spend: Money.nullable(),
      }),
    )
    .describe('Campaigns with spend that no visit of an order names, largest spend first.'),
  unvisited_spend: Money.describe('Of all such campaigns.'),
  unvisited_left_out: z.int(),
  unmatched_visits: z
    .array(
      z.object({
        provider: z.string().describe('Empty when the link tells none.'),
        utm_source: Parameter,
        utm_medium: Parameter,
        utm_campaign: Parameter,
        campaign_id: Parameter.describe('As the link has it; of no campaign that we know.'),
        visits: z.int(),
        orders: z.int(),
        net: Money.nullable().describe('What they are credited with when every visit of an order counts the same.'),
      }),
    )
    .describe('Paid visits by what their links say, none of which names a campaign; most visits first.'),
  unmatched_left_out: z.int(),
  provisional_since: ProvisionalSince,
  incomplete: z
    .object({ ads: z.int(), visits: z.int() })
    .describe('Without a rate, so in no sum: days of these campaigns, and visits.'),
  freshness: Freshness,
  as_of: Instant,
})

export const getMatchReport = operation({
  name: 'get_match_report',
  description:
    'Where tracking loses track: campaigns that were paid for and that no visit names, and paid visits whose links name no known campaign. Each is a link to mend.',
  http: { method: 'get', path: '/api/analytics/brands/{id}/match-report' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  cached: true,
  reads: 'replica',
  input: Input,
  output: Output,
  run: (input) => transaction((db) => answer(db, input)),
})

async function answer(db: Db, { id, limit, ...asked }: Input): Promise<z.input<typeof Output>> {
  const { currency, time_zone, pending_since } = await readBrandFacts(db, id)
  const today = dayIn(time_zone, clock.now())
  const period = choosePeriod(asked, today)
  const { windowDays } = await readAttributionSettings(db, id)
  const [campaigns, visits, freshness] = await Promise.all([
    readUnvisitedCampaigns(db, id, { ...period, limit }),
    readUnmatchedVisits(db, id, { ...period, limit, windowDays }),
    readFreshness(db, id),
  ])
  return {
    brand_id: id,
    currency,
    period,
    unvisited_campaigns: campaigns.map((row) => campaignOnWire(row, currency)),
    unvisited_spend: money(campaigns[0]?.total_spend ?? 0n, currency),
    unvisited_left_out: (campaigns[0]?.total ?? 0) - campaigns.length,
    unmatched_visits: visits.map((row) => visitsOnWire(row, currency)),
    unmatched_left_out: (visits[0]?.total ?? 0) - visits.length,
    provisional_since: openSince({ period, today, pendingSince: pending_since }),
    incomplete: { ads: campaigns[0]?.total_incomplete ?? 0, visits: visits[0]?.total_incomplete ?? 0 },
    freshness,
    as_of: asOf(),
  }
}

const campaignOnWire = ({ provider, campaign_id, name, spend }: UnvisitedCampaign, currency: string) => ({
  provider,
  campaign_id,
  name,
  spend: moneyOrNull(spend, currency),
})

const visitsOnWire = (row: UnmatchedVisits, currency: string) => ({
  provider: row.provider,
  utm_source: row.source,
  utm_medium: row.medium,
  utm_campaign: row.campaign,
  campaign_id: row.campaign_id,
  visits: row.visits,
  orders: row.orders,
  net: moneyOrNull(row.net, currency),
})
