import * as z from 'zod'
import type { Store } from '../../../scripts/sandbox/world.ts'
import { adDaysOf } from './ads.ts'
import { type Days, dayOf, isWithin, shift } from './days.ts'
import { lastVersions, type Sale, salesOf } from './sales.ts'

/** What the files of a brand's shop and accounts say, without anything of the product's own. null: they cannot tell. */
export type BrandTruth = {
  brand: string
  tenant: string
  currency: string
  /** In the brand's zone. */
  today: string
  total: (metric: string, days: Days) => number | null
  campaign: (name: string, metric: string, days: Days) => number | null
  product: (title: string, metric: string, days: Days) => number | null
  /** Name and value of the largest, without those that share their name or the first place. */
  topCampaign: (metric: string, days: Days) => Named | null
  topProduct: (metric: string, days: Days) => Named | null
}
export type Named = { name: string; value: number }

/** Platforms still correct what was spent on the last days. */
const UNSETTLED_DAYS = 4

type Sums = Pick<Sale, 'orders' | 'units' | 'gross' | 'discounts' | 'returns'> & {
  spend: number
  clicks: number
  impressions: number
}
const STORE: Readonly<Record<string, (sums: Sums) => number>> = {
  gross: ({ gross }) => gross,
  discounts: ({ discounts }) => discounts,
  returns: ({ returns }) => returns,
  net: ({ gross, discounts, returns }) => gross - discounts - returns,
  orders: ({ orders }) => orders,
  units: ({ units }) => units,
  aov: ({ gross, discounts, orders }) => (gross - discounts) / orders,
}
const ADS: Readonly<Record<string, (sums: Sums) => number>> = {
  spend: ({ spend }) => spend,
  clicks: ({ clicks }) => clicks,
  impressions: ({ impressions }) => impressions,
  cpc: ({ spend, clicks }) => spend / clicks,
  ctr: ({ clicks, impressions }) => clicks / impressions,
}
const PRODUCT = ['gross', 'discounts', 'returns', 'net', 'units']
const NONE: Sums = { orders: 0, units: 0, gross: 0, discounts: 0, returns: 0, spend: 0, clicks: 0, impressions: 0 }

const Product = z.object({ id: z.string(), title: z.string() })

export function brandTruth(store: Store, now: Date): BrandTruth {
  const { brand, tenant, currency, time_zone: zone } = store
  const today = dayOf(zone)(now.toISOString())
  const sales = salesOf(store.shopify.orders, { zone, now })
  const ads = adDaysOf(store)
  const titles = new Map(
    lastVersions(store.shopify.products, now)
      .map((node) => Product.parse(node))
      .map(({ id, title }) => [id, title]),
  )
  const isMixed = ads.some((row) => row.currency !== currency)
  const isOpen = ({ until }: Days): boolean => until > shift(today, 1 - UNSETTLED_DAYS)
  const ofShop = (days: Days, rows: readonly Sale[]) => added(rows.filter(({ day }) => isWithin(day, days)))
  const ofAds = (days: Days, rows: readonly (typeof ads)[number][]) =>
    added(rows.filter(({ day }) => isWithin(day, days)))
  const campaign: BrandTruth['campaign'] = (name, metric, days) => {
    const rows = ads.filter((row) => row.campaign === name)
    if (isOpen(days) || rows.some((row) => row.currency !== currency)) return null
    if (new Set(rows.map(({ provider }) => provider)).size !== 1) return null
    return finite(ADS[metric]?.(ofAds(days, rows)))
  }
  const product: BrandTruth['product'] = (title, metric, days) => {
    const ids = new Set([...titles].filter(([, each]) => each === title).map(([id]) => id))
    if (ids.size !== 1 || !PRODUCT.includes(metric)) return null
    return finite(
      STORE[metric]?.(
        ofShop(
          days,
          sales.filter((sale) => sale.product !== null && ids.has(sale.product)),
        ),
      ),
    )
  }
  return {
    ...{ brand, tenant, currency, today, campaign, product },
    total: (metric, days) => {
      if (STORE[metric]) return finite(STORE[metric](ofShop(days, sales)))
      return isMixed || isOpen(days) || ads.length === 0 ? null : finite(ADS[metric]?.(ofAds(days, ads)))
    },
    topCampaign: (metric, days) => {
      const names = [...new Set(ads.map((row) => row.campaign))]
      return largest(names.map((name) => ({ name, value: campaign(name, metric, days) })))
    },
    topProduct: (metric, days) => {
      const byId = Map.groupBy(sales, ({ product: id }) => id)
      const top = largest(
        [...titles.keys()].map((id) => ({
          name: id,
          value: finite(STORE[metric]?.(ofShop(days, byId.get(id) ?? []))),
        })),
      )
      const name = top && titles.get(top.name)
      return name && [...titles.values()].filter((each) => each === name).length === 1 ? { ...top, name } : null
    },
  }
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value

function added(rows: readonly Partial<Sums>[]): Sums {
  const total = { ...NONE }
  for (const row of rows) for (const key of Object.keys(NONE) as (keyof Sums)[]) total[key] += row[key] ?? 0 // the keys of NONE
  return total
}

/** By a clear margin; null where any of them is unknown. */
function largest(of: readonly { name: string; value: number | null }[]): Named | null {
  const known = of.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]))
  const [first, second] = known.sort((a, b) => b.value - a.value)
  if (!first || known.length < of.length) return null
  return !second || first.value > second.value * 1.02 ? first : null
}
