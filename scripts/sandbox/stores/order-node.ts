import { journeyNode } from './journeys.ts'
import { type Minor, type MoneyBag, moneyBags } from './money.ts'
import { type Discount, discounted, type Line, type Order, type Refund, totals } from './order.ts'
import { instant } from './zone-time.ts'

type Bag = (minor: Minor) => MoneyBag
type Tax = { title: string }

const gid = (type: string, id: number): string => `gid://shopify/${type}/${id}`

function lineNode(line: Line, bag: Bag, tax: Tax) {
  const { variant } = line
  return {
    id: gid('LineItem', line.id),
    title: variant.product.title,
    name: variant.title === 'Default Title' ? variant.product.title : `${variant.product.title} - ${variant.title}`,
    sku: variant.sku || null,
    quantity: line.quantity,
    currentQuantity: line.current,
    isGiftCard: variant.product.isGiftCard,
    variant: { id: gid('ProductVariant', variant.number) },
    product: { id: gid('Product', variant.product.id) },
    originalUnitPriceSet: bag(variant.price),
    originalTotalSet: bag(line.original),
    discountedTotalSet: bag(discounted(line)),
    totalDiscountSet: bag(line.discount),
    discountAllocations: line.allocations.map(({ index, amount }) => ({
      allocatedAmountSet: bag(amount),
      discountApplication: { index },
    })),
    taxLines: line.taxRate > 0 ? [{ title: tax.title, rate: line.taxRate, priceSet: bag(line.tax) }] : [],
  }
}

function discountNode(discount: Discount, index: number, bag: Bag) {
  const value =
    discount.percentage === null
      ? { __typename: 'MoneyV2', ...bag(discount.amount ?? 0).shopMoney }
      : { __typename: 'PricingPercentageValue', percentage: discount.percentage }
  const common = { index, allocationMethod: 'ACROSS', targetSelection: 'ALL', targetType: 'LINE_ITEM', value }
  return discount.kind === 'code'
    ? { __typename: 'DiscountCodeApplication', ...common, code: discount.title }
    : { __typename: 'AutomaticDiscountApplication', ...common, title: discount.title }
}

type Payment = { id: number; kind: 'SALE' | 'AUTHORIZATION' | 'CAPTURE' | 'VOID' | 'REFUND'; at: number; amount: Minor }

/** One order in four is authorised at first and captured within the hour. */
const CAPTURED_LATER = 4
const CAPTURE_DELAY_MS = 40 * 60_000

/** How the order was paid. What follows the first payment has ids of its own, ten times as large. */
function paymentsOf(order: Order, amount: Minor): Payment[] {
  const first = { id: order.id, at: order.createdAt, amount }
  const next = { id: order.id * 10, amount }
  const { payment, cancelled } = order
  if (payment === 'VOIDED' && cancelled)
    return [
      { ...first, kind: 'AUTHORIZATION' },
      { ...next, kind: 'VOID', at: cancelled.at },
    ]
  if (payment === 'AUTHORIZED') return [{ ...first, kind: 'AUTHORIZATION' }]
  if (payment === 'PENDING' || order.id % CAPTURED_LATER !== 0) return [{ ...first, kind: 'SALE' }]
  return [
    { ...first, kind: 'AUTHORIZATION' },
    { ...next, kind: 'CAPTURE', at: order.createdAt + CAPTURE_DELAY_MS },
  ]
}

function transactionNode(of: Payment, order: Order, bag: Bag) {
  const status = order.payment === 'PENDING' ? 'PENDING' : 'SUCCESS'
  const paid = (of.kind === 'SALE' || of.kind === 'CAPTURE') && status === 'SUCCESS'
  const fee = { ...bag(Math.round(of.amount * 0.024)).shopMoney }
  return {
    id: gid('OrderTransaction', of.id),
    kind: of.kind,
    status,
    test: order.test,
    gateway: order.payment === 'PENDING' ? 'bank_deposit' : 'shopify_payments',
    createdAt: instant(of.at),
    processedAt: instant(of.at),
    amountSet: bag(of.amount),
    fees: paid ? [{ type: 'processing_fee', rate: '0.024', amount: fee }] : [],
  }
}

function refundNode(refund: Refund, order: Order, bag: Bag) {
  const shippingLine = {
    id: gid('RefundShippingLine', refund.id),
    subtotalAmountSet: bag(refund.shipping),
    taxAmountSet: bag(refund.shippingTax),
  }
  // Adjustments are negative, as Shopify books them.
  const adjustment = {
    id: gid('OrderAdjustment', refund.id),
    reason: 'REFUND_DISCREPANCY',
    amountSet: bag(-refund.goodwill),
    taxAmountSet: bag(0),
  }
  return {
    id: gid('Refund', refund.id),
    legacyResourceId: String(refund.id),
    createdAt: instant(refund.at),
    processedAt: instant(refund.at),
    updatedAt: instant(refund.at),
    totalRefundedSet: bag(refund.amount),
    refundLineItems: {
      nodes: refund.lines.map((one) => ({
        id: gid('RefundLineItem', one.id),
        quantity: one.quantity,
        restockType: one.restock,
        restocked: one.restock !== 'NO_RESTOCK',
        subtotalSet: bag(one.subtotal),
        totalTaxSet: bag(one.tax),
        lineItem: { id: gid('LineItem', one.line.id) },
      })),
    },
    refundShippingLines: { nodes: refund.shipping > 0 ? [shippingLine] : [] },
    orderAdjustments: { nodes: refund.goodwill > 0 ? [adjustment] : [] },
    transactions: {
      nodes: [transactionNode({ id: refund.id, kind: 'REFUND', at: refund.at, amount: refund.amount }, order, bag)],
    },
  }
}

function financialStatus(order: Order, sums: ReturnType<typeof totals>): string {
  if (order.payment !== 'PAID') return order.payment
  if (sums.refunded === 0) return 'PAID'
  return sums.refunded >= sums.received ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
}

function moneyFields(order: Order, sums: ReturnType<typeof totals>, bag: Bag) {
  return {
    subtotalPriceSet: bag(sums.subtotal),
    totalDiscountsSet: bag(sums.discounts),
    totalShippingPriceSet: bag(order.shipping.price),
    totalTaxSet: bag(sums.tax),
    totalPriceSet: bag(sums.total),
    currentSubtotalPriceSet: bag(sums.currentSubtotal),
    currentTotalDiscountsSet: bag(sums.currentDiscounts),
    currentShippingPriceSet: bag(sums.currentShipping),
    currentTotalTaxSet: bag(sums.currentTax),
    currentTotalPriceSet: bag(sums.currentTotal),
    totalRefundedSet: bag(sums.refunded),
    totalReceivedSet: bag(sums.received),
    netPaymentSet: bag(sums.received - sums.refunded),
    totalTipReceivedSet: bag(0),
  }
}

function shippingLines(order: Order, bag: Bag, tax: Tax) {
  const { price, rate } = order.shipping
  if (order.source === 'pos') return { nodes: [] }
  const taxLines = rate > 0 && price > 0 ? [{ title: tax.title, rate, priceSet: bag(order.shipping.tax) }] : []
  const id = gid('ShippingLine', order.id)
  return { nodes: [{ id, title: 'Standard', originalPriceSet: bag(price), discountedPriceSet: bag(price), taxLines }] }
}

/** The order as `orders { nodes }` shows it at its present state. */
export function orderNode(order: Order, tax: Tax) {
  const bag = moneyBags(order.currency, order.presentment)
  const sums = totals(order)
  const refunds = order.refunds.map((refund) => refundNode(refund, order, bag))
  const { customer, cancelled } = order
  return {
    id: gid('Order', order.id),
    legacyResourceId: String(order.id),
    name: `#${order.number}`,
    createdAt: instant(order.createdAt),
    processedAt: instant(order.createdAt),
    updatedAt: instant(order.updatedAt),
    cancelledAt: cancelled && instant(cancelled.at),
    cancelReason: cancelled?.reason ?? null,
    closedAt: order.fulfilled || cancelled ? instant(order.updatedAt) : null,
    test: order.test,
    sourceName: order.source,
    currencyCode: order.currency,
    presentmentCurrencyCode: order.presentment.currency,
    taxesIncluded: order.taxesIncluded,
    displayFinancialStatus: financialStatus(order, sums),
    displayFulfillmentStatus: order.fulfilled ? 'FULFILLED' : 'UNFULFILLED',
    ...moneyFields(order, sums, bag),
    discountCodes: order.discounts.filter(({ kind }) => kind === 'code').map(({ title }) => title),
    discountApplications: { nodes: order.discounts.map((discount, index) => discountNode(discount, index, bag)) },
    customer: customer && { id: gid('Customer', customer.id), numberOfOrders: String(customer.numberOfOrders) },
    customerJourneySummary:
      order.visits &&
      journeyNode(order.visits, {
        ready: order.journeyReady,
        orderIndex: customer?.orderIndex ?? 0,
        baseId: order.id * 10,
        orderedAt: order.createdAt,
      }),
    customAttributes: [],
    lineItems: { nodes: order.lines.map((line) => lineNode(line, bag, tax)) },
    shippingLines: shippingLines(order, bag, tax),
    refunds,
    transactions: [
      ...paymentsOf(order, sums.total).map((payment) => transactionNode(payment, order, bag)),
      ...refunds.flatMap(({ transactions }) => transactions.nodes),
    ],
  }
}
