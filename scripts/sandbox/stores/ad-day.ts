import type { Network } from './campaign-kinds.ts'
import type { Campaign } from './campaigns.ts'
import type { DemoBrand } from './demo-brands.ts'
import type { Minor } from './money.ts'

/** What really happened on one day of one campaign, before any platform's way of reporting it. Days without delivery have none. */
export type AdDay = {
  campaign: Campaign
  /** YYYY-MM-DD in the account's time zone. */
  date: string
  spend: Minor
  impressions: number
  clicks: number
  /** What the platform will claim in the end: more than it caused. */
  claimed: { orders: number; value: Minor }
}

/** One brand's ad account at one platform. Money in the account's currency. */
export type AdAccount = {
  network: Network
  /** Digits only. */
  id: string
  brand: DemoBrand
  currency: string
  time_zone: string
  /** The person took the app's access away. */
  revoked: boolean
  campaigns: readonly Campaign[]
  /** Oldest first. */
  days: readonly AdDay[]
  /** What a weight of 1 spends in a day, on average. */
  dailyBudget: Minor
  /** ms since the epoch; nothing is dated later than the sandboxes' clock when it is served. */
  epoch: number
}
