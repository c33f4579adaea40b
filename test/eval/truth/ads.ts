import * as z from 'zod'
import type { Store } from '../../../scripts/sandbox/world.ts'

/** One campaign's day as its platform finally reports it, money in units of the account's currency. */
export type AdDay = {
  provider: string
  campaign: string
  day: string
  currency: string
  spend: number
  clicks: number
  impressions: number
}

const Named = z.object({ currency: z.string() })
const Counts = z.object({ spend: z.coerce.number(), clicks: z.coerce.number(), impressions: z.coerce.number() })
/** Meta tells no currency's thousandths. */
const Hundredths = z.coerce.number().transform((amount) => Math.round(amount * 100) / 100)
const GoogleCounts = z.object({
  costMicros: z.coerce.number(),
  clicks: z.coerce.number(),
  impressions: z.coerce.number(),
})
const Customer = z.object({ currencyCode: z.string() })
const WithName = z.object({ name: z.string() })
const TikTokCampaign = z.object({ campaign_id: z.string(), campaign_name: z.string() })

/** Of the accounts that may be read: what a revoked one spent nobody can know. */
export const adDaysOf = (store: Store): AdDay[] => [...metaDays(store), ...googleDays(store), ...tiktokDays(store)]

function metaDays({ meta }: Store): AdDay[] {
  if (!meta || meta.revoked) return []
  const { currency } = Named.parse(meta.account)
  return meta.insights.map((row) => ({
    ...{ provider: 'meta', campaign: row.campaign_name, day: row.date_start, currency },
    ...Counts.extend({ spend: Hundredths }).parse(row),
  }))
}

/** Rows of a conversion category hold no delivery. */
function googleDays({ google_ads: google }: Store): AdDay[] {
  if (!google || google.revoked) return []
  const { currencyCode: currency } = Customer.parse(google.customer)
  const names = new Map(google.campaigns.map(({ campaign }) => [campaign.id, WithName.parse(campaign).name]))
  return google.metrics.flatMap(({ campaign, segments, metrics }) => {
    if (!segments || segments.conversionActionCategory !== undefined) return []
    const { costMicros, clicks, impressions } = GoogleCounts.parse(metrics)
    const name = names.get(campaign.id) ?? campaign.id
    const day = { provider: 'google-ads', campaign: name, day: segments.date, currency }
    return [{ ...day, spend: costMicros / 1e6, clicks, impressions }]
  })
}

function tiktokDays({ tiktok }: Store): AdDay[] {
  if (!tiktok || tiktok.revoked) return []
  const { currency } = Named.parse(tiktok.advertiser)
  const campaigns = tiktok.campaigns.map((campaign) => TikTokCampaign.parse(campaign))
  const names = new Map(campaigns.map(({ campaign_id, campaign_name }) => [campaign_id, campaign_name]))
  return tiktok.reports.map(({ dimensions, metrics }) => ({
    provider: 'tiktok',
    campaign: names.get(dimensions.campaign_id) ?? dimensions.campaign_id,
    day: dimensions.stat_time_day.slice(0, 10),
    currency,
    ...Counts.parse(metrics),
  }))
}
