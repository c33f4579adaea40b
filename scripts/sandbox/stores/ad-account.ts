import type { AdAccount, AdDay } from './ad-day.ts'
import type { AdPlan } from './ad-plan.ts'
import type { Network } from './campaign-kinds.ts'
import { type Campaign, isRunning } from './campaigns.ts'
import { type Clicked, type Clicks, clickKey } from './clicks.ts'
import { exponentOf, type Minor } from './money.ts'
import type { Random } from './random.ts'
import type { Season } from './season.ts'
import { DAY, toUtc } from './zone-time.ts'

type Business = {
  season: Season
  /** Of the whole season, in the shop's currency, as far as it can be planned with. */
  revenue: Minor
  clicks: Clicks
  epoch: number
}

/** What the network claims for each order that its ads led to. It also counts late views and buyers who came by other ways. */
const CLAIMED: Readonly<Record<Network, { least: number; more: number }>> = {
  meta: { least: 1.1, more: 0.25 },
  'google-ads': { least: 1, more: 0.15 },
  tiktok: { least: 1.15, more: 0.5 },
}
const NONE: Clicked = { clicks: 0, orders: 0, value: 0 }

/** The brand's account after the season: daily spend by the shop's weeks, clicks and claims by what buyers really did. */
export function adAccount(plan: AdPlan, business: Business, chance: Random): AdAccount {
  const { network, id, brand, time_zone, revoked, campaigns, currency } = plan
  const { season, epoch } = business
  const factor = (currency.rate * 10 ** exponentOf(currency.currency)) / 10 ** exponentOf(brand.currency)
  const budget = Math.round(business.revenue * plan.salesShare * factor)
  return {
    ...{ network, id, brand, time_zone, revoked, campaigns, epoch },
    currency: currency.currency,
    days: daysOf({ plan, business, factor, budget }, chance),
    dailyBudget: Math.round(budget / season.weights.length),
  }
}

/** `factor` makes minor units of the shop's currency such of the account's; `budget` is in the latter. */
type Context = { plan: AdPlan; business: Business; factor: number; budget: Minor }

function daysOf(context: Context, chance: Random): AdDay[] {
  const { plan, business, budget } = context
  const { season, clicks } = business
  const weights = season.weights.reduce((a, b) => a + b, 0)
  return season.weights.flatMap((weight, index) => {
    const localMs = season.firstLocalDayMs + index * DAY
    const date = new Date(localMs).toISOString().slice(0, 10)
    const noon = toUtc(plan.time_zone, localMs + DAY / 2)
    return plan.campaigns.flatMap((campaign) => {
      const clicked = clicks.get(clickKey(campaign, date))
      // Now and then a campaign stands still for a day.
      if (!isRunning(campaign, noon) || (!clicked && chance.chance(0.01))) return []
      const usual = (budget * campaign.weight * weight) / weights
      const spend = Math.max(1, Math.round(usual * paceOf(context, campaign, noon) * (0.85 + 0.3 * chance.next())))
      return [adDay(context, { campaign, date, spend, clicked: clicked ?? NONE }, chance)]
    })
  })
}

/** How many times its usual budget a campaign spends. */
function paceOf({ plan, business }: Context, { name }: Campaign, noon: number): number {
  const { runaway } = plan
  return runaway?.campaign === name && noon > business.epoch - runaway.days * DAY ? runaway.times : 1
}

type Spent = { campaign: Campaign; date: string; spend: Minor; clicked: Clicked }

function adDay({ plan, factor }: Context, { campaign, date, spend, clicked }: Spent, chance: Random): AdDay {
  const { brand, currency, network } = plan
  const claimed = claimedOf(network, clicked, chance)
  // Prices of attention are in dollars of the demo's scale: a thousand yen-cents or fils cost alike.
  const unit = (brand.meanPrice / 50) * currency.rate * 10 ** exponentOf(currency.currency)
  const seen = Math.round((spend / (campaign.cpm * unit)) * 1000 * (0.85 + 0.3 * chance.next()))
  const usual = Math.round(seen * campaign.clickRate * (0.8 + 0.4 * chance.next()))
  const clicks = Math.max(clicked.clicks, claimed.orders, usual)
  return {
    ...{ campaign, date, spend, clicks },
    impressions: Math.max(seen, clicks),
    claimed: { orders: claimed.orders, value: Math.round(claimed.value * factor) },
  }
}

function claimedOf(network: Network, { orders, value }: Clicked, chance: Random): AdDay['claimed'] {
  if (orders === 0) return { orders: 0, value: 0 }
  const { least, more } = CLAIMED[network]
  const claimed = Math.floor(orders * (least + more * chance.next()) + chance.next())
  return { orders: claimed, value: (value / orders) * claimed }
}
