import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'

/** Shopify's Decimal: as many digits as micros can hold. */
const Decimal = z.string().regex(/^-?\d{1,18}(\.\d{1,6}0*)?$/)
const Gid = z.string().regex(/^gid:\/\/shopify\/\w+\/\d+(\?.*)?$/)
/** The number in "gid://shopify/Order/450789469": what webhooks and the merchant's own pages call the row. */
export const numberOf = (gid: string): string => /\/(\d+)(?:\?.*)?$/.exec(gid)?.[1] ?? gid

const Instant = z.iso.datetime({ offset: true })
/** Free text of merchants, without what the database cannot store. */
const Text = z.string().transform((text) => (/\0/.test(text) || !text.isWellFormed() ? storable(text) : text))
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed()
const Ref = z.object({ id: Gid })
const MoneyBag = z.object({ shopMoney: z.object({ amount: Decimal }) })

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() })
export type PageInfo = z.output<typeof PageInfo>
export type Connection<T> = { pageInfo: PageInfo; nodes: T[] }
const connection = <T extends z.ZodType>(node: T) => z.object({ pageInfo: PageInfo, nodes: z.array(node) })

const Line = z.object({
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

const OrderNode = z.object({
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
  customerJourneySummary: z.object({ ready: z.boolean(), moments: connection(Moment).nullable() }).nullable(),
  lineItems: connection(Line),
  refunds: z.array(Ref),
})
export type OrderNode = z.output<typeof OrderNode>

/** An order with every line, visit and refund it has. */
export type Order = Omit<OrderNode, 'lineItems' | 'refunds' | 'customerJourneySummary'> & {
  journey: { ready: boolean; visits: Moment[] } | null
  lines: Line[]
  refunds: Refund[]
}

const Level = z.object({
  updatedAt: Instant.nullable(),
  location: z.object({ id: Gid, name: Text.nullable() }),
  quantities: z.array(z.object({ name: z.string(), quantity: z.int() })),
})
export type Level = z.output<typeof Level>

const Variant = z.object({
  id: Gid,
  sku: Text.nullable(),
  title: Text.nullable(),
  price: Decimal.nullable(),
  updatedAt: Instant.nullable(),
  inventoryItem: z.object({
    id: Gid,
    tracked: z.boolean().nullable(),
    unitCost: z.object({ amount: Decimal, currencyCode: z.string() }).nullable(),
    inventoryLevels: connection(Level),
  }),
})
export type VariantNode = z.output<typeof Variant>

const ProductNode = z.object({
  id: Gid,
  title: Text,
  handle: Text.nullable(),
  status: z.string().nullable(),
  vendor: Text.nullable(),
  productType: Text.nullable(),
  createdAt: Instant.nullable(),
  updatedAt: Instant,
  variants: connection(Variant),
})
export type ProductNode = z.output<typeof ProductNode>

export type Product = Omit<ProductNode, 'variants'> & { variants: { variant: VariantNode; levels: Level[] }[] }

export const OrdersPage = z.object({ orders: connection(OrderNode) })
export const ProductsPage = z.object({ products: connection(ProductNode) })
export const LinesPart = z.object({ lineItems: connection(Line) })
export const MomentsPart = z.object({
  customerJourneySummary: z.object({ moments: connection(Moment).nullable() }).nullable(),
})
export const FirstAndLastVisitPart = z.object({
  customerJourneySummary: z.object({ firstVisit: Moment.nullable(), lastVisit: Moment.nullable() }).nullable(),
})
export const AdjustmentsPart = z.object({ orderAdjustments: connection(Adjustment) })
export const VariantsPart = z.object({ variants: connection(Variant) })
export const LevelsPart = z.object({ inventoryLevels: connection(Level) })

/** Throws PROVIDER_BAD_RESPONSE naming the first place that is not as documented, never its value. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const path = result.error.issues[0]?.path.join('.') ?? ''
  throw new AppError(
    'PROVIDER_BAD_RESPONSE',
    `Shopify answered something else than documented at ${path || 'the top'}.`,
    {
      details: { path },
    },
  )
}
