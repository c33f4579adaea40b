import type { AdPlan } from './ad-plan.ts'
import type { Catalogue } from './catalogue.ts'
import { type Clicks, noteClicks } from './clicks.ts'
import { customerDraw } from './customers.ts'
import { journey } from './journeys.ts'
import { exponentOf, type Minor } from './money.ts'
import { type Order, totals } from './order.ts'
import { placeOrder } from './place-order.ts'
import type { Sale } from './product-nodes.ts'
import { type Random, random } from './random.ts'
import { type Season, saleMoments } from './season.ts'
import { FUTURE, HISTORY, type Shop } from './shop.ts'

/** All that a shop sold, oldest first, and what the stock rooms and the ad accounts need to know of it. */
export type OrderBook = {
  orders: Order[]
  sales: Sale[]
  clicks: Clicks
  /** What advertising is planned by: trade orders count as one large basket. */
  revenue: Minor
}

/** In mean shelf prices. */
const LARGE_BASKET = 12

type Offer = { goods: Catalogue; plans: readonly AdPlan[] }

/** The orders of a shop's history, and the few that follow. */
export function orderBook(shop: Shop, year: Season, { goods, plans }: Offer): OrderBook {
  const { brand, base } = shop
  const chance = random(shop.seed, brand.handle, 'orders')
  const draw = customerDraw(base * 1000, chance)
  const visited = {
    host: `${brand.handle}.example`,
    handles: goods.products.map(({ handle }) => handle),
    campaigns: Object.fromEntries(plans.map(({ network, campaigns }) => [network, campaigns])),
  }
  const zones = new Map(plans.map(({ network, time_zone }) => [network, time_zone]))
  let lineId = base * 100_000
  const book: OrderBook = { orders: [], sales: [], clicks: new Map(), revenue: 0 }
  for (const [index, createdAt] of moments(shop, year, chance).entries()) {
    const source = chance.chance(0.03) ? 'pos' : 'web'
    const walkIn = source === 'pos' && chance.chance(0.5)
    const who = walkIn ? null : draw(createdAt <= shop.epoch)
    const visits = source === 'pos' ? null : journey(visited, createdAt, chance)
    const customer = who && {
      id: who.customer.id,
      orderIndex: who.orderIndex,
      get numberOfOrders() {
        return Math.max(who.customer.ordersAtEpoch, who.orderIndex + 1)
      },
    }
    const known = { id: base * 100_000 + index, number: 1001 + index, createdAt, customer, visits, source } as const
    const order = placeOrder({ brand, catalogue: goods, nextLineId: () => lineId++ }, known, chance)
    note(book, order)
    const value = totals(order).total
    book.revenue += Math.min(value, LARGE_BASKET * brand.meanPrice * 10 ** exponentOf(brand.currency))
    noteClicks(book.clicks, { visits: visits ?? [], value }, (network) => zones.get(network) ?? brand.time_zone)
  }
  return book
}

function moments({ epoch, count }: Shop, year: Season, chance: Random): number[] {
  const tailCount = Math.max(6, Math.round((count * FUTURE) / HISTORY))
  return [
    ...saleMoments(year, { since: epoch - HISTORY, until: epoch }, { count, chance }),
    ...saleMoments(year, { since: epoch, until: epoch + FUTURE }, { count: tailCount, chance }),
  ]
}

function note({ orders, sales }: OrderBook, order: Order): void {
  orders.push(order)
  for (const { variant, quantity } of order.lines)
    sales.push({ variant: variant.number, quantity, at: order.createdAt })
}
