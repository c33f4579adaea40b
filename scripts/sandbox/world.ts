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
  apps?: { shopify: OAuthApp; meta: OAuthApp }
}

/** One brand of one demo tenant with its shop and ad account. */
export type Store = {
  tenant: string
  brand: string
  currency: string
  time_zone: string
  shopify: ShopifyStore
  /** null: the brand has no Meta account. */
  meta: MetaStore | null
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
