import { hash } from 'node:crypto'
import { touchOf } from '../../shared/attribution/touch.ts'
import type { Row, Rows } from '../../shared/db/tables.ts'
import type { ConnectionContext } from '../../shared/sync/connector.ts'
import { dayIn, microsFromDecimal } from '../../shared/units.ts'
import {
  adjustmentMoney,
  lineMoney,
  orderMoney,
  type Priced,
  type PricedRefundLine,
  refundLineMoney,
} from './rows/money.ts'
import type { Moment, Order, Refund } from './rows/nodes.ts'
import { numberOf } from './rows/scalars.ts'
import { transactionRows } from './rows/transactions.ts'

type OrderTable = 'orders' | 'order_lines' | 'refunds' | 'refund_lines' | 'order_transactions' | 'touchpoints'
type Gathered = { [T in OrderTable]: Row<T>[] }

/** Orders with their lines, refunds, payments and visits. Money in micros of the shop's currency; days in the brand's zone. */
export function orderRows(orders: readonly Order[], context: ConnectionContext): Rows {
  const rows: Gathered = {
    orders: [],
    order_lines: [],
    refunds: [],
    refund_lines: [],
    order_transactions: [],
    touchpoints: [],
  }
  const fetched_at = context.now().toISOString()
  for (const order of orders) {
    const priced = pricedOf(order)
    rows.orders.push(orderRow(priced, { context, fetched_at }))
    addLines(rows, priced)
    addRefunds(rows, priced, context)
    rows.order_transactions.push(...transactionRows(order))
    addTouchpoints(rows, order, context)
  }
  return rows
}

function pricedOf(order: Order): Priced {
  const { taxesIncluded } = order
  const giftCards = new Set(order.lines.filter((line) => line.isGiftCard).map(({ id }) => id))
  return {
    order,
    lines: order.lines.map((line) => ({
      line,
      money: lineMoney(line, taxesIncluded),
      isGiftCard: giftCards.has(line.id),
    })),
    refundLines: order.refunds.flatMap((refund) =>
      refund.lines.map((line) => {
        const isGiftCard = giftCards.has(line.lineItem.id)
        // Money back for a gift card is no return of goods.
        const money = isGiftCard ? { returns: 0n, tax: 0n } : refundLineMoney(line, taxesIncluded)
        return { line, isGiftCard, ...money }
      }),
    ),
  }
}

function orderRow(priced: Priced, at: { context: ConnectionContext; fetched_at: string }): Row<'orders'> {
  const { order, lines } = priced
  const { context, fetched_at } = at
  const money = orderMoney(priced)
  return {
    order_id: numberOf(order.id),
    name: order.name,
    source_name: order.sourceName,
    created_at: order.createdAt,
    processed_at: order.processedAt,
    updated_at: order.updatedAt,
    cancelled_at: order.cancelledAt,
    day: dayIn(context.timeZone, new Date(order.processedAt)),
    is_test: order.test,
    financial_status: order.displayFinancialStatus,
    fulfillment_status: order.displayFulfillmentStatus,
    currency: order.currencyCode,
    presentment_currency: order.presentmentCurrencyCode,
    presentment_total_micros: microsFromDecimal(order.totalPriceSet.presentmentMoney.amount),
    customer_key: order.customer && context.pseudonym(order.customer.id),
    units: lines.reduce((units, { line, isGiftCard }) => (isGiftCard ? units : units + BigInt(line.quantity)), 0n),
    gross_micros: money.gross,
    discounts_micros: money.discounts,
    tax_micros: money.tax,
    shipping_micros: money.shipping,
    gift_cards_micros: money.giftCards,
    adjustment_micros: money.adjustment,
    adjustment_day: money.adjustment === 0n ? null : dayIn(context.timeZone, lastChange(order)),
    journey: journeyOf(order),
    content_hash: hash('sha256', JSON.stringify(order), 'base64url'),
    fetched_at,
  }
}

const refundedAt = (refund: Refund): string => refund.createdAt ?? refund.updatedAt

/** When what explains an adjustment happened, as closely as Shopify says: the last refund, the cancellation, the last change. */
function lastChange(order: Order): Date {
  const refunds = order.refunds.map((refund) => Date.parse(refundedAt(refund)))
  if (refunds.length > 0) return new Date(Math.max(...refunds))
  return new Date(order.cancelledAt ?? order.updatedAt)
}

function journeyOf({ journey }: Order): 'ready' | 'pending' | 'none' {
  if (journey === null) return 'none'
  if (!journey.ready) return 'pending'
  return journey.visits.length === 0 ? 'none' : 'ready'
}

function addLines(rows: Gathered, { order, lines }: Priced): void {
  for (const { line, money, isGiftCard } of lines) {
    rows.order_lines.push({
      order_id: numberOf(order.id),
      line_id: numberOf(line.id),
      product_id: line.product && numberOf(line.product.id),
      variant_id: line.variant && numberOf(line.variant.id),
      title: line.title,
      sku: line.sku,
      vendor: line.vendor,
      quantity: BigInt(line.quantity),
      current_quantity: BigInt(line.currentQuantity),
      gross_micros: money.gross,
      discount_micros: money.discount,
      tax_micros: money.tax,
      is_gift_card: isGiftCard,
    })
  }
}

function addRefunds(rows: Gathered, { order, refundLines }: Priced, { timeZone }: ConnectionContext): void {
  const priced = new Map(refundLines.map((one) => [one.line, one]))
  for (const refund of order.refunds) {
    const lines = refund.lines.flatMap((line) => priced.get(line) ?? [])
    const goods = lines.filter(({ isGiftCard }) => !isGiftCard)
    rows.refunds.push({
      order_id: numberOf(order.id),
      refund_id: numberOf(refund.id),
      created_at: refundedAt(refund),
      day: dayIn(timeZone, new Date(refundedAt(refund))),
      units: goods.reduce((units, { line }) => units + BigInt(line.quantity), 0n),
      returns_micros: goods.reduce((total, { returns }) => total + returns, 0n),
      adjustment_micros: adjustmentMoney(refund.adjustments, order.taxesIncluded),
      tax_micros: goods.reduce((total, { tax }) => total + tax, 0n),
      refunded_micros: microsFromDecimal(refund.totalRefundedSet.shopMoney.amount),
    })
    rows.refund_lines.push(...lines.map((line) => refundLineRow(order, refund, line)))
  }
}

const refundLineRow = (
  order: Order,
  refund: Refund,
  { line, returns, tax }: PricedRefundLine,
): Row<'refund_lines'> => ({
  order_id: numberOf(order.id),
  refund_id: numberOf(refund.id),
  // Shopify does not promise an id; a refund names each line at most once.
  refund_line_id: numberOf(line.id ?? line.lineItem.id),
  line_id: numberOf(line.lineItem.id),
  quantity: BigInt(line.quantity),
  returns_micros: returns,
  tax_micros: tax,
  restock_type: line.restockType,
})

function addTouchpoints(rows: Gathered, order: Order, { timeZone }: ConnectionContext): void {
  for (const visit of order.journey?.visits ?? []) {
    const { id, occurredAt } = visit
    if (id === undefined || occurredAt === undefined) continue
    rows.touchpoints.push({
      order_id: numberOf(order.id),
      visit_id: numberOf(id),
      occurred_at: occurredAt,
      day: dayIn(timeZone, new Date(occurredAt)),
      ...touchOf(visitOf(visit)),
    })
  }
}

const visitOf = (visit: Moment) => ({
  landing_page: visit.landingPage ?? null,
  referrer_url: visit.referrerUrl ?? null,
  source: visit.source ?? null,
  tactic: visit.sourceType ?? null,
  utm: visit.utmParameters ?? null,
})
