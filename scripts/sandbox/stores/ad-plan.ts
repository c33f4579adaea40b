import { NETWORKS, type Network } from './campaign-kinds.ts'
import { type Campaign, campaigns } from './campaigns.ts'
import type { AdSetup, DemoBrand } from './demo-brands.ts'
import { random } from './random.ts'

/** An ad account as it is set up, before anybody has clicked. */
export type AdPlan = {
  network: Network
  /** Digits only, as the network writes them. */
  id: string
  brand: DemoBrand
  time_zone: string
  /** Of the account, and how many of its units one of the shop's currency is. */
  currency: { currency: string; rate: number }
  revoked: boolean
  runaway: AdSetup['runaway']
  campaigns: readonly Campaign[]
  /** Of the shop's sales, what the account would spend if its campaigns' weights came to 1. */
  salesShare: number
}

const SALES_SHARE: Readonly<Record<Network, number>> = { meta: 0.135, 'google-ads': 0.085, tiktok: 0.05 }

const IDS: Readonly<Record<Network, (brandNumber: number) => string>> = {
  meta: (number) => String(210_000_000_000_000 + number * 1_000_000),
  tiktok: (number) => `7300${String(number * 611_953_327).padStart(15, '0')}`,
  'google-ads': (number) => String(4_100_000_000 + number * 611_953),
}

/** The accounts of one brand, one a network at most, with campaigns over [since, until). */
export function adPlans(
  brand: DemoBrand,
  range: { since: number; until: number; brandNumber: number },
  seed: string,
): AdPlan[] {
  return NETWORKS.flatMap((network) => {
    const setup = brand.ads[network]
    if (!setup) return []
    const chance = random(seed, brand.handle, network, 'campaigns')
    const { time_zone = brand.time_zone, currency = { currency: brand.currency, rate: 1 }, revoked = false } = setup
    return {
      network,
      id: IDS[network](range.brandNumber),
      brand,
      time_zone,
      currency,
      revoked,
      runaway: setup.runaway,
      campaigns: campaigns({ ...range, network, time_zone, count: setup.campaigns }, chance),
      salesShare: SALES_SHARE[network] * (0.8 + 0.4 * chance.next()),
    }
  })
}
