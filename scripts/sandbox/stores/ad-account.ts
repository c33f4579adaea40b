import type { MetaInsight, MetaStore } from '../world.ts'
import { type Campaign, isRunning } from './campaigns.ts'
import type { DemoBrand } from './demo-brands.ts'
import { decimal, exponentOf, type Minor } from './money.ts'
import type { Random } from './random.ts'
import type { Season } from './season.ts'
import { DAY, offsetAt, offsetInstant, toUtc } from './zone-time.ts'

/** True sales that a campaign's clicks led to, by `campaign id|day of the click`. */
export type Claims = Map<string, { orders: number; value: Minor }>

type Account = {
  id: string
  brand: DemoBrand
  campaigns: readonly Campaign[]
  season: Season
  budget: Minor
  epoch: number
  claims: Claims
}

/** Meta's budgets count in hundredths, except where the currency has none. */
const budgetUnits = (minor: Minor, currency: string): string =>
  String(exponentOf(currency) === 0 ? minor : Math.round(minor / 10 ** (exponentOf(currency) - 2)))

function campaignObject(account: Account, campaign: Campaign): Record<string, unknown> {
  const { brand, epoch } = account
  const at = (ms: number): string => offsetInstant(brand.time_zone, ms)
  const ended = campaign.until !== null && campaign.until <= epoch
  const status = ended ? 'PAUSED' : 'ACTIVE'
  const daily = Math.round((account.budget * campaign.weight) / account.season.weights.length)
  return {
    id: campaign.id,
    name: campaign.name,
    objective: campaign.objective,
    status,
    configured_status: status,
    effective_status: status,
    buying_type: 'AUCTION',
    bid_strategy: 'LOWEST_COST_WITHOUT_CAP',
    daily_budget: budgetUnits(daily, brand.currency),
    budget_remaining: budgetUnits(Math.round(daily * 0.4), brand.currency),
    special_ad_categories: [],
    created_time: at(campaign.since - 2 * DAY),
    start_time: at(campaign.since),
    updated_time: at(Math.min(campaign.until ?? campaign.since + 5 * DAY, epoch)),
    ...(campaign.until === null ? {} : { stop_time: at(campaign.until) }),
  }
}

/** Platforms claim more than they caused: late views and clicks of customers who came by other ways. */
function claimed(
  claim: { orders: number; value: Minor } | undefined,
  chance: Random,
): { orders: number; value: Minor } {
  const extra = chance.chance(0.12) ? 1 : 0
  if (!claim) return { orders: 0, value: 0 }
  const orders = Math.round(claim.orders * (1.1 + 0.25 * chance.next())) + extra
  return { orders, value: Math.round((claim.value / claim.orders) * orders) }
}

function dailyRow(
  account: Account,
  campaign: Campaign,
  day: { date: string; spend: Minor },
  chance: Random,
): MetaInsight {
  const { currency } = account.brand
  const claim = claimed(account.claims.get(`${campaign.id}|${day.date}`), chance)
  // Prices of attention are in dollars of the demo's scale: a thousand yen-cents or fils cost alike.
  const unit = (account.brand.meanPrice / 50) * 10 ** exponentOf(currency)
  const impressions = Math.round((day.spend / (campaign.cpm * unit)) * 1000 * (0.85 + 0.3 * chance.next()))
  const clicks = Math.max(claim.orders, Math.round(impressions * campaign.clickRate * (0.8 + 0.4 * chance.next())))
  return {
    campaign_id: campaign.id,
    campaign_name: campaign.name,
    date_start: day.date,
    spend: decimal(day.spend, currency),
    impressions: String(Math.max(impressions, clicks)),
    clicks: String(clicks),
    purchases: claim.orders,
    purchase_value: decimal(claim.value, currency),
  }
}

function insights(account: Account, chance: Random): MetaInsight[] {
  const { season } = account
  const weights = season.weights.reduce((a, b) => a + b, 0)
  return season.weights.flatMap((weight, index) => {
    const localMs = season.firstLocalDayMs + index * DAY
    const date = new Date(localMs).toISOString().slice(0, 10)
    const noon = toUtc(season.zone, localMs + DAY / 2)
    return account.campaigns
      .filter((campaign) => isRunning(campaign, noon) && !chance.chance(0.01))
      .map((campaign) => {
        const share = (account.budget * campaign.weight * weight) / weights
        return dailyRow(
          account,
          campaign,
          { date, spend: Math.max(1, Math.round(share * (0.85 + 0.3 * chance.next()))) },
          chance,
        )
      })
  })
}

/** The ad account of one brand; `budget` is what a weight of 1 spends over the whole season. */
export function metaStore(account: Account, chance: Random): MetaStore {
  const { brand, epoch } = account
  const rows = insights(account, chance)
  const offset = offsetAt(brand.time_zone, epoch) / 3_600_000
  return {
    account_id: account.id,
    access_token: `EAAB${account.id}${chance.int(1e8, 9e8)}`,
    revoked: brand.meta === 'revoked',
    campaigns: account.campaigns.map((campaign) => campaignObject(account, campaign)),
    insights: rows,
    account: {
      id: `act_${account.id}`,
      account_id: account.id,
      name: `${brand.brand} Ads`,
      account_status: 1,
      currency: brand.currency,
      timezone_id: 1,
      timezone_name: brand.time_zone,
      timezone_offset_hours_utc: offset,
      business: { id: `9${account.id}`, name: brand.brand },
      amount_spent: budgetUnits(account.budget, brand.currency),
      balance: '0',
      spend_cap: '0',
      disable_reason: 0,
      created_time: offsetInstant(brand.time_zone, account.season.firstLocalDayMs - 90 * DAY),
    },
  }
}
