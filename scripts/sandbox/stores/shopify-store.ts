import type { Nodes, ShopifyStore } from '../world.ts'
import type { Catalogue } from './catalogue.ts'
import type { Order } from './order.ts'
import type { OrderBook } from './order-book.ts'
import { type Change, changesOf } from './order-changes.ts'
import { orderNode } from './order-node.ts'
import { productNodes } from './product-nodes.ts'
import { random } from './random.ts'
import { FUTURE, HISTORY, type Shop } from './shop.ts'
import { DAY, instant, offsetAt } from './zone-time.ts'

/** Ten times the largest public plan, so that a demo of a year of orders takes seconds; the limits stay on. */
const PLAN = { maximumAvailable: 20_000, restoreRate: 20_000 }

type Version = { id: string; updatedAt: string; json: string }

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

/** The shop as the Admin API shows it. */
export function shopifyStore(shop: Shop, book: OrderBook, goods: Catalogue): ShopifyStore {
  const { brand, epoch } = shop
  const countedAt = epoch - DAY
  const times = { openedAt: epoch - HISTORY - 20 * DAY, countedAt, until: epoch + FUTURE }
  return {
    domain: `${brand.handle}.myshopify.com`,
    access_token: `shpat_${random(shop.seed, brand.handle, 'token').int(1e12, 9e12).toString(16).padStart(32, '0')}`,
    bucket: PLAN,
    shop: shopNode(shop),
    orders: orderNodes(shop, book.orders),
    products: productNodes(
      { catalogue: goods, brand: brand.brand, currency: brand.currency, ...times },
      book.sales.filter(({ at }) => at > countedAt),
    ),
  }
}
