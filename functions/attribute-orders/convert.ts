import type { Order } from '../../shared/attribution/credit.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { holdRates } from '../../shared/fx/brand-rates.ts'
import { atRate } from '../../shared/fx/convert.ts'
import type { Brand } from './brand.ts'

/**
 * The orders in the brand's currency, at the rate of the order's day, refunds like the rest; as they are where there is no
 * rate. Before they are split, so that the credits add up to the day's net to the micro.
 */
export async function convertOrders(db: Db, brand: Brand, orders: readonly Order[]): Promise<Order[]> {
  const foreign = orders.filter(({ currency }) => currency !== brand.currency)
  if (foreign.length === 0) return [...orders]
  const [days, currencies] = [foreign.map(({ day }) => day), foreign.map(({ currency }) => currency)]
  const pairs = sql`select day, currency from unnest(${days}::date[], ${currencies}::text[]) as o (day, currency)`
  const rates = new Map((await holdRates(db, brand, pairs)).map((held) => [held.day + held.currency, held.rate]))
  return orders.map((order) => {
    const rate = rates.get(order.day + order.currency)
    return rate ? converted(order, { rate, currency: brand.currency }) : order
  })
}

const converted = (order: Order, { rate, currency }: { rate: string; currency: string }): Order => ({
  ...order,
  currency,
  gross_micros: atRate(order.gross_micros, rate),
  discounts_micros: atRate(order.discounts_micros, rate),
  refunds: order.refunds.map((refund) => ({ ...refund, returns_micros: atRate(refund.returns_micros, rate) })),
})
