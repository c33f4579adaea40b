import { type Sql, sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { BrandRate } from '../../shared/fx/brand-rates.ts'
import type { Brand } from './brand.ts'
import { rateTable } from './rates.ts'

type Rebuild = Brand & { days: readonly string[]; rates: readonly BrandRate[]; refundedOrders: readonly string[] }

/**
 * Makes the days' figures by product anew: lines on their order's day, returned ones on the refund's. Gift cards are no
 * goods. A line costs what its unit cost at its first sync; what went back into stock costs nothing in the end. Costs are
 * null as soon as one unit's is unknown. Each line is converted for itself, at the rate of its order's day.
 */
export async function rebuildProducts(db: Db, rebuild: Rebuild): Promise<void> {
  const { tenant_id, brand_id, currency, days } = rebuild
  await Promise.all([
    db.query(sql`
      delete from product_performance where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${days}::date[])`),
    db.query(sql`
      insert into product_performance (tenant_id, brand_id, day, product_id, currency, orders, units, gross_micros, discounts_micros,
        returns_micros, net_micros, cogs_micros, incomplete)
      select ${tenant_id}::uuid, ${brand_id}::uuid, day, coalesce(product_id, ''), ${currency},
        count(distinct sold_in), sum(units), sum(round(gross * rate)), sum(round(discounts * rate)), sum(round(returned * rate)),
        sum(round(gross * rate) - round(discounts * rate) - round(returned * rate)),
        case when bool_and(cost is not null) then sum(round(cost * rate)) end, count(*) filter (where rate is null)
      from (
        select m.*, case when m.currency = ${currency} then 1 else fx.rate end as rate
        from (${movements(rebuild)}) m left join ${rateTable(rebuild.rates)} on fx.day = m.sold_on and fx.currency = m.currency
      ) rated group by day, coalesce(product_id, '')`),
  ])
}

const movements = ({ tenant_id, brand_id, days, refundedOrders }: Rebuild): Sql => sql`
  select o.day, o.day as sold_on, o.currency, l.product_id, o.order_id as sold_in, l.quantity as units, l.gross_micros as gross,
    l.discount_micros as discounts, 0 as returned, case when l.quantity = 0 then 0 else l.quantity * l.unit_cost_micros end as cost
  from orders o
    join order_lines l on l.tenant_id = o.tenant_id and l.brand_id = o.brand_id and l.order_id = o.order_id
  where o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id} and o.day = any(${days}::date[]) and not o.is_test and not l.is_gift_card
  union all
  select r.day, o.day, o.currency, l.product_id, null, 0, 0, 0, f.returns_micros,
    case when f.restock_type is distinct from 'NO_RESTOCK' then -f.quantity * l.unit_cost_micros else 0 end
  from refunds r
    join orders o on o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id} and o.order_id = any(${refundedOrders}::text[])
      and o.order_id = r.order_id
    join refund_lines f on f.tenant_id = r.tenant_id and f.brand_id = r.brand_id and f.order_id = r.order_id and f.refund_id = r.refund_id
    join order_lines l on l.tenant_id = f.tenant_id and l.brand_id = f.brand_id and l.order_id = f.order_id and l.line_id = f.line_id
  where r.tenant_id = ${tenant_id} and r.brand_id = ${brand_id} and r.day = any(${days}::date[]) and not o.is_test and not l.is_gift_card`
