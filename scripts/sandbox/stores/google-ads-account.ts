import type { GoogleAdsRow, GoogleAdsStore } from '../world.ts'
import type { AdAccount, AdDay } from './ad-day.ts'
import type { Campaign } from './campaigns.ts'
import { exponentOf, type Minor } from './money.ts'
import type { Random } from './random.ts'
import { localDay } from './zone-time.ts'

const micros = (minor: Minor, currency: string): string => String(Math.round(minor * 10 ** (6 - exponentOf(currency))))
const units = (minor: Minor, currency: string): number => minor / 10 ** exponentOf(currency)

/** An ad account as the Google Ads API shows it. Conversions are fractions: data-driven attribution splits each sale. */
export function googleAdsStore(account: AdAccount, chance: Random): GoogleAdsStore {
  const { brand, currency, time_zone } = account
  return {
    customer_id: account.id,
    revoked: account.revoked,
    manager: null,
    customer: {
      resourceName: `customers/${account.id}`,
      id: account.id,
      descriptiveName: `${brand.brand} Google Ads`,
      currencyCode: currency,
      timeZone: time_zone,
      status: 'ENABLED',
      autoTaggingEnabled: true,
    },
    campaigns: account.campaigns.map((campaign) => campaignRow(account, campaign)),
    metrics: account.days.flatMap((day) => dayRows(account, day, chance)),
  }
}

const nameOf = (account: AdAccount, { id }: Campaign): string => `customers/${account.id}/campaigns/${id}`

function campaignRow(account: AdAccount, campaign: Campaign): GoogleAdsRow {
  const { id, name, since, until, objective, weight } = campaign
  const ended = until !== null && until <= account.epoch
  const budgetId = `9${id.slice(-10)}`
  return {
    campaign: {
      resourceName: nameOf(account, campaign),
      id,
      name,
      status: ended ? 'PAUSED' : 'ENABLED',
      advertisingChannelType: objective,
      startDateTime: `${localDay(account.time_zone, since)} 00:00:00`,
      ...(until !== null && { endDateTime: `${localDay(account.time_zone, until - 1)} 23:59:59` }),
    },
    campaignBudget: {
      resourceName: `customers/${account.id}/campaignBudgets/${budgetId}`,
      id: budgetId,
      amountMicros: micros(account.dailyBudget * weight, account.currency),
      period: 'DAILY',
    },
  }
}

/** What was spent, and of the conversions the purchases once more. */
function dayRows(account: AdAccount, day: AdDay, chance: Random): GoogleAdsRow[] {
  const { currency } = account
  const { id, name } = day.campaign
  const campaign = { resourceName: nameOf(account, day.campaign), id, name }
  const segments = { date: day.date }
  const share = day.claimed.orders === 0 ? 0 : 1 - 0.3 * chance.next()
  const conversions = fraction(day.claimed.orders * share)
  const conversionsValue = fraction(units(day.claimed.value, currency) * share)
  const purchases = {
    conversions,
    conversionsValue,
    allConversions: fraction(conversions * 1.15),
    allConversionsValue: fraction(conversionsValue * 1.15),
  }
  const metrics = {
    costMicros: micros(day.spend, currency),
    impressions: String(day.impressions),
    clicks: String(day.clicks),
    ...purchases,
    // Sign-ups and the like count as conversions too, but are no purchases.
    conversions: fraction(conversions + day.clicks * 0.01),
    viewThroughConversions: String(chance.int(0, 3)),
  }
  const spent = { campaign, segments, metrics }
  if (conversions === 0) return [spent]
  return [spent, { campaign, segments: { ...segments, conversionActionCategory: 'PURCHASE' }, metrics: purchases }]
}

const fraction = (value: number): number => Number(value.toFixed(6))
