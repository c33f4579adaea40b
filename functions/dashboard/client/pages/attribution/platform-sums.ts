import type { Amount } from '../../parts/format.ts'
import type { Ledgers } from './answers.ts'

/** One platform over all the days. */
export type PlatformSum = {
  provider: string
  spend: Amount
  claimed: Amount
  credited: Amount
  claimedOrders: number
  creditedOrders: number
}

/** Adds up each platform's own days; never one platform to another. Largest spend first. */
export function platformSums({ days, currency }: Ledgers): PlatformSum[] {
  const sums = new Map<string, PlatformSum>()
  const sum = (before: Amount | undefined, more: Amount | null): Amount => ({
    amount: String(Number(before?.amount ?? 0) + Number(more?.amount ?? 0)),
    currency,
  })
  for (const row of days.flatMap(({ platforms }) => platforms)) {
    const { provider } = row
    const before = sums.get(provider)
    sums.set(provider, {
      provider,
      spend: sum(before?.spend, row.spend),
      claimed: sum(before?.claimed, row.claimed_value),
      credited: sum(before?.credited, row.credited_net),
      claimedOrders: (before?.claimedOrders ?? 0) + (row.claimed_conversions ?? 0),
      creditedOrders: (before?.creditedOrders ?? 0) + (row.credited_orders ?? 0),
    })
  }
  return [...sums.values()].sort((a, b) => Number(b.spend.amount) - Number(a.spend.amount))
}
