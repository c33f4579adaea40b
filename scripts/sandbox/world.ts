import type { OAuthApp } from './oauth.ts'
import type { WebhookTarget } from './shopify/webhooks.ts'

/** What the sandboxes serve: stores as each provider would show them, in the provider's own wire format. */
export type World = {
  /** The sandboxes' clock: rows dated later than this are not served yet. */
  now: () => Date
  /** What rate limits refill and tokens end by; default `now`, which may stand still. */
  limitsClock?: () => Date
  stores: readonly Store[]
  /** Without one no webhooks can be sent. */
  webhooks?: WebhookTarget
  /** The client's app at each provider that has OAuth; default `UNIT_APP`. */
  apps?: Readonly<Partial<Record<OAuthProvider, OAuthApp>>>
}

export type OAuthProvider = 'shopify' | 'meta' | 'tiktok' | 'google-ads'

/** One brand of one demo tenant with its shop and ad account. */
export type Store = {
  tenant: string
  brand: string
  currency: string
  time_zone: string
  shopify: ShopifyStore
  /** null: the brand has no Meta account. */
  meta: MetaStore | null
  /** null: the brand has no Google Ads account. */
  google_ads: GoogleAdsStore | null
  /** null: the brand has no TikTok ad account. */
  tiktok: TikTokStore | null
}

export type ShopifyStore = {
  /** `name.myshopify.com` */
  domain: string
  access_token: string
  /** Leaky bucket of the plan. A recorded folder runs on a fast plan, never without limits. */
  bucket: { maximumAvailable: number; restoreRate: number }
  shop: Record<string, unknown>
  /** Nodes of the Admin GraphQL API by connection name, oldest `updatedAt` first. */
  orders: Nodes
  products: Nodes
}

/** Nodes kept as JSON text and parsed when served, so that 100,000 orders stay small in memory. */
export type Nodes = readonly { id: string; updatedAt: string; json: string }[]

export type MetaStore = {
  /** Digits only; the API's object id is `act_<account_id>`. */
  account_id: string
  access_token: string
  /** A revoked token answers 400 with code 190, subcode 460, so that a connection needs re-authorisation. */
  revoked: boolean
  account: Record<string, unknown>
  campaigns: readonly Record<string, unknown>[]
  /** Daily campaign rows, oldest first, without `actions` keys whose value is 0. */
  insights: readonly MetaInsight[]
}

export type MetaInsight = {
  campaign_id: string
  campaign_name: string
  /** Day in the account's time zone. */
  date_start: string
  spend: string
  impressions: string
  clicks: string
  /** What is finally reported; the sandbox reveals conversions over the days after `date_start`. */
  purchases: number
  purchase_value: string
}

/** Everything as the REST API writes it: lowerCamelCase, int64 as strings, money in micros. */
export type GoogleAdsStore = {
  /** Digits only. */
  customer_id: string
  /** The person took the app's access away: a refresh answers `invalid_grant`. */
  revoked: boolean
  /** The account is reached only through this one, which `login-customer-id` must name; null: directly. */
  manager: { id: string; name: string } | null
  customer: Readonly<Record<string, unknown>>
  /** Result rows with `campaign` and `campaignBudget`. */
  campaigns: readonly GoogleAdsRow[]
  /** Result rows of a campaign and day, oldest first; those with a `conversionActionCategory` hold conversions only. */
  metrics: readonly GoogleAdsRow[]
}

export type GoogleAdsRow = {
  campaign: Readonly<Record<string, unknown>> & { readonly id: string }
  campaignBudget?: Readonly<Record<string, unknown>>
  segments?: { readonly date: string; readonly conversionActionCategory?: string }
  /** What is finally reported; the sandbox reveals conversions over the weeks after the day of the click. */
  metrics?: Readonly<Record<string, string | number>>
}

/** Everything as TikTok API for Business, v1.3, writes it: ids as strings, money in major units. */
export type TikTokStore = {
  /** Digits only, more than a double can hold. */
  advertiser_id: string
  access_token: string
  /** The person took the app's access away: every call answers code 40105. */
  revoked: boolean
  advertiser: Readonly<Record<string, unknown>>
  campaigns: readonly TikTokCampaign[]
  /** Rows of a campaign and day, oldest first. */
  reports: readonly TikTokReport[]
}

export type TikTokCampaign = { readonly campaign_id: string } & Readonly<Record<string, unknown>>

export type TikTokReport = {
  /** `stat_time_day` is midnight of the account's day: `2026-11-01 00:00:00`. */
  dimensions: { readonly campaign_id: string; readonly stat_time_day: string }
  /** What is finally reported; the sandbox reveals conversions over the days after the ad was shown. "-": not measured. */
  metrics: Readonly<Record<string, string | number | null>>
}
