import type { Catalogue, Variant } from './catalogue.ts'
import type { DemoBrand } from './demo-brands.ts'
import { exponentOf, type Minor, split } from './money.ts'
import { type Discount, discounted, type Line, type Order } from './order.ts'
import { cumulate, type Random } from './random.ts'

type Basket = { lines: Line[]; discounts: Discount[] }
type Shop = { brand: DemoBrand; catalogue: Catalogue; nextLineId: () => number }

const LINE_COUNTS = cumulate([0.52, 0.26, 0.12, 0.06, 0.04])
const QUANTITIES = cumulate([0.8, 0.13, 0.04, 0.02, 0.005, 0.005])
const CODES = [
  { title: 'WELCOME10', percentage: 10 },
  { title: 'SPRING15', percentage: 15 },
  { title: 'VIP20', percentage: 20 },
] as const

const included = (amount: Minor, rate: number): Minor => Math.round((amount * rate) / (1 + rate))

function newLine(variant: Variant, quantity: number, id: number): Line {
  const original = variant.price * quantity
  return { id, variant, quantity, current: quantity, original, allocations: [], discount: 0, taxRate: 0, tax: 0 }
}

/** One to five lines; now and then a trade customer orders the whole shelf, and a gift card is sold. */
function fill(shop: Shop, chance: Random): Line[] {
  const { catalogue } = shop
  const trade = chance.chance(1 / 1500)
  const count = trade ? chance.int(60, 120) : 1 + chance.weighted(LINE_COUNTS)
  const lines = new Map<number, Line>()
  for (let i = 0; i < count; i++) {
    const variant = trade ? chance.pick(catalogue.variants) : catalogue.variants[chance.weighted(catalogue.popularity)]
    if (!variant || lines.has(variant.number)) continue
    lines.set(
      variant.number,
      newLine(variant, trade ? chance.int(4, 24) : 1 + chance.weighted(QUANTITIES), shop.nextLineId()),
    )
  }
  if (chance.chance(0.005)) {
    const card = chance.pick(catalogue.giftCards)
    lines.set(card.number, newLine(card, 1, shop.nextLineId()))
  }
  return [...lines.values()]
}

function discountsFor(goods: Minor, brand: DemoBrand, chance: Random): Discount[] {
  const draw = chance.next()
  if (draw < 0.16) return [{ kind: 'code', amount: null, ...chance.pick(CODES) }]
  const fixed = Math.round(brand.meanPrice * 0.2) * 10 ** exponentOf(brand.currency)
  if (draw < 0.2 && goods > fixed * 2) return [{ kind: 'code', title: 'THANKYOU', percentage: null, amount: fixed }]
  if (draw < 0.23) return [{ kind: 'automatic', title: 'Bundle and save', percentage: 12, amount: null }]
  if (draw < 0.235) {
    return [
      { kind: 'automatic', title: 'Bundle and save', percentage: 12, amount: null },
      { kind: 'code', amount: null, ...chance.pick(CODES) },
    ]
  }
  return []
}

/** Spreads each discount over the goods so that the parts sum to it exactly; gift cards are never discounted. */
function allocate(basket: Basket): void {
  const goods = basket.lines.filter((line) => !line.variant.product.isGiftCard)
  for (const [index, discount] of basket.discounts.entries()) {
    const left = goods.map(discounted)
    const base = left.reduce((a, b) => a + b, 0)
    const amount = discount.amount ?? Math.round((base * (discount.percentage ?? 0)) / 100)
    for (const [position, part] of split(Math.min(amount, base), left).entries()) {
      const line = goods[position]
      if (!line || part === 0) continue
      line.allocations.push({ index, amount: part })
      line.discount += part
    }
  }
}

function tax(lines: readonly Line[], brand: DemoBrand, rate: number): void {
  for (const line of lines) {
    if (line.variant.product.isGiftCard) continue
    line.taxRate = rate
    line.tax = brand.taxesIncluded ? included(discounted(line), rate) : Math.round(discounted(line) * rate)
  }
}

function shippingOf(lines: readonly Line[], brand: DemoBrand, source: Order['source']): Order['shipping'] {
  const unit = 10 ** exponentOf(brand.currency)
  const goods = lines.reduce((total, line) => total + discounted(line), 0)
  const free = source === 'pos' || goods >= brand.shipping.freeFrom * unit
  const price = free ? 0 : Math.round(brand.shipping.price * unit)
  const rate = brand.taxesIncluded ? brand.taxRate : 0
  return { price, rate, tax: included(price, rate), refunded: 0, refundedTax: 0 }
}

/** What a customer puts in the basket and how it is priced; the caller knows who and when. */
export function placeOrder(
  shop: Shop,
  known: Pick<Order, 'id' | 'number' | 'createdAt' | 'customer' | 'visits' | 'source'>,
  chance: Random,
): Order {
  const { brand } = shop
  const lines = fill(shop, chance)
  const goods = lines.reduce((total, line) => total + line.original, 0)
  const discounts = discountsFor(goods, brand, chance)
  allocate({ lines, discounts })
  // Sales tax is owed in some states only.
  tax(lines, brand, brand.taxesIncluded || chance.chance(0.7) ? brand.taxRate : 0)
  const payment = chance.chance(0.008) ? 'PENDING' : 'PAID'
  const abroad = chance.chance(0.04)
  return {
    ...known,
    lines,
    discounts,
    payment,
    updatedAt: known.createdAt,
    journeyReady: false,
    test: chance.chance(0.004),
    taxesIncluded: brand.taxesIncluded,
    currency: brand.currency,
    presentment: abroad ? brand.presentment : { currency: brand.currency, rate: 1 },
    shipping: shippingOf(lines, brand, known.source),
    fulfilled: false,
    cancelled: null,
    refunds: [],
  }
}
