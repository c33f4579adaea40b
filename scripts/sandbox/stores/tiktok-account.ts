import type { TikTokCampaign, TikTokReport, TikTokStore } from '../world.ts'
import type { AdAccount, AdDay } from './ad-day.ts'
import type { Campaign } from './campaigns.ts'
import { decimal, exponentOf, type Minor } from './money.ts'
import type { Random } from './random.ts'
import { DAY, HOUR, offsetAt } from './zone-time.ts'

const TOKEN_DIGITS = 34
/** Whose orders TikTok takes itself, in its shop; the other campaigns lead to the brand's own. */
const IN_TIKTOKS_SHOP = new Set(['PRODUCT_SALES'])
const NOT_MEASURED = '-'

const major = (minor: Minor, currency: string): number => minor / 10 ** exponentOf(currency)
/** `2026-11-20 10:00:00`, in UTC. */
const utcTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

/** An ad account as TikTok API for Business shows it. */
export function tiktokStore(account: AdAccount, chance: Random): TikTokStore {
  return {
    advertiser_id: account.id,
    access_token: accessToken(chance),
    revoked: account.revoked,
    advertiser: advertiserOf(account),
    campaigns: account.campaigns.map((campaign) => campaignOf(account, campaign)),
    reports: account.days.map((day) => reportOf(account, day)),
  }
}

/** Hexadecimal digits, as TikTok's are. */
const accessToken = (chance: Random): string =>
  `71c70c${Array.from({ length: TOKEN_DIGITS }, () => chance.int(0, 15).toString(16)).join('')}`

function advertiserOf({ id, brand, currency, time_zone, campaigns, epoch }: AdAccount): TikTokStore['advertiser'] {
  const hours = Math.floor(offsetAt(time_zone, epoch) / HOUR)
  return {
    advertiser_id: id,
    name: `${brand.brand} TikTok Ads`,
    company: brand.brand,
    currency,
    // POSIX counts westwards: "Etc/GMT+8" is eight hours behind.
    timezone: hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`,
    display_timezone: time_zone,
    status: 'STATUS_ENABLE',
    role: 'ROLE_ADVERTISER',
    advertiser_account_type: 'AUCTION',
    balance: 0,
    language: 'en',
    rejection_reason: '',
    create_time: Math.floor((Math.min(...campaigns.map(({ since }) => since)) - 90 * DAY) / 1000),
  }
}

function campaignOf({ id, currency, epoch, dailyBudget }: AdAccount, campaign: Campaign): TikTokCampaign {
  const ended = campaign.until !== null && campaign.until <= epoch
  const word = ended ? 'DISABLE' : 'ENABLE'
  return {
    campaign_id: campaign.id,
    advertiser_id: id,
    campaign_name: campaign.name,
    campaign_type: 'REGULAR_CAMPAIGN',
    objective_type: campaign.objective,
    budget_mode: 'BUDGET_MODE_DAY',
    budget: major(Math.round(dailyBudget * campaign.weight), currency),
    operation_status: word,
    secondary_status: `CAMPAIGN_STATUS_${word}`,
    create_time: utcTime(campaign.since - 2 * DAY),
    modify_time: utcTime(Math.min(campaign.until ?? campaign.since + 5 * DAY, epoch)),
    is_smart_performance_campaign: false,
    is_new_structure: true,
    roas_bid: 0,
    deep_bid_type: null,
  }
}

function reportOf({ currency }: AdAccount, { campaign, date, claimed, ...day }: AdDay): TikTokReport {
  const here = { count: String(claimed.orders), value: decimal(claimed.value, currency) }
  const nowhere = { count: '0', value: decimal(0, currency) }
  const [web, shop] = IN_TIKTOKS_SHOP.has(campaign.objective) ? [nowhere, here] : [here, nowhere]
  return {
    dimensions: { campaign_id: campaign.id, stat_time_day: `${date} 00:00:00` },
    metrics: {
      campaign_name: campaign.name,
      spend: decimal(day.spend, currency),
      impressions: String(day.impressions),
      clicks: String(day.clicks),
      conversion: here.count,
      complete_payment: web.count,
      total_complete_payment_rate: web.value,
      onsite_shopping: shop.count,
      total_onsite_shopping_value: shop.value,
      total_purchase: NOT_MEASURED,
      total_purchase_value: NOT_MEASURED,
    },
  }
}
