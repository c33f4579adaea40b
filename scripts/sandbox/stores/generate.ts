import type { Store } from '../world.ts'
import { adAccount } from './ad-account.ts'
import type { AdAccount } from './ad-day.ts'
import { adPlans } from './ad-plan.ts'
import type { Network } from './campaign-kinds.ts'
import { catalogue } from './catalogue.ts'
import { demoTenants } from './demo-brands.ts'
import { googleAdsStore } from './google-ads-account.ts'
import { metaStore } from './meta-account.ts'
import { orderBook } from './order-book.ts'
import { type Random, random } from './random.ts'
import { season } from './season.ts'
import { FUTURE, HISTORY, type Shop } from './shop.ts'
import { shopifyStore } from './shopify-store.ts'
import { tiktokStore } from './tiktok-account.ts'
import { DAY } from './zone-time.ts'

/** `orders` counts each brand's history; a little more follows after `epoch`, so that a running platform sees news. */
export type Generation = { seed: string; tenants?: number; orders?: number; epoch: Date }

/** On average, without those of trade customers. */
const UNITS_AN_ORDER = 2.3

/** What a shop sold and what it spent to sell it, before any provider's way of showing it. */
export function business(shop: Shop) {
  const { brand, seed, epoch } = shop
  const range = { since: epoch - HISTORY, until: epoch + FUTURE }
  const dailyUnits = (shop.count * UNITS_AN_ORDER * DAY) / HISTORY
  const goods = catalogue(brand, { base: shop.base, dailyUnits }, random(seed, brand.handle, 'catalogue'))
  const plans = adPlans(brand, { ...range, brandNumber: shop.number }, seed)
  const year = season(brand.time_zone, range, random(seed, brand.handle, 'season'))
  const book = orderBook(shop, year, { goods, plans })
  const done = { season: year, revenue: book.revenue, clicks: book.clicks, epoch }
  const accounts = plans.map((plan) => adAccount(plan, done, random(seed, brand.handle, plan.network, 'ads')))
  return { goods, book, accounts }
}

function store(tenant: string, shop: Shop): Store {
  const { brand, seed } = shop
  const { goods, book, accounts } = business(shop)
  const at = <T>(network: Network, show: (account: AdAccount, chance: Random) => T): T | null => {
    const account = accounts.find((one) => one.network === network)
    return account ? show(account, random(seed, brand.handle, network, 'shown')) : null
  }
  return {
    tenant,
    brand: brand.brand,
    currency: brand.currency,
    time_zone: brand.time_zone,
    shopify: shopifyStore(shop, book, goods),
    meta: at('meta', metaStore),
    google_ads: at('google-ads', googleAdsStore),
    tiktok: at('tiktok', tiktokStore),
  }
}

/** The demo's shops and ad accounts. The same arguments give the same bytes. */
export function generateStores({ seed, tenants = 3, orders = 2000, epoch }: Generation): Store[] {
  let number = 0
  // Whole seconds: the wire has no finer ones.
  const start = Math.floor(epoch.getTime() / 1000) * 1000
  return demoTenants(tenants).flatMap(({ tenant, brands }) =>
    brands.map((brand) => {
      number += 1
      return store(tenant, { brand, seed, number, base: number * 1_000_000, epoch: start, count: orders })
    }),
  )
}
