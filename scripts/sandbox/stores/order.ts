import type { Variant } from './catalogue.ts'
import type { Visit } from './journeys.ts'
import { type Minor, type Presentment, shareOf } from './money.ts'

export type Line = {
  id: number
  variant: Variant
  quantity: number
  /** What is left of `quantity` after edits and returns. */
  current: number
  original: Minor
  /** Allocated discount by application index; with `original` it gives the discounted total. */
  allocations: { index: number; amount: Minor }[]
  discount: Minor
  taxRate: number
  tax: Minor
}

export type Discount = { kind: 'code' | 'automatic'; title: string; percentage: number | null; amount: Minor | null }

export type Refund = {
  id: number
  at: number
  lines: {
    id: number
    line: Line
    quantity: number
    subtotal: Minor
    tax: Minor
    restock: 'RETURN' | 'CANCEL' | 'NO_RESTOCK'
  }[]
  shipping: Minor
  shippingTax: Minor
  /** Money given back for no line, as goodwill. */
  goodwill: Minor
  amount: Minor
}

export type Order = {
  id: number
  number: number
  createdAt: number
  updatedAt: number
  customer: { id: number; orderIndex: number; numberOfOrders: number } | null
  /** null: the order did not come through the online store. */
  visits: readonly Visit[] | null
  journeyReady: boolean
  test: boolean
  source: 'web' | 'pos'
  taxesIncluded: boolean
  currency: string
  presentment: Presentment
  discounts: readonly Discount[]
  lines: Line[]
  shipping: { price: Minor; tax: Minor; refunded: Minor; refundedTax: Minor; rate: number }
  payment: 'PAID' | 'PENDING' | 'AUTHORIZED' | 'VOIDED'
  fulfilled: boolean
  cancelled: { at: number; reason: string } | null
  refunds: Refund[]
}

export const discounted = (line: Line): Minor => line.original - line.discount

/** The part of a line's amount that its current quantity still carries. */
export const remaining = (line: Line, amount: Minor): Minor =>
  amount - shareOf(amount, line.quantity - line.current, line.quantity)

const sum = (lines: readonly Line[], amount: (line: Line) => Minor): Minor =>
  lines.reduce((total, line) => total + amount(line), 0)

/** Every order-level amount. Subtotals include tax where prices do, as Shopify's do. */
export function totals(order: Order) {
  const { lines, shipping } = order
  const subtotal = sum(lines, discounted)
  const tax = sum(lines, (line) => line.tax) + shipping.tax
  const currentSubtotal = sum(lines, (line) => remaining(line, discounted(line)))
  const currentShipping = shipping.price - shipping.refunded
  const currentTax = sum(lines, (line) => remaining(line, line.tax)) + shipping.tax - shipping.refundedTax
  const total = subtotal + shipping.price + (order.taxesIncluded ? 0 : tax)
  const refunded = order.refunds.reduce((all, refund) => all + refund.amount, 0)
  const received = order.payment === 'PAID' ? total : 0
  return {
    subtotal,
    tax,
    total,
    discounts: sum(lines, (line) => line.discount),
    currentSubtotal,
    currentShipping,
    currentTax,
    currentDiscounts: sum(lines, (line) => remaining(line, line.discount)),
    currentTotal: currentSubtotal + currentShipping + (order.taxesIncluded ? 0 : currentTax),
    refunded,
    received,
  }
}
