import { type Sql, sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { type BrandRate, holdRates } from '../../shared/fx/brand-rates.ts'
import type { Brand } from './brand.ts'

/** The rates of all orders and ad spend in other currencies that the figures of these days are made of. */
export const ratesOn = (
  db: Db,
  brand: Brand,
  { days, refundedOrders }: { days: readonly string[]; refundedOrders: readonly string[] },
): Promise<BrandRate[]> => {
  const own = sql`tenant_id = ${brand.tenant_id} and brand_id = ${brand.brand_id}`
  return holdRates(
    db,
    brand,
    sql`
      select day, currency from orders where ${own} and day = any(${days}::date[]) and not is_test
      union all select day, currency from orders where ${own} and adjustment_day = any(${days}::date[]) and not is_test
      union all select day, currency from orders where ${own} and order_id = any(${refundedOrders}::text[]) and not is_test
      union all select day, currency from ad_performance where ${own} and day = any(${days}::date[])`,
  )
}

/** As `fx (day, currency, rate)`, to be joined by day and currency. */
export const rateTable = (rates: readonly BrandRate[]): Sql => {
  const column = <K extends keyof BrandRate>(name: K): BrandRate[K][] => rates.map((held) => held[name])
  return sql`unnest(${column('day')}::date[], ${column('currency')}::text[], ${column('rate')}::numeric[]) as fx (day, currency, rate)`
}
