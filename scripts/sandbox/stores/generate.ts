import type { Nodes, ShopifyStore, Store } from '../world.ts'
import { type Claims, metaStore } from './ad-account.ts'
import { type Campaign, campaigns } from './campaigns.ts'
import { type Catalogue, catalogue } from './catalogue.ts'
import { customerDraw } from './customers.ts'
import { type DemoBrand, demoTenants } from './demo-brands.ts'
import { journey } from './journeys.ts'
import { type Order, totals } from './order.ts'
import { type Change, changesOf } from './order-changes.ts'
import { orderNode } from './order-node.ts'
import { placeOrder } from './place-order.ts'
import { productNodes, type Sale } from './product-nodes.ts'
import { random } from './random.ts'
import { type Season, saleMoments, season } from './season.ts'
import { DAY, instant, localDay, offsetAt } from './zone-time.ts'

/** `orders` counts each brand's history; a little more follows after `epoch`, so that a running platform sees news. */
export type Generation = { seed: string; tenants?: number; orders?: number; epoch: Date }

const HISTORY = 396 * DAY
const FUTURE = 2 * DAY
const AD_SHARE = 0.16
/** Ten times the largest public plan, so that a demo of a year of orders takes seconds; the limits stay on. */
const PLAN = { maximumAvailable: 20_000, restoreRate: 20_000 }

type Version = { id: string; updatedAt: string; json: string }
type Shop = { brand: DemoBrand; seed: string; base: number; epoch: number; count: number }

/** Where each brand's ids begin, far enough apart that shops never share one. */
const idBase = (index: number): number => (index + 1) * 1_000_000

/** Writes the versions of one order: one per change that moves a figure, and every change after `epoch`. */
function versionsOf(
  order: Order,
  changes: readonly Change[],
  context: { epoch: number; until: number; taxTitle: string },
): Version[] {
  const versions: Version[] = []
  const write = (): void => {
    const node = orderNode(order, { title: context.taxTitle })
    versions.push({ id: node.id, updatedAt: node.updatedAt, json: JSON.stringify(node) })
  }
  const inTime = changes.filter(({ at }) => at <= context.until)
  for (const [index, change] of [null, ...inTime].entries()) {
    change?.apply(order)
    if (change) order.updatedAt = change.at
    const next = inTime[index]
    if (!(next?.minor && next.at <= context.epoch)) write()
  }
  return versions
}

type Placed = { orders: Order[]; sales: Sale[]; claims: Claims; revenue: number }

function placeAll(shop: Shop, year: Season, { goods, ads }: { goods: Catalogue; ads: readonly Campaign[] }): Placed {
  const { brand, base, epoch, seed } = shop
  const chance = random(seed, brand.handle, 'orders')
  const history = { since: epoch - HISTORY, until: epoch }
  const tail = { since: epoch, until: epoch + FUTURE }
  const tailCount = Math.max(6, Math.round((shop.count * FUTURE) / HISTORY))
  const moments = [
    ...saleMoments(year, history, { count: shop.count, chance }),
    ...saleMoments(year, tail, { count: tailCount, chance }),
  ]
  const draw = customerDraw(base * 1000, chance)
  const host = `${brand.handle}.example`
  const handles = goods.products.map(({ handle }) => handle)
  let lineId = base * 100_000
  const placed: Placed = { orders: [], sales: [], claims: new Map(), revenue: 0 }
  for (const [index, createdAt] of moments.entries()) {
    const source = chance.chance(0.03) ? 'pos' : 'web'
    const walkIn = source === 'pos' && chance.chance(0.5)
    const who = walkIn ? null : draw(createdAt <= epoch)
    const visits = source === 'pos' ? null : journey({ host, campaigns: ads, handles }, createdAt, chance)
    const customer = who && {
      id: who.customer.id,
      orderIndex: who.orderIndex,
      get numberOfOrders() {
        return Math.max(who.customer.ordersAtEpoch, who.orderIndex + 1)
      },
    }
    const known = { id: base * 100_000 + index, number: 1001 + index, createdAt, customer, visits, source } as const
    const order = placeOrder({ brand, catalogue: goods, nextLineId: () => lineId++ }, known, chance)
    note(placed, order, brand.time_zone)
    placed.orders.push(order)
  }
  return placed
}

/** Keeps what the stock rooms and the ad account need to know of an order. */
function note(placed: Placed, order: Order, zone: string): void {
  const { total } = totals(order)
  placed.revenue += total
  for (const line of order.lines)
    placed.sales.push({ variant: line.variant.number, quantity: line.quantity, at: order.createdAt })
  const last = order.visits?.findLast(({ campaign }) => campaign)
  if (!last?.campaign) return
  const key = `${last.campaign.id}|${localDay(zone, last.at)}`
  const claim = placed.claims.get(key) ?? { orders: 0, value: 0 }
  placed.claims.set(key, { orders: claim.orders + 1, value: claim.value + total })
}

function orderNodes(shop: Shop, orders: readonly Order[]): Nodes {
  const chance = random(shop.seed, shop.brand.handle, 'changes')
  let id = shop.base * 200_000
  const context = { chance, returnRate: shop.brand.returnRate, nextId: () => id++ }
  const until = shop.epoch + FUTURE
  const versions = orders.flatMap((order) =>
    versionsOf(order, changesOf(order, context), { epoch: shop.epoch, until, taxTitle: shop.brand.taxTitle }),
  )
  return versions.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0))
}

function shopNode({ brand, base, epoch }: Shop): Record<string, unknown> {
  return {
    id: `gid://shopify/Shop/${base}`,
    name: brand.brand,
    myshopifyDomain: `${brand.handle}.myshopify.com`,
    primaryDomain: { host: `${brand.handle}.example` },
    currencyCode: brand.currency,
    ianaTimezone: brand.time_zone,
    timezoneOffsetMinutes: offsetAt(brand.time_zone, epoch) / 60_000,
    plan: { partnerDevelopment: false, shopifyPlus: false, publicDisplayName: 'Advanced' },
    taxesIncluded: brand.taxesIncluded,
    enabledPresentmentCurrencies: [brand.currency, brand.presentment.currency],
    email: `hello@${brand.handle}.example`,
    createdAt: instant(epoch - HISTORY - 30 * DAY),
  }
}

function shopifyStore(shop: Shop, placed: Placed, goods: Catalogue): ShopifyStore {
  const { brand, epoch } = shop
  const countedAt = epoch - DAY
  const times = { openedAt: epoch - HISTORY - 20 * DAY, countedAt, until: epoch + FUTURE }
  return {
    domain: `${brand.handle}.myshopify.com`,
    access_token: `shpat_${random(shop.seed, brand.handle, 'token').int(1e12, 9e12).toString(16).padStart(32, '0')}`,
    bucket: PLAN,
    shop: shopNode(shop),
    orders: orderNodes(shop, placed.orders),
    products: productNodes(
      { catalogue: goods, brand: brand.brand, currency: brand.currency, ...times },
      placed.sales.filter(({ at }) => at > countedAt),
    ),
  }
}

function store(tenant: string, shop: Shop): Store {
  const { brand, seed, epoch, base } = shop
  const goods = catalogue(brand, base, random(seed, brand.handle, 'catalogue'))
  const range = { since: epoch - HISTORY, until: epoch + FUTURE, base: base / 1_000_000 }
  const ads = brand.meta === 'none' ? [] : campaigns(brand, range, random(seed, brand.handle, 'campaigns'))
  const year = season(brand.time_zone, range, random(seed, brand.handle, 'season'))
  const placed = placeAll(shop, year, { goods, ads })
  const account = {
    id: String(210_000_000_000_000 + base),
    brand,
    campaigns: ads,
    season: year,
    budget: Math.round(placed.revenue * AD_SHARE),
    epoch,
    claims: placed.claims,
  }
  return {
    tenant,
    brand: brand.brand,
    currency: brand.currency,
    time_zone: brand.time_zone,
    shopify: shopifyStore(shop, placed, goods),
    meta: brand.meta === 'none' ? null : metaStore(account, random(seed, brand.handle, 'ads')),
    google_ads: null,
  }
}

/** The demo's shops and ad accounts. The same arguments give the same bytes. */
export function generateStores({ seed, tenants = 3, orders = 2000, epoch }: Generation): Store[] {
  let index = 0
  // Whole seconds: the wire has no finer ones.
  const start = Math.floor(epoch.getTime() / 1000) * 1000
  return demoTenants(tenants).flatMap(({ tenant, brands }) =>
    brands.map((brand) => store(tenant, { brand, seed, base: idBase(index++), epoch: start, count: orders })),
  )
}
