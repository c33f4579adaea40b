import { type Touch, touchesInWindow } from './journey.ts'
import { type CampaignFinder, type Earner, earnerOf } from './match.ts'
import type { Model } from './model.ts'
import { splitByWeight } from './split.ts'

/** An order with what decides its credits. Money in micros of its currency, days in the brand's zone. */
export type Order = {
  order_id: string
  day: string
  processed_at: Date
  currency: string
  gross_micros: bigint
  discounts_micros: bigint
  /** Whether it is its customer's first order that was not cancelled. */
  is_first: boolean
  refunds: readonly { refund_id: string; day: string; returns_micros: bigint }[]
  /** All there are, in any order. */
  touches: readonly Touch[]
}

/** One part of an order's sale (entry 'sale') or of one of its refunds ('return:<refund id>'), as it is stored. */
export type Credit = Earner & {
  order_id: string
  model: string
  entry: string
  /** The touch's place in the window, from 1; 0 when there was none. */
  position: number
  order_ledger_day: string
  touch_ledger_day: string
  /** Shares of one order and of one new customer, decimals of nine digits; 0 for returns. */
  orders: string
  new_customers: string
  net_micros: bigint
  currency: string
}

type Part = { position: number; weight: number; earner: Earner; touchDay: string }
type Entry = { entry: string; day: string; net_micros: bigint; orders: bigint; new_customers: bigint }

const WHOLE = 1_000_000_000n
const NO_JOURNEY: Earner = { bucket: 'no_journey', provider: '', campaign_id: '' }

/**
 * The credits of an order by one model. Each entry's parts sum to it exactly: the sale's to gross − discounts and one
 * order, a refund's to −returns in the same proportions. A cancelled order is credited like any other: its sale stands
 * and its refund reverses it. No touch in the window: all to 'no_journey', on the order's day in both ledgers.
 */
export function creditsOf(order: Order, model: Model, find: CampaignFinder): Credit[] {
  const parts = partsOf(order, model, find)
  return entriesOf(order).flatMap((entry) => splitEntry(entry, { order, model, parts }))
}

function partsOf(order: Order, model: Model, find: CampaignFinder): Part[] {
  const touches = touchesInWindow(order.touches, order.processed_at)
  if (touches.length === 0) return [{ position: 0, weight: 1, earner: NO_JOURNEY, touchDay: order.day }]
  const weights = model.weigh(touches)
  return touches
    .map((touch, index) => ({ touch, weight: weights[index] ?? 0, position: index + 1 }))
    .filter(({ weight }) => weight !== 0)
    .map(({ touch, weight, position }) => ({ position, weight, earner: earnerOf(touch, find), touchDay: touch.day }))
}

const entriesOf = (order: Order): Entry[] => [
  {
    entry: 'sale',
    day: order.day,
    net_micros: order.gross_micros - order.discounts_micros,
    orders: WHOLE,
    new_customers: order.is_first ? WHOLE : 0n,
  },
  ...order.refunds.map(({ refund_id, day, returns_micros }) => ({
    entry: `return:${refund_id}`,
    day,
    net_micros: -returns_micros,
    orders: 0n,
    new_customers: 0n,
  })),
]

function splitEntry(entry: Entry, by: { order: Order; model: Model; parts: readonly Part[] }): Credit[] {
  const weights = by.parts.map((part) => part.weight)
  const net = splitByWeight(entry.net_micros, weights)
  const orders = splitByWeight(entry.orders, weights)
  const newCustomers = splitByWeight(entry.new_customers, weights)
  return by.parts.map(({ position, earner, touchDay }, index) => ({
    ...earner,
    order_id: by.order.order_id,
    model: by.model.name,
    entry: entry.entry,
    position,
    order_ledger_day: entry.day,
    touch_ledger_day: touchDay,
    orders: fraction(orders[index] ?? 0n),
    new_customers: fraction(newCustomers[index] ?? 0n),
    net_micros: net[index] ?? 0n,
    currency: by.order.currency,
  }))
}

const fraction = (billionths: bigint): string =>
  `${billionths / WHOLE}.${(billionths % WHOLE).toString().padStart(9, '0')}`
