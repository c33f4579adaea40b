import * as z from 'zod'
import { connection, Decimal, Gid, Instant, Money, MoneyBag, Ref, Text } from './scalars.ts'

export const Line = z.object({
  id: Gid,
  title: Text.nullable(),
  sku: Text.nullable(),
  vendor: Text.nullable(),
  quantity: z.int(),
  currentQuantity: z.int(),
  isGiftCard: z.boolean().nullable(),
  variant: Ref.nullable(),
  product: Ref.nullable(),
  originalTotalSet: MoneyBag,
  discountAllocations: z.array(z.object({ allocatedAmountSet: MoneyBag })),
  taxLines: z.array(z.object({ rate: z.number().nullable(), priceSet: MoneyBag })).optional(),
})
export type Line = z.output<typeof Line>

const Utm = z.object({
  source: z.string().nullable(),
  medium: z.string().nullable(),
  campaign: z.string().nullable(),
  content: z.string().nullable(),
  term: z.string().nullable(),
})
/** Moments of other kinds than visits come as empty objects. */
const Moment = z.object({
  id: Gid.optional(),
  occurredAt: Instant.optional(),
  landingPage: z.string().nullish(),
  referrerUrl: z.string().nullish(),
  source: z.string().nullish(),
  sourceType: z.string().nullish(),
  utmParameters: Utm.nullish(),
})
export type Moment = z.output<typeof Moment>

const RefundLine = z.object({
  id: Gid.nullable(),
  quantity: z.int(),
  restockType: z.string().nullable(),
  subtotalSet: MoneyBag,
  totalTaxSet: MoneyBag,
  lineItem: Ref,
})
export type RefundLine = z.output<typeof RefundLine>

const Adjustment = z.object({ id: Gid, amountSet: MoneyBag, taxAmountSet: MoneyBag })
export type Adjustment = z.output<typeof Adjustment>

export const RefundPart = z.object({
  id: Gid,
  createdAt: Instant.nullable(),
  updatedAt: Instant,
  totalRefundedSet: MoneyBag,
  refundLineItems: connection(RefundLine),
  orderAdjustments: connection(Adjustment),
})
export type Refund = Omit<z.output<typeof RefundPart>, 'refundLineItems' | 'orderAdjustments'> & {
  lines: RefundLine[]
  adjustments: Adjustment[]
}

const Transaction = z.object({
  id: Gid,
  kind: z.string(),
  status: z.string(),
  test: z.boolean(),
  gateway: Text.nullable(),
  processedAt: Instant.nullable(),
  amountSet: z.object({ shopMoney: Money }),
  fees: z.array(z.object({ amount: Money })),
})
export type Transaction = z.output<typeof Transaction>

/** What an order tells of itself however it is asked for. */
const OrderFields = z.object({
  id: Gid,
  name: Text.nullable(),
  sourceName: Text.nullable(),
  createdAt: Instant,
  processedAt: Instant,
  updatedAt: Instant,
  cancelledAt: Instant.nullable(),
  test: z.boolean(),
  taxesIncluded: z.boolean(),
  currencyCode: z.string(),
  presentmentCurrencyCode: z.string().nullable(),
  displayFinancialStatus: z.string().nullable(),
  displayFulfillmentStatus: z.string().nullable(),
  totalPriceSet: z.object({ presentmentMoney: z.object({ amount: Decimal }) }),
  totalShippingPriceSet: MoneyBag,
  totalTaxSet: MoneyBag.nullable(),
  currentSubtotalPriceSet: MoneyBag.nullable(),
  customer: Ref.nullable(),
  transactions: z.array(Transaction),
})
const OrderNode = OrderFields.extend({
  customerJourneySummary: z.object({ ready: z.boolean(), moments: connection(Moment).nullable() }).nullable(),
  lineItems: connection(Line),
  refunds: z.array(Ref),
})
export type OrderNode = z.output<typeof OrderNode>

/** A line of a bulk operation's file, where of all visits only the first and the last can stand. */
export const BulkOrder = OrderFields.extend({
  customerJourneySummary: z
    .object({
      ready: z.boolean(),
      momentsCount: z.object({ count: z.int(), precision: z.string() }).nullable(),
      firstVisit: Moment.nullable(),
      lastVisit: Moment.nullable(),
    })
    .nullable(),
  refunds: z.array(Ref),
  subtotalLineItemsQuantity: z.int(),
})
export type BulkOrder = z.output<typeof BulkOrder>

/** An order with every line, visit and refund it has. */
export type Order = Omit<OrderNode, 'lineItems' | 'refunds' | 'customerJourneySummary'> & {
  journey: { ready: boolean; visits: Moment[] } | null
  lines: Line[]
  refunds: Refund[]
}

export const OrdersPage = z.object({ orders: connection(OrderNode) })
export const LinesPart = z.object({ lineItems: connection(Line) })
export const MomentsPart = z.object({
  customerJourneySummary: z.object({ moments: connection(Moment).nullable() }).nullable(),
})
export const FirstAndLastVisitPart = z.object({
  customerJourneySummary: z.object({ firstVisit: Moment.nullable(), lastVisit: Moment.nullable() }).nullable(),
})
export const AdjustmentsPart = z.object({ orderAdjustments: connection(Adjustment) })
