import type { Order } from '../../shared/attribution/credit.ts'
import type { Touch } from '../../shared/attribution/journey.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'
import type { FirstOrders } from './customers.ts'

type OrderRow = Omit<Order, 'is_first' | 'refunds' | 'touches'> & {
  customer_key: string | null
  is_test: boolean
  adjustment_day: string | null
}
type RefundRow = Order['refunds'][number] & { order_id: string }
type TouchRow = Touch & { order_id: string }

/** `orders` are to be credited; `orderIds` also names the test orders, which are to have no credits. */
export type Loaded = {
  orders: Order[]
  orderIds: string[]
  /** Days on which these orders have refunds or adjustments. */
  days: string[]
}

/** The orders of these days and those that became or ceased to be a first order, with their refunds and touches. */
export async function loadOrders(
  db: Db,
  brand: Brand,
  { days, firsts }: { days: readonly string[]; firsts: FirstOrders },
): Promise<Loaded> {
  const rows = await selectOrders(db, brand, { days, orderIds: firsts.flipped })
  const orderIds = rows.map((row) => row.order_id)
  const real = rows.filter((row) => !row.is_test)
  const ids = real.map((row) => row.order_id)
  const [refunds, touches] = await Promise.all([selectRefunds(db, brand, ids), selectTouches(db, brand, ids)])
  const refundsOf = Map.groupBy(refunds, (refund) => refund.order_id)
  const touchesOf = Map.groupBy(touches, (touch) => touch.order_id)
  const orders = real.map((row) => ({
    ...row,
    is_first: row.customer_key !== null && firsts.orderOf.get(row.customer_key) === row.order_id,
    refunds: refundsOf.get(row.order_id) ?? [],
    touches: touchesOf.get(row.order_id) ?? [],
  }))
  const adjusted = rows.flatMap(({ adjustment_day }) => adjustment_day ?? [])
  return { orders, orderIds, days: [...adjusted, ...refunds.map((refund) => refund.day)] }
}

/** Two statements in one round trip: an OR over two indexes is read without either when the estimate is low. */
async function selectOrders(
  db: Db,
  { tenant_id, brand_id }: Brand,
  { days, orderIds }: { days: readonly string[]; orderIds: readonly string[] },
): Promise<OrderRow[]> {
  const columns = sql`order_id, day, processed_at, currency, gross_micros, discounts_micros, customer_key, is_test, adjustment_day`
  const own = sql`tenant_id = ${tenant_id} and brand_id = ${brand_id}`
  const [onDays, named] = await Promise.all([
    db.query<OrderRow>(sql`select ${columns} from orders where ${own} and day = any(${days}::date[])`),
    db.query<OrderRow>(sql`select ${columns} from orders where ${own} and order_id = any(${orderIds}::text[])`),
  ])
  return [...new Map([...onDays, ...named].map((row) => [row.order_id, row])).values()]
}

const selectRefunds = (db: Db, brand: Brand, ids: readonly string[]): Promise<RefundRow[]> =>
  db.query(sql`
    select r.order_id, r.refund_id, r.day, r.returns_micros
    from refunds r where r.tenant_id = ${brand.tenant_id} and r.brand_id = ${brand.brand_id} and r.order_id = any(${ids}::text[])`)

const selectTouches = (db: Db, brand: Brand, ids: readonly string[]): Promise<TouchRow[]> =>
  db.query(sql`
    select t.order_id, t.visit_id, t.occurred_at, t.day, t.bucket, t.provider, t.campaign_id_hint, t.campaign_name_hint
    from touchpoints t where t.tenant_id = ${brand.tenant_id} and t.brand_id = ${brand.brand_id} and t.order_id = any(${ids}::text[])`)
