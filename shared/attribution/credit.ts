import { type Touch, touchesInWindow } from './journey.ts'
import { type CampaignFinder, channelOf, type Earner, earnerOf } from './match.ts'
import type { Model, Step, Tuning } from './model.ts'
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

/** What one model gives. Shares of one order and of one new customer, decimals of nine digits; 0 for returns. */
export type Share = { model: string; orders: string; new_customers: string; net_micros: bigint }

/** What one touch has of an order's sale (entry 'sale') or of one of its refunds ('return:<refund id>'), as it is stored. */
export type Credit = Earner & {
  order_id: string
  entry: string
  /** The touch's place in the window, from 1; 0 when there was none. */
  position: number
  order_ledger_day: string
  touch_ledger_day: string
  currency: string
  /** By model, in their order; a model that gives the touch nothing is left out. */
  shares: Share[]
}

/** What credits are made with; the effects are those of the fit in force on the order's day. */
export type Basis = Tuning & { models: readonly Model[]; find: CampaignFinder; windowDays: number }

type Touched = Step & { position: number; earner: Earner; day: string }
type Weighed = { model: string; weights: readonly number[] }
type Entry = { entry: string; day: string; net_micros: bigint; orders: bigint; new_customers: bigint }

const WHOLE = 1_000_000_000n

/**
 * The credits of an order's touches. By each model every entry's parts sum to it exactly: the sale's to gross − discounts
 * and one order, a refund's to −returns in the same proportions. A cancelled order is credited like any other: its sale
 * stands and its refund reverses it. No touch in the window: all to 'no_journey', on the order's day in both ledgers.
 */
export function creditsOf(order: Order, basis: Basis): Credit[] {
  const touched = touchedBy(order, basis)
  const weighed = basis.models.map((model) => ({ model: model.name, weights: model.weigh(touched, basis) }))
  return entriesOf(order).flatMap((entry) => {
    const shares = weighed.flatMap((by) => sharesOf(entry, by, order.currency))
    return touched.map(({ position, earner, day }, place) => ({
      ...earner,
      order_id: order.order_id,
      entry: entry.entry,
      position,
      order_ledger_day: entry.day,
      touch_ledger_day: day,
      currency: order.currency,
      shares: shares.flatMap((share) => (share.place === place ? share.share : [])),
    }))
  })
}

function touchedBy(order: Order, { find, windowDays }: Basis): Touched[] {
  const touches = touchesInWindow(order.touches, order.processed_at, windowDays)
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

/** By place of the touch, without those that the model gives nothing. */
function sharesOf(entry: Entry, { model, weights }: Weighed, currency: string): { place: number; share: Share }[] {
  const net = splitMoney(entry.net_micros, weights, currency)
  const orders = splitByWeight(entry.orders, weights)
  const newCustomers = splitByWeight(entry.new_customers, weights)
  return [...weights.entries()]
    .filter(([, weight]) => weight !== 0)
    .map(([place]) => ({
      place,
      share: {
        model,
        orders: fraction(orders[place] ?? 0n),
        new_customers: fraction(newCustomers[place] ?? 0n),
        net_micros: net[place] ?? 0n,
      },
    }))
}

const fraction = (billionths: bigint): string =>
  `${billionths / WHOLE}.${(billionths % WHOLE).toString().padStart(9, '0')}`
