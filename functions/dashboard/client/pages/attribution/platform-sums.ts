import type { Ledgers } from './answers.ts'

/** One platform over all the days; money in the brand's currency. */
export type PlatformSum = {
  provider: string
  spend: number
  claimed: number
  credited: number
  claimedOrders: number
  creditedOrders: number
}

/** Adds up each platform's own days; never one platform to another. Largest spend first. */
export function platformSums({ days }: Ledgers): PlatformSum[] {
  const sums = new Map<string, PlatformSum>()
  for (const row of days.flatMap(({ platforms }) => platforms)) {
    const { provider } = row
    const before = sums.get(provider)
    sums.set(provider, {
      provider,
      spend: (before?.spend ?? 0) + Number(row.spend?.amount ?? 0),
      claimed: (before?.claimed ?? 0) + Number(row.claimed_value?.amount ?? 0),
      credited: (before?.credited ?? 0) + Number(row.credited_net?.amount ?? 0),
      claimedOrders: (before?.claimedOrders ?? 0) + (row.claimed_conversions ?? 0),
      creditedOrders: (before?.creditedOrders ?? 0) + (row.credited_orders ?? 0),
    })
  }
  return [...sums.values()].sort((a, b) => b.spend - a.spend)
}
