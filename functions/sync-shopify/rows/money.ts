import { currencyExponent, microsFromDecimal, scaleMicros } from '../../../shared/units.ts'
import type { Adjustment, Line, Order, RefundLine } from './nodes.ts'

const MILLION = 1_000_000n

type MoneyBag = { shopMoney: { amount: string } }
const micros = (bag: MoneyBag): bigint => microsFromDecimal(bag.shopMoney.amount)
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

/** Micros of the shop's currency. gross − discount is what was paid for the line without tax, exactly. */
export type LineMoney = { gross: bigint; discount: bigint; tax: bigint; paid: bigint }

/**
 * `paid` is with the tax where prices include it; gross and discount never are. With included taxes the rate that was
 * really charged (tax / paid) is taken out of the original price too; of a line given away for nothing, the nominal rates.
 */
export function lineMoney(line: Line, taxesIncluded: boolean): LineMoney {
  const original = micros(line.originalTotalSet)
  const allocated = sum(line.discountAllocations.map(({ allocatedAmountSet }) => micros(allocatedAmountSet)))
  const paid = original - allocated
  if (!taxesIncluded) return { gross: original, discount: allocated, tax: 0n, paid }
  const taxLines = line.taxLines ?? []
  const tax = sum(taxLines.map(({ priceSet }) => micros(priceSet)))
  const rates = sum(taxLines.map(({ rate }) => BigInt(Math.round((rate ?? 0) * 1e6))))
  const gross = paid === 0n ? scaleMicros(original, MILLION, MILLION + rates) : scaleMicros(original, paid - tax, paid)
  return { gross, discount: gross - (paid - tax), tax, paid }
}

/** What was given back for a line, without tax, and that tax. */
export function refundLineMoney(line: RefundLine, taxesIncluded: boolean): { returns: bigint; tax: bigint } {
  const tax = micros(line.totalTaxSet)
  const subtotal = micros(line.subtotalSet)
  return { returns: taxesIncluded ? subtotal - tax : subtotal, tax }
}

/** Without tax: negative is money given back for no line, positive what was kept back of one. */
export const adjustmentMoney = (adjustments: readonly Adjustment[], taxesIncluded: boolean): bigint =>
  sum(adjustments.map(({ amountSet, taxAmountSet }) => micros(amountSet) - (taxesIncluded ? micros(taxAmountSet) : 0n)))

export type PricedLine = { line: Line; money: LineMoney; isGiftCard: boolean }
export type PricedRefundLine = { line: RefundLine; returns: bigint; tax: bigint; isGiftCard: boolean }
export type Priced = { order: Order; lines: readonly PricedLine[]; refundLines: readonly PricedRefundLine[] }

/** Micros of the shop's currency, tax taken out where prices include it. The sale of a gift card is no revenue. */
export type OrderMoney = {
  gross: bigint
  discounts: bigint
  tax: bigint
  shipping: bigint
  giftCards: bigint
  /** What of the current subtotal gross − discounts − returns does not explain: edits and voids. */
  adjustment: bigint
}

export function orderMoney(priced: Priced): OrderMoney {
  const { order, lines, refundLines } = priced
  const goods = lines.filter(({ isGiftCard }) => !isGiftCard)
  const gross = sum(goods.map(({ money }) => money.gross))
  const discounts = sum(goods.map(({ money }) => money.discount))
  const returns = sum(refundLines.map((line) => line.returns))
  const current = currentSubtotal(priced)
  return {
    gross,
    discounts,
    tax: order.totalTaxSet ? micros(order.totalTaxSet) : 0n,
    shipping: shippingWithoutTax(priced),
    giftCards: sum(lines.filter(({ isGiftCard }) => isGiftCard).map(({ money }) => money.paid)),
    adjustment: current === null ? 0n : current - (gross - discounts - returns),
  }
}

/** Included taxes of an order are those of its lines and those of its shipping. */
function shippingWithoutTax({ order, lines }: Priced): bigint {
  const shipping = micros(order.totalShippingPriceSet)
  if (!order.taxesIncluded || !order.totalTaxSet) return shipping
  const tax = micros(order.totalTaxSet) - sum(lines.map(({ money }) => money.tax))
  if (tax <= 0n) return shipping
  return tax < shipping ? shipping - tax : 0n
}

/** Of the goods, without tax; null when Shopify does not say. */
function currentSubtotal({ order, lines, refundLines }: Priced): bigint | null {
  if (!order.currentSubtotalPriceSet) return null
  const giftCards = sum(
    lines.filter((one) => one.isGiftCard).map((one) => share(one.money.paid, one.line.currentQuantity, one.line)),
  )
  const tax = order.taxesIncluded
    ? sum(lines.filter((one) => !one.isGiftCard).map((one) => currentTax(one, { order, refundLines })))
    : 0n
  return micros(order.currentSubtotalPriceSet) - giftCards - tax
}

/**
 * The line's tax less what refunds gave back, less the share of units that edits and voids removed. The order's own
 * current tax cannot be used: it has the shipping's tax in it.
 */
function currentTax(
  { line, money }: PricedLine,
  { order, refundLines }: Pick<Priced, 'order' | 'refundLines'>,
): bigint {
  if (line.currentQuantity === 0) return 0n
  const refunded = refundLines.filter((one) => one.line.lineItem.id === line.id)
  const units = refunded.reduce((total, one) => total + one.line.quantity, 0)
  const removed = Math.max(0, line.quantity - line.currentQuantity - units)
  const step = 10n ** BigInt(6 - currencyExponent(order.currencyCode))
  const edited = scaleMicros(share(money.tax, removed, line), 1n, step) * step
  return money.tax - sum(refunded.map((one) => one.tax)) - edited
}

const share = (amount: bigint, units: number, { quantity }: Line): bigint =>
  quantity === 0 ? 0n : scaleMicros(amount, BigInt(units), BigInt(quantity))
