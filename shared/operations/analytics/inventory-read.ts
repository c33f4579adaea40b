import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { type Sold, type Stock, WINDOW_DAYS } from '../../metrics/inventory.ts'
import { actor } from '../../tenant.ts'

export type StockRow = Stock &
  Sold & {
    variant_id: string
    product_id: string
    sku: string | null
    product: string
    variant: string | null
    unit_cost_micros: bigint | null
    unit_cost_currency: string | null
  }

/**
 * Every tracked variant with its stock now, over all locations, and what the 28 days before `today` saw of it: snapshots,
 * and units ordered on the days of those in which it was in stock.
 */
export function readStock(db: Db, brandId: string, today: string): Promise<StockRow[]> {
  const { tenantId } = actor()
  const here = sql`tenant_id = ${tenantId} and brand_id = ${brandId}`
  return db.query<StockRow>(sql`
    with stock as (
      select inventory_item_id, sum(coalesce(available, 0))::int as available, sum(coalesce(on_hand, 0))::int as on_hand,
        sum(coalesce(incoming, 0))::int as incoming
      from inventory_levels where ${here} group by inventory_item_id
    ), sold as (
      select o.day, l.variant_id, sum(l.quantity)::int as units
      from orders o
        join order_lines l on l.tenant_id = o.tenant_id and l.brand_id = o.brand_id and l.order_id = o.order_id
      where o.tenant_id = ${tenantId} and o.brand_id = ${brandId} and not o.is_test
        and o.day >= ${today}::date - ${WINDOW_DAYS}::int and o.day < ${today}::date
      group by o.day, l.variant_id
    ), seen as (
      select s.variant_id, count(*)::int as known_days,
        (count(*) filter (where s.available > 0 or sold.units > 0))::int as in_stock_days,
        coalesce(sum(sold.units), 0)::int as units, coalesce(sum(sold.units ^ 2), 0)::float8 as units_squared
      from inventory_daily s
        left join sold on sold.day = s.day and sold.variant_id = s.variant_id
      where s.tenant_id = ${tenantId} and s.brand_id = ${brandId}
        and s.day >= ${today}::date - ${WINDOW_DAYS}::int and s.day < ${today}::date
      group by s.variant_id
    )
    select v.variant_id, v.product_id, v.sku, p.title as product, v.title as variant, v.unit_cost_micros, v.unit_cost_currency,
      stock.available, stock.on_hand, stock.incoming, coalesce(seen.known_days, 0) as known_days,
      coalesce(seen.in_stock_days, 0) as in_stock_days, coalesce(seen.units, 0) as units,
      coalesce(seen.units_squared, 0) as units_squared
    from (select variant_id, product_id, sku, title, inventory_item_id, unit_cost_micros, unit_cost_currency
        from variants where ${here} and tracked) v
      join stock on stock.inventory_item_id = v.inventory_item_id
      join products p on p.tenant_id = ${tenantId} and p.brand_id = ${brandId} and p.product_id = v.product_id
      left join seen on seen.variant_id = v.variant_id
    where p.status is distinct from 'ARCHIVED'`)
}
