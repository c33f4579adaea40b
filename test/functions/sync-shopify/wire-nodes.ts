import type { Json } from '../../sandbox/shopify-world.ts'

/** Money as Shopify writes it: in the shop's currency and in the customer's. */
export const bag = (amount: string, currencyCode = 'USD') => ({
  shopMoney: { amount, currencyCode },
  presentmentMoney: { amount, currencyCode },
})

const gid = (type: string, number: number | bigint): string => `gid://shopify/${type}/${number}`

type LineFields = {
  id?: number
  quantity?: number
  current?: number
  original: string
  allocations?: string[]
  taxes?: { rate: number; price: string }[]
  isGiftCard?: boolean
  currency?: string
}

export function lineNode({ id = 1, quantity = 1, original, ...more }: LineFields) {
  const money = (amount: string) => bag(amount, more.currency)
  return {
    id: gid('LineItem', id),
    title: 'Mug',
    sku: null,
    vendor: 'Unit',
    quantity,
    currentQuantity: more.current ?? quantity,
    isGiftCard: more.isGiftCard ?? false,
    variant: { id: gid('ProductVariant', 11) },
    product: null,
    originalTotalSet: money(original),
    discountAllocations: (more.allocations ?? []).map((amount) => ({ allocatedAmountSet: money(amount) })),
    taxLines: (more.taxes ?? []).map(({ rate, price }) => ({ title: 'VAT', rate, priceSet: money(price) })),
  }
}

type RefundFields = {
  id?: number
  createdAt?: string
  total?: string
  lines: { id?: number; line?: number; quantity?: number; subtotal: string; tax?: string }[]
  adjustments?: { id?: number; amount: string; tax?: string }[]
}

export const refundNode = ({
  id = 7,
  createdAt = '2026-11-05T12:00:00Z',
  total = '0.00',
  lines,
  adjustments = [],
}: RefundFields) => ({
  id: gid('Refund', id),
  createdAt,
  updatedAt: createdAt,
  totalRefundedSet: bag(total),
  refundLineItems: {
    nodes: lines.map((line, index) => ({
      id: gid('RefundLineItem', line.id ?? id * 1000 + index),
      quantity: line.quantity ?? 1,
      restockType: 'RETURN',
      subtotalSet: bag(line.subtotal),
      totalTaxSet: bag(line.tax ?? '0.00'),
      lineItem: { id: gid('LineItem', line.line ?? 1) },
    })),
  },
  orderAdjustments: {
    nodes: adjustments.map(({ amount, tax = '0.00', ...more }, index) => ({
      id: gid('OrderAdjustment', more.id ?? id * 1000 + index),
      amountSet: bag(amount),
      taxAmountSet: bag(tax),
    })),
  },
})

export const visitNode = (id: number, more: Json = {}) => ({
  __typename: 'CustomerVisit',
  id: gid('CustomerVisit', id),
  occurredAt: `2026-10-${String(1 + (id % 28)).padStart(2, '0')}T10:00:00Z`,
  landingPage: 'https://unit.example/?utm_source=facebook&utm_medium=paid_social&utm_id=120208325579370399',
  referrerUrl: 'https://l.facebook.com/',
  source: 'facebook',
  sourceType: null,
  utmParameters: { source: 'facebook', medium: 'paid_social', campaign: null, content: null, term: null },
  ...more,
})

type Payment = { id?: number | bigint; amount: string; kind?: string; fees?: { amount: string; currency?: string }[] }

export const transactionNode = ({ id = 900, amount, kind = 'SALE', fees = [], ...more }: Payment & Json) => ({
  id: gid('OrderTransaction', id),
  kind,
  status: 'SUCCESS',
  test: false,
  gateway: 'shopify_payments',
  processedAt: '2026-11-01T10:00:01Z',
  amountSet: bag(amount),
  fees: fees.map((fee) => ({ amount: { amount: fee.amount, currencyCode: fee.currency ?? 'USD' } })),
  ...more,
})

type OrderFields = Json & { number?: number; updatedAt?: string }

/** An order node as the Admin API stores it, whole; one line of 10.00 unless told. */
export function orderNode({ number = 1, updatedAt = '2026-11-01T10:00:00Z', ...fields }: OrderFields = {}) {
  return {
    id: gid('Order', number),
    name: `#${1000 + number}`,
    sourceName: 'web',
    createdAt: updatedAt,
    processedAt: updatedAt,
    updatedAt,
    cancelledAt: null,
    test: false,
    taxesIncluded: false,
    currencyCode: 'USD',
    presentmentCurrencyCode: 'USD',
    displayFinancialStatus: 'PAID',
    displayFulfillmentStatus: 'FULFILLED',
    totalPriceSet: bag('10.00'),
    totalShippingPriceSet: bag('0.00'),
    totalTaxSet: bag('0.00'),
    currentSubtotalPriceSet: null,
    customer: { id: gid('Customer', 5) },
    transactions: [],
    customerJourneySummary: null,
    lineItems: { nodes: [lineNode({ original: '10.00' })] },
    refunds: [],
    ...fields,
  }
}

export const journeyNode = (visits: readonly Json[], ready = true) => ({
  ready,
  firstVisit: visits[0] ?? null,
  lastVisit: visits.at(-1) ?? null,
  moments: { nodes: visits },
})

export function productNode(
  number: number,
  { variants = 1, levels = 1, ...fields }: Json & { variants?: number; levels?: number } = {},
) {
  const updatedAt = '2026-11-01T10:00:00Z'
  return {
    id: gid('Product', number),
    title: `Product ${number}`,
    handle: `product-${number}`,
    status: 'ACTIVE',
    vendor: 'Unit',
    productType: '',
    createdAt: updatedAt,
    updatedAt,
    variants: {
      nodes: Array.from({ length: variants }, (_, index) => {
        const id = number * 1000 + index
        return {
          id: gid('ProductVariant', id),
          sku: `SKU-${id}`,
          title: 'Default Title',
          price: '12.50',
          updatedAt,
          inventoryItem: {
            id: gid('InventoryItem', id),
            tracked: true,
            unitCost: index === 0 ? { amount: '4.2', currencyCode: 'USD' } : null,
            inventoryLevels: {
              nodes: Array.from({ length: levels }, (_, at) => ({
                id: `gid://shopify/InventoryLevel/${at}?inventory_item_id=${id}`,
                updatedAt,
                location: { id: gid('Location', at + 1), name: `Store ${at + 1}` },
                quantities: [
                  { name: 'available', quantity: -2 },
                  { name: 'on_hand', quantity: 3 },
                ],
              })),
            },
          },
        }
      }),
    },
    ...fields,
  }
}
