import type { MetaInsight, MetaStore } from '../world.ts'
import type { AdAccount, AdDay } from './ad-day.ts'
import type { Campaign } from './campaigns.ts'
import { decimal, exponentOf, type Minor } from './money.ts'
import type { Random } from './random.ts'
import { DAY, offsetAt, offsetInstant } from './zone-time.ts'

/** Meta's budgets count in hundredths, except where the currency has none. */
const budgetUnits = (minor: Minor, currency: string): string =>
  String(exponentOf(currency) === 0 ? minor : Math.round(minor / 10 ** (exponentOf(currency) - 2)))

/** Every other campaign leaves its budget to its ad sets. */
function budgetOf({ dailyBudget, currency, campaigns }: AdAccount, campaign: Campaign): Record<string, string> {
  if (campaigns.indexOf(campaign) % 2 === 1) return {}
  const daily = Math.round(dailyBudget * campaign.weight)
  return {
    daily_budget: budgetUnits(daily, currency),
    budget_remaining: budgetUnits(Math.round(daily * 0.4), currency),
  }
}

function campaignObject(account: AdAccount, campaign: Campaign): Record<string, unknown> {
  const { time_zone, epoch } = account
  const at = (ms: number): string => offsetInstant(time_zone, ms)
  const ended = campaign.until !== null && campaign.until <= epoch
  const status = ended ? 'PAUSED' : 'ACTIVE'
  return {
    id: campaign.id,
    name: campaign.name,
    objective: campaign.objective,
    status,
    configured_status: status,
    effective_status: status,
    buying_type: 'AUCTION',
    bid_strategy: 'LOWEST_COST_WITHOUT_CAP',
    ...budgetOf(account, campaign),
    special_ad_categories: [],
    created_time: at(campaign.since - 2 * DAY),
    start_time: at(campaign.since),
    updated_time: at(Math.min(campaign.until ?? campaign.since + 5 * DAY, epoch)),
    ...(campaign.until === null ? {} : { stop_time: at(campaign.until) }),
  }
}

const insight = ({ currency }: AdAccount, { campaign, date, claimed, ...day }: AdDay): MetaInsight => ({
  campaign_id: campaign.id,
  campaign_name: campaign.name,
  date_start: date,
  spend: decimal(day.spend, currency),
  impressions: String(day.impressions),
  clicks: String(day.clicks),
  purchases: claimed.orders,
  purchase_value: decimal(claimed.value, currency),
})

const spentBefore = ({ days, epoch }: AdAccount): Minor => {
  const today = new Date(epoch).toISOString().slice(0, 10)
  return days.reduce((all, { date, spend }) => (date < today ? all + spend : all), 0)
}

/** An ad account as the Marketing API shows it. */
export function metaStore(account: AdAccount, chance: Random): MetaStore {
  const { id, brand, currency, time_zone, epoch, days, campaigns } = account
  return {
    account_id: id,
    access_token: `EAAB${id}${chance.int(1e8, 9e8)}`,
    revoked: account.revoked,
    campaigns: campaigns.map((campaign) => campaignObject(account, campaign)),
    insights: days.map((day) => insight(account, day)),
    account: {
      id: `act_${id}`,
      account_id: id,
      name: `${brand.brand} Ads`,
      account_status: 1,
      currency,
      timezone_id: 1,
      timezone_name: time_zone,
      timezone_offset_hours_utc: offsetAt(time_zone, epoch) / 3_600_000,
      business: { id: `9${id}`, name: brand.brand },
      amount_spent: budgetUnits(spentBefore(account), currency),
      balance: '0',
      spend_cap: '0',
      disable_reason: 0,
      created_time: offsetInstant(time_zone, Math.min(...campaigns.map(({ since }) => since)) - 90 * DAY),
    },
  }
}
