import { type Touch, touchesInWindow } from './journey.ts'
import { type CampaignFinder, channelOf, type Earner, earnerOf } from './match.ts'
import type { Effects, Model, Step } from './model.ts'
import { splitByWeight, splitMoney } from './split.ts'

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

/** What credits are made with: `effects` of the fit in force on the order's day. */
export type Basis = { models: readonly Model[]; find: CampaignFinder; effects: Effects }

type Touched = Step & { position: number; earner: Earner; day: string }
type Part = Touched & { weight: number }
type Entry = { entry: string; day: string; net_micros: bigint; orders: bigint; new_customers: bigint }

/** Stands for every model: of most orders all say the same, and seven times the rows would take five times as long (measured). */
export const EVERY_MODEL = 'all'

const WHOLE = 1_000_000_000n

/**
 * The credits of an order by each model, or by 'all' of them at once where there is at most one touch to credit. Each entry's parts sum to it exactly: the sale's to gross − discounts and one
 * order, a refund's to −returns in the same proportions. A cancelled order is credited like any other: its sale stands
 * and its refund reverses it. No touch in the window: all to 'no_journey', on the order's day in both ledgers.
 */
export function creditsOf(order: Order, { models, find, effects }: Basis): Credit[] {
  const touched = touchedBy(order, find)
  const entries = entriesOf(order)
  const telling = touched.length > 1 ? models : [everyModel]
  return telling.flatMap((model) => {
    const weights = model.weigh(touched, effects)
    const parts = touched
      .map((one, index) => ({ ...one, weight: weights[index] ?? 0 }))
      .filter(({ weight }) => weight !== 0)
    return entries.flatMap((entry) => splitEntry(entry, { order, model: model.name, parts }))
  })
}

const everyModel: Model = { name: EVERY_MODEL, weigh: (steps) => steps.map(() => 1) }

function touchedBy(order: Order, find: CampaignFinder): Touched[] {
  const touches = touchesInWindow(order.touches, order.processed_at)
  if (touches.length === 0) return [noJourney(order)]
  return touches.map((touch, index) => {
    const earner = earnerOf(touch, find)
    const step = {
      channel: channelOf(earner),
      is_direct: touch.bucket === 'direct',
      at_ms: touch.occurred_at.getTime(),
    }
    return { ...step, position: index + 1, earner, day: touch.day }
  })
}

const noJourney = ({ day, processed_at }: Order): Touched => {
  const earner: Earner = { bucket: 'no_journey', provider: '', campaign_id: '' }
  return { channel: channelOf(earner), is_direct: false, at_ms: processed_at.getTime(), position: 0, earner, day }
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

function splitEntry(entry: Entry, by: { order: Order; model: string; parts: readonly Part[] }): Credit[] {
  const weights = by.parts.map((part) => part.weight)
  const net = splitMoney(entry.net_micros, weights, by.order.currency)
  const orders = splitByWeight(entry.orders, weights)
  const newCustomers = splitByWeight(entry.new_customers, weights)
  return by.parts.map(({ position, earner, day }, index) => ({
    ...earner,
    order_id: by.order.order_id,
    model: by.model,
    entry: entry.entry,
    position,
    order_ledger_day: entry.day,
    touch_ledger_day: day,
    orders: fraction(orders[index] ?? 0n),
    new_customers: fraction(newCustomers[index] ?? 0n),
    net_micros: net[index] ?? 0n,
    currency: by.order.currency,
  }))
}

const fraction = (billionths: bigint): string =>
  `${billionths / WHOLE}.${(billionths % WHOLE).toString().padStart(9, '0')}`
