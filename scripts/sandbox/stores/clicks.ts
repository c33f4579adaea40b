import type { Network } from './campaign-kinds.ts'
import type { Campaign } from './campaigns.ts'
import type { Visit } from './journeys.ts'
import type { Minor } from './money.ts'
import { localDay } from './zone-time.ts'

/** What buyers really did on one day of a campaign: each click, and the orders of which it was the network's last one. */
export type Clicked = { clicks: number; orders: number; value: Minor }

/** By `clickKey`, in days of the account's time zone. Values in the shop's currency. */
export type Clicks = Map<string, Clicked>

export const clickKey = (campaign: Campaign, day: string): string => `${campaign.id}|${day}`

/** Counts an order's ad clicks. Networks do not know of each other: the last click of each one earned all of the order. */
export function noteClicks(
  clicks: Clicks,
  order: { visits: readonly Visit[]; value: Minor },
  zoneOf: (network: Network) => string,
): void {
  const earned = new Set<Network>()
  for (const { campaign, at } of order.visits.toReversed()) {
    if (!campaign) continue
    const key = clickKey(campaign, localDay(zoneOf(campaign.network), at))
    const before = clicks.get(key) ?? { clicks: 0, orders: 0, value: 0 }
    const isLast = !earned.has(campaign.network)
    earned.add(campaign.network)
    clicks.set(key, {
      clicks: before.clicks + 1,
      orders: before.orders + (isLast ? 1 : 0),
      value: before.value + (isLast ? order.value : 0),
    })
  }
}
