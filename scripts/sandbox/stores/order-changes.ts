import { type Minor, shareOf } from './money.ts'
import { discounted, type Line, type Order, type Refund, totals } from './order.ts'
import type { Random } from './random.ts'
import { DAY, HOUR } from './zone-time.ts'

/** Something that happens to an order later and moves its `updatedAt`. */
export type Change = {
  at: number
  /** Fulfilment and the like: no figure moves, so old ones need no version of their own. */
  minor: boolean
  apply: (order: Order) => void
}

type Context = { chance: Random; returnRate: number; nextId: () => number }
type Restock = Refund['lines'][number]['restock']

/** Takes `quantity` units off a line; the parts of all removals add up to the line's total. */
function takeBack(line: Line, quantity: number, as: { id: number; restock: Restock }): Refund['lines'][number] {
  const before = line.quantity - line.current
  const part = (amount: Minor): Minor =>
    shareOf(amount, before + quantity, line.quantity) - shareOf(amount, before, line.quantity)
  line.current -= quantity
  return { ...as, line, quantity, subtotal: part(discounted(line)), tax: part(line.tax) }
}

function refundLines(
  order: Order,
  at: number,
  how: { restock: Restock; pick: (line: Line) => number; shipping: boolean; nextId: () => number },
): void {
  const lines = order.lines
    .map((line) => ({ line, quantity: Math.min(how.pick(line), line.current) }))
    .filter(({ quantity }) => quantity > 0)
    .map(({ line, quantity }) => takeBack(line, quantity, { id: how.nextId(), restock: how.restock }))
  if (lines.length === 0) return
  const shipping = how.shipping ? order.shipping.price - order.shipping.refunded : 0
  const shippingTax = how.shipping ? order.shipping.tax - order.shipping.refundedTax : 0
  order.shipping.refunded += shipping
  order.shipping.refundedTax += shippingTax
  const goods = lines.reduce((all, one) => all + one.subtotal + (order.taxesIncluded ? 0 : one.tax), 0)
  const amount = goods + shipping + (order.taxesIncluded ? 0 : shippingTax)
  order.refunds.push({ id: how.nextId(), at, lines, shipping, shippingTax, goodwill: 0, amount })
}

/** Nothing was captured, so nothing is paid back. */
function voidOrder(order: Order): void {
  order.payment = 'VOIDED'
  for (const line of order.lines) line.current = 0
  order.shipping.refunded = order.shipping.price
  order.shipping.refundedTax = order.shipping.tax
}

function cancelled({ chance, nextId }: Context, order: Order): Change {
  const at = order.createdAt + chance.int(10, 20 * 60) * 60_000
  const reason = chance.pick(['CUSTOMER', 'INVENTORY', 'FRAUD', 'OTHER'])
  const voided = chance.chance(0.3)
  if (voided) order.payment = 'AUTHORIZED'
  const apply = (target: Order): void => {
    target.cancelled = { at, reason }
    if (voided) voidOrder(target)
    else refundLines(target, at, { restock: 'CANCEL', pick: (line) => line.current, shipping: true, nextId })
  }
  return { at, minor: false, apply }
}

function returned({ chance, nextId }: Context, order: Order, full: boolean): Change {
  const at = order.createdAt + Math.floor((3 + 22 * chance.next()) * DAY)
  const whole = order.lines.map((line) => line.id)
  const chosen = new Set(full ? whole : [chance.pick(whole)])
  const some = chance.next()
  const pick = (line: Line): number =>
    chosen.has(line.id) ? (full ? line.current : Math.ceil(line.quantity * some)) : 0
  const restock = chance.chance(0.85) ? 'RETURN' : 'NO_RESTOCK'
  const shipping = full && chance.chance(0.5)
  return {
    at: wholeSecond(at),
    minor: false,
    apply: (target) => refundLines(target, wholeSecond(at), { restock, pick, shipping, nextId }),
  }
}

/** Money back for no line: something arrived late or scratched. */
function goodwill({ chance, nextId }: Context, order: Order): Change {
  const at = wholeSecond(order.createdAt + (2 + 12 * chance.next()) * DAY)
  const share = 0.05 + 0.2 * chance.next()
  const apply = (target: Order): void => {
    const amount = Math.max(1, Math.floor(totals(target).currentTotal * share))
    target.refunds.push({ id: nextId(), at, lines: [], shipping: 0, shippingTax: 0, goodwill: amount, amount })
  }
  return { at, minor: false, apply }
}

/** An item is taken off before shipping; the difference is paid back without refund lines. */
function edited({ chance, nextId }: Context, order: Order): Change[] {
  const line = order.lines.find(({ quantity }) => quantity > 1) ?? order.lines.at(-1)
  if (!line || (order.lines.length === 1 && line.quantity === 1)) return []
  const at = order.createdAt + chance.int(5, 300) * 60_000
  const apply = (target: Order): void => {
    const before = totals(target).currentTotal
    line.current -= 1
    const amount = before - totals(target).currentTotal
    if (amount > 0)
      target.refunds.push({ id: nextId(), at, lines: [], shipping: 0, shippingTax: 0, goodwill: 0, amount })
  }
  return [{ at, minor: false, apply }]
}

const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000

function routine({ chance }: Context, order: Order): Change[] {
  const fulfil: Change = {
    at: order.createdAt + (order.source === 'pos' ? 1000 : chance.int(14, 60) * HOUR),
    minor: true,
    apply: (target) => {
      target.fulfilled = true
    },
  }
  const ready: Change = {
    at: order.createdAt + chance.int(40, 240) * 60_000,
    minor: true,
    apply: (target) => {
      target.journeyReady = true
    },
  }
  return order.visits === null ? [fulfil] : [ready, fulfil]
}

/** All that will happen to an order, oldest first. */
export function changesOf(order: Order, context: Context): Change[] {
  const { chance, returnRate } = context
  const routineChanges = routine(context, order)
  const draw = chance.next()
  const rare: Change[] = []
  if (order.payment === 'PENDING') return routineChanges.filter(({ at }) => at < order.createdAt + 5 * HOUR)
  if (draw < 0.015) {
    const cancel = cancelled(context, order)
    return [...routineChanges.filter(({ at }) => at < cancel.at), cancel].sort(byTime)
  }
  if (draw < 0.015 + returnRate) {
    const full = chance.chance(0.4)
    rare.push(returned(context, order, full))
    if (!full && chance.chance(0.15)) rare.push(returned(context, order, true))
  } else if (draw < 0.03 + returnRate) rare.push(goodwill(context, order))
  else if (draw < 0.04 + returnRate) rare.push(...edited(context, order))
  return [...routineChanges, ...rare].sort(byTime)
}

const byTime = (a: Change, b: Change): number => a.at - b.at
