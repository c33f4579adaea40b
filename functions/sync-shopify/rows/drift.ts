import type { ConnectionContext } from '../../../shared/sync/connector.ts'
import { isCurrency } from '../../../shared/units.ts'
import type { Order } from './nodes.ts'
import type { Product } from './product-nodes.ts'
import type { Shop } from './shop.ts'

type Drift = Record<string, number>
type Seen = readonly (readonly [field: string, value: string | null, known: (value: string) => boolean])[]

const among = (values: string): ((value: string) => boolean) => {
  const known = new Set(values.split(' '))
  return (value) => known.has(value)
}
// Source: shopify.dev, Admin API 2026-10.
const isFinancialStatus = among('AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED')
const isFulfillmentStatus = among(
  'FULFILLED IN_PROGRESS ON_HOLD OPEN PARTIALLY_FULFILLED PENDING_FULFILLMENT REQUEST_DECLINED RESTOCKED SCHEDULED UNFULFILLED',
)
const isPaymentKind = among('AUTHORIZATION CAPTURE CHANGE EMV_AUTHORIZATION REFUND SALE SUGGESTED_REFUND VOID')
const isPaymentStatus = among('AWAITING_RESPONSE ERROR FAILURE PENDING SUCCESS UNKNOWN')
const isRestockType = among('CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN')
const isProductStatus = among('ACTIVE ARCHIVED DRAFT UNLISTED')

const MAX_VALUE_LENGTH = 40

/** Values that we do not know, with how often: they are kept as they are, and reported. */
export const driftOf = {
  orders: (orders: readonly Order[]): Drift =>
    count(
      orders.flatMap(
        (order): Seen => [
          ['orders.displayFinancialStatus', order.displayFinancialStatus, isFinancialStatus],
          ['orders.displayFulfillmentStatus', order.displayFulfillmentStatus, isFulfillmentStatus],
          ['orders.currencyCode', order.currencyCode, isCurrency],
          ...order.transactions.flatMap(
            ({ kind, status }): Seen => [
              ['transactions.kind', kind, isPaymentKind],
              ['transactions.status', status, isPaymentStatus],
            ],
          ),
          ...order.refunds.flatMap(
            ({ lines }): Seen =>
              lines.map(({ restockType }) => ['refundLineItems.restockType', restockType, isRestockType] as const),
          ),
        ],
      ),
    ),
  /** What differs from the brand, whose days and money are cut and added up otherwise. */
  shop: ({ currencyCode, ianaTimezone }: Shop, brand: Pick<ConnectionContext, 'currency' | 'timeZone'>): Drift =>
    count([
      ['shop.currencyCode', currencyCode, (code) => code === brand.currency],
      ['shop.ianaTimezone', ianaTimezone, (zone) => zone === brand.timeZone],
    ]),
  /** The answer came from another version of the API than was asked for: ours is no longer served. */
  version: (served: string | null, asked: string): Drift =>
    count([['api.version', served, (version) => version === asked]]),
  products: (products: readonly Product[]): Drift =>
    count(products.map(({ status }) => ['products.status', status, isProductStatus] as const)),
}

function count(seen: Seen): Drift {
  const drift: Drift = {}
  for (const [field, value, known] of seen) {
    if (value === null || known(value)) continue
    const key = `${field}=${value.slice(0, MAX_VALUE_LENGTH)}`
    drift[key] = (drift[key] ?? 0) + 1
  }
  return drift
}
