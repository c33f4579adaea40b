import { AppError } from '../../../shared/errors.ts'
import { TOO_DEAR } from './failures.ts'

/** The version the queries are written for; Shopify serves each at least a year. */
export const API_VERSION = '2026-10'

/** Points one query may ask for: half of what Shopify allows, so that a small bucket still serves it. */
export const TARGET_POINTS = 500
const LEAST_POINTS = 60

/** What a query may cost; it shrinks when Shopify counts more than we do. */
export type Budget = { points: number }

/** Runs with the budget's points, and with half of them as often as Shopify says that it is too much. */
export async function withinBudget<T>(budget: Budget, run: (points: number) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run(budget.points)
    } catch (thrown) {
      const tooDear = thrown instanceof AppError && thrown.details.graphql_code === TOO_DEAR
      if (!tooDear || budget.points <= LEAST_POINTS) throw thrown
      budget.points = Math.max(LEAST_POINTS, Math.floor(budget.points / 2))
    }
  }
}

const MONEY = '{ shopMoney { amount } }'
const PAGE_INFO = 'pageInfo { hasNextPage endCursor }'
const VISIT =
  'id occurredAt landingPage referrerUrl source sourceType utmParameters { source medium campaign content term }'
const MOMENTS = `${PAGE_INFO} nodes { ... on CustomerVisit { ${VISIT} } }`
const QUANTITIES = 'quantities(names: ["available", "on_hand", "committed", "incoming", "reserved"]) { name quantity }'
const LEVELS = `${PAGE_INFO} nodes { updatedAt location { id name } ${QUANTITIES} }`
const ADJUSTMENTS = `${PAGE_INFO} nodes { id amountSet ${MONEY} taxAmountSet ${MONEY} }`
const VARIANT = `id sku title price updatedAt inventoryItem { id tracked unitCost { amount currencyCode }`

const PAYMENTS = `transactions { id kind status test gateway processedAt amountSet { shopMoney { amount currencyCode } } fees { amount { amount currencyCode } } }`

const line = (taxes: boolean): string =>
  `id title sku vendor quantity currentQuantity isGiftCard variant { id } product { id } originalTotalSet ${MONEY}
   discountAllocations { allocatedAmountSet ${MONEY} } ${taxes ? `taxLines { rate priceSet ${MONEY} }` : ''}`

/**
 * Points by Shopify's own model: scalar 0, object 1 (so a MoneyBag is 2), connection 2 + n × child, a plain list one child.
 * The sandbox counts the same; a test compares.
 */
const POINTS = {
  line: 8,
  lineTaxes: 3,
  visit: 2,
  payments: 5,
  refundLine: 6,
  adjustment: 5,
  level: 3,
  connection: 2,
} as const
const linePoints = (taxes: boolean): number => POINTS.line + (taxes ? POINTS.lineTaxes : 0)

/** How many nested rows come with a row at once. What is longer is completed afterwards. */
export type OrderSizes = { lines: number; moments: number; taxes: boolean }

/** Order, customer, journey and refund ids are 4, the four amounts 8. */
const orderPoints = ({ lines, moments, taxes }: OrderSizes): number =>
  12 + POINTS.payments + 2 * POINTS.connection + lines * linePoints(taxes) + moments * POINTS.visit

export type ListQuery = {
  text: string
  variables: Record<string, string | number | null>
  points: number
  first: number
}
type ListArguments = { filter: string; after: string | null; budget?: number }

const MAX_PAGE = 250

const fitting = (budget: number, each: number): number =>
  Math.max(1, Math.min(MAX_PAGE, Math.floor((budget - POINTS.connection) / each)))

/** As many orders as the budget of points allows, oldest change first. Refunds come as ids: most orders have none. */
export function ordersQuery(sizes: OrderSizes, { filter, after, budget = TARGET_POINTS }: ListArguments): ListQuery {
  const { lines, moments, taxes } = sizes
  const first = fitting(budget, orderPoints(sizes))
  const points = POINTS.connection + first * orderPoints(sizes)
  return {
    text: orderTexts[taxes ? 'taxed' : 'plain'],
    variables: { filter, after, first, lines, moments },
    points,
    first,
  }
}

const ORDER = `id name sourceName createdAt processedAt updatedAt cancelledAt test taxesIncluded currencyCode presentmentCurrencyCode
  displayFinancialStatus displayFulfillmentStatus
  totalPriceSet { presentmentMoney { amount } } totalShippingPriceSet ${MONEY} totalTaxSet ${MONEY} currentSubtotalPriceSet ${MONEY}
  customer { id } ${PAYMENTS} refunds { id }`

const orderText = (
  taxes: boolean,
): string => `query ($filter: String!, $after: String, $first: Int!, $lines: Int!, $moments: Int!) {
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) { ${PAGE_INFO} nodes {
    ${ORDER} customerJourneySummary { ready moments(first: $moments) { ${MOMENTS} } }
    lineItems(first: $lines) { ${PAGE_INFO} nodes { ${line(taxes)} } }
  } }
}`
const orderTexts = { plain: orderText(false), taxed: orderText(true) } as const

/**
 * What a bulk operation is to run. Refund lines (a list in a plain list) and visits (which are no Nodes) it refuses; an order
 * says how many units its lines have, so that one whose lines stand elsewhere in the file is noticed.
 */
export const bulkOrdersText = (filter: string): string =>
  `{ orders(query: ${JSON.stringify(filter)}, sortKey: UPDATED_AT) { edges { node { ${ORDER} subtotalLineItemsQuantity
    customerJourneySummary { ready momentsCount { count precision } firstVisit { ${VISIT} } lastVisit { ${VISIT} } }
    lineItems { edges { node { ${line(true)} } } } } } } }`

const ADJUSTMENTS_AT_ONCE = 2
const VARIANTS_AT_ONCE = 5
const LEVELS_AT_ONCE = 2
/** Variant, item and cost are 3. */
const variantPoints = 3 + POINTS.connection + LEVELS_AT_ONCE * POINTS.level

/** As many products as the budget of points allows, oldest change first. */
export function productsQuery({ filter, after, budget = TARGET_POINTS }: ListArguments): ListQuery {
  const each = 1 + POINTS.connection + VARIANTS_AT_ONCE * variantPoints
  const first = fitting(budget, each)
  return { text: PRODUCTS, variables: { filter, after, first }, points: POINTS.connection + first * each, first }
}

const PRODUCTS = `query ($filter: String!, $after: String, $first: Int!) {
  products(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) { ${PAGE_INFO} nodes {
    id title handle status vendor productType createdAt updatedAt
    variants(first: ${VARIANTS_AT_ONCE}) { ${PAGE_INFO} nodes { ${VARIANT} inventoryLevels(first: ${LEVELS_AT_ONCE}) { ${LEVELS} } } } }
  } }
}`

/** What completes a nested list of one node. `{page}` stands for the arguments; without it there are none. */
export type PartQuery = { on: string; fields: string; fixed: number; each: number }

/** Each is read as `node(id) { ... on <on> { <fields> } }` and costs `fixed` + rows × `each` points. */
export const PARTS = {
  lines: (taxes: boolean): PartQuery => ({
    on: 'Order',
    fields: `lineItems({page}) { ${PAGE_INFO} nodes { ${line(taxes)} } }`,
    fixed: 1 + POINTS.connection,
    each: linePoints(taxes),
  }),
  moments: {
    on: 'Order',
    fields: `customerJourneySummary { moments({page}) { ${MOMENTS} } }`,
    fixed: 2 + POINTS.connection,
    each: POINTS.visit,
  },
  firstAndLastVisit: {
    on: 'Order',
    fields: `customerJourneySummary { firstVisit { ${VISIT} } lastVisit { ${VISIT} } }`,
    fixed: 2 + 2 * POINTS.visit,
    each: 0,
  },
  /** Hardly a refund has more than one adjustment: the next ones are a part of their own. */
  refund: {
    on: 'Refund',
    fields: `id createdAt updatedAt totalRefundedSet ${MONEY} refundLineItems({page}) { ${PAGE_INFO} nodes {
      id quantity restockType subtotalSet ${MONEY} totalTaxSet ${MONEY} lineItem { id } } }
      orderAdjustments(first: ${ADJUSTMENTS_AT_ONCE}) { ${ADJUSTMENTS} }`,
    fixed: 3 + 2 * POINTS.connection + ADJUSTMENTS_AT_ONCE * POINTS.adjustment,
    each: POINTS.refundLine,
  },
  adjustments: {
    on: 'Refund',
    fields: `orderAdjustments({page}) { ${ADJUSTMENTS} }`,
    fixed: 1 + POINTS.connection,
    each: POINTS.adjustment,
  },
  variants: {
    on: 'Product',
    fields: `variants({page}) { ${PAGE_INFO} nodes { ${VARIANT} inventoryLevels(first: ${LEVELS_AT_ONCE}) { ${LEVELS} } } } }`,
    fixed: 1 + POINTS.connection,
    each: variantPoints,
  },
  levels: {
    on: 'InventoryItem',
    fields: `inventoryLevels({page}) { ${LEVELS} }`,
    fixed: 1 + POINTS.connection,
    each: POINTS.level,
  },
} as const
