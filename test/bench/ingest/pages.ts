/** Orders of a page of the bench; a commit of the sync path holds as many. */
export const PAGE_ORDERS = 250
export const FIRST_ORDER_AT = Date.parse('2025-01-01T00:00:00Z')
/** 100,000 orders are about a year. */
export const ORDER_EVERY_MS = 5 * 60_000

const FIRST_ID = 5_000_000_000
const LINES = 2

/** A store's orders as Shopify tells them: JSON texts, one a page, and what is asked for refund by refund. */
export type Store = { pages: Buffer[]; refunds: Map<string, string> }

/** Always the same orders: two lines each, one in 20 refunded, two in three with one visit or two. */
export function makeStore(orders: number): Store {
  const store: Store = { pages: [], refunds: new Map() }
  for (let first = 0; first < orders; first += PAGE_ORDERS) {
    const count = Math.min(PAGE_ORDERS, orders - first)
    const nodes = Array.from({ length: count }, (_, at) => orderNode(first + at, store.refunds))
    const pageInfo = { hasNextPage: first + count < orders, endCursor: String(store.pages.length) }
    store.pages.push(Buffer.from(answer({ orders: { pageInfo, nodes } })))
  }
  return store
}

const COST = {
  requestedQueryCost: 500,
  throttleStatus: { maximumAvailable: 20_000, currentlyAvailable: 20_000, restoreRate: 1_000 },
}
const answer = (data: object): string => JSON.stringify({ data, extensions: { cost: COST } })

const END = { hasNextPage: false, endCursor: null }
const gid = (kind: string, id: number): string => `gid://shopify/${kind}/${id}`
const money = (cents: number) => ({ shopMoney: { amount: (cents / 100).toFixed(2) } })
/** Spread evenly over 0 … below - 1, and the same each time. */
const spread = (index: number, below: number): number => (Math.imul(index + 1, 2_654_435_761) >>> 0) % below
const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

function orderNode(index: number, refunds: Map<string, string>) {
  const at = FIRST_ORDER_AT + index * ORDER_EVERY_MS
  const id = FIRST_ID + index
  const lines = Array.from({ length: LINES }, (_, line) => lineNode(index * LINES + line))
  const subtotal = lines.reduce((sum, { cents }) => sum + cents, 0)
  const refund = index % 20 === 7 ? refundNode(index, at, lines[0]) : null
  if (refund) refunds.set(refund.id, JSON.stringify(refund))
  const visits = visitNodes(index, at)
  return {
    id: gid('Order', id),
    name: `#${1_000 + index}`,
    sourceName: 'web',
    createdAt: instant(at),
    processedAt: instant(at),
    updatedAt: instant(at),
    cancelledAt: null,
    test: false,
    taxesIncluded: false,
    currencyCode: 'USD',
    presentmentCurrencyCode: 'USD',
    displayFinancialStatus: refund ? 'PARTIALLY_REFUNDED' : 'PAID',
    displayFulfillmentStatus: 'FULFILLED',
    totalPriceSet: { presentmentMoney: { amount: ((subtotal + 1_299) / 100).toFixed(2) } },
    totalShippingPriceSet: money(499),
    totalTaxSet: money(800),
    currentSubtotalPriceSet: money(subtotal - (refund ? (lines[0]?.cents ?? 0) : 0)),
    customer: { id: gid('Customer', 7_000_000 + spread(index, 40_000)) },
    customerJourneySummary: visits.length === 0 ? null : { ready: true, moments: { pageInfo: END, nodes: visits } },
    lineItems: { pageInfo: END, nodes: lines.map(({ node }) => node) },
    transactions: [],
    refunds: refund ? [{ id: refund.id }] : [],
  }
}

type Line = ReturnType<typeof lineNode>

function lineNode(index: number) {
  const product = spread(index, 500)
  const cents = 999 + 100 * spread(index, 90)
  const node = {
    id: gid('LineItem', 9_000_000_000 + index),
    title: `Linen shirt no. ${product}`,
    sku: `SHIRT-${product}`,
    vendor: 'Acme Mills',
    quantity: 1,
    currentQuantity: 1,
    isGiftCard: false,
    variant: { id: gid('ProductVariant', 3_000_000 + product) },
    product: { id: gid('Product', 2_000_000 + product) },
    originalTotalSet: money(cents),
    discountAllocations: [],
  }
  return { node, cents }
}

function refundNode(index: number, orderedAt: number, line: Line | undefined) {
  const at = instant(orderedAt + 3_600_000)
  const cents = line?.cents ?? 0
  const node = {
    id: gid('RefundLineItem', 6_000_000_000 + index),
    quantity: 1,
    restockType: 'RETURN',
    subtotalSet: money(cents),
    totalTaxSet: money(0),
    lineItem: { id: line?.node.id ?? '' },
  }
  return {
    id: gid('Refund', 8_000_000_000 + index),
    createdAt: at,
    updatedAt: at,
    totalRefundedSet: money(cents),
    refundLineItems: { pageInfo: END, nodes: [node] },
    orderAdjustments: { pageInfo: END, nodes: [] },
  }
}

const UTM = { source: 'facebook', medium: 'paid', content: null, term: null }

const visitNodes = (index: number, orderedAt: number) =>
  Array.from({ length: index % 3 }, (_, visit) => ({
    id: gid('CustomerVisit', 4_000_000_000 + index * 2 + visit),
    occurredAt: instant(orderedAt - (visit + 1) * 3_600_000),
    landingPage: `https://acme.example/products/shirt?utm_source=facebook&utm_medium=paid&utm_campaign=spring-${index % 30}&fbclid=IwAR${index}`,
    referrerUrl: 'https://l.facebook.com/',
    source: 'Facebook',
    sourceType: 'AD',
    utmParameters: { ...UTM, campaign: `spring-${index % 30}` },
  }))
