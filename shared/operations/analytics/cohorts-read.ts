import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'

export const LTV_DAYS = [30, 60, 90, 365] as const
export type LtvDays = (typeof LTV_DAYS)[number]

export type CohortRow = { month: string; customers: number } & { [Days in LtvDays as `net_${Days}`]: bigint } & {
  net: bigint
  incomplete: number
}
/** One calendar month of a cohort, 0 being its own. `active`: customers with an order in it. */
export type MonthRow = { month: string; index: number; active: number; net: bigint }

type Asked = { brandId: string; currency: string; since: string; until: string }

/**
 * The customers of each month of first orders, and what they brought since, in the brand's currency: orders on their day,
 * returns on theirs. Ages are days since the customer's first order. Cancelled first orders begin no cohort; what came
 * before the first order is in none.
 */
const movements = ({ brandId, currency, since, until }: Asked) => {
  const { tenantId } = actor()
  return sql`
    first_orders as materialized (
      select customer_key, first_order_day, date_trunc('month', first_order_day::timestamp)::date as month
      from customers
      where tenant_id = ${tenantId} and brand_id = ${brandId} and first_order_day >= ${since}::date and first_order_day < ${until}::date
    ), sold as materialized (
      select f.month, f.first_order_day, o.customer_key, o.order_id, o.day, o.gross_micros - o.discounts_micros as net,
        case when o.currency = ${currency} then 1 else b.rate end as rate
      from first_orders f
        join orders o on o.tenant_id = ${tenantId} and o.brand_id = ${brandId} and o.customer_key = f.customer_key and not o.is_test and o.day >= f.first_order_day
        left join brand_rates b on b.tenant_id = ${tenantId} and b.brand_id = ${brandId} and b.day = o.day and b.currency = o.currency
    ), moves as (
      select month, first_order_day, customer_key, day, round(net * rate) as net, rate is null as is_incomplete, true as is_order from sold
      union all
      select s.month, s.first_order_day, s.customer_key, r.day, -round(r.returns_micros * s.rate), false, false
      from sold s join refunds r on r.tenant_id = ${tenantId} and r.brand_id = ${brandId} and r.order_id = s.order_id
    )`
}

/** A row a month with customers, oldest first. */
export function readCohorts(db: Db, asked: Asked): Promise<CohortRow[]> {
  const within = (days: LtvDays) =>
    sql`coalesce(sum(net) filter (where day - first_order_day <= ${days}::int), 0)::bigint`
  return db.query<CohortRow>(sql`
    with ${movements(asked)}, sizes as (select month, count(*)::int as customers from first_orders group by month)
    select s.month, s.customers, m.net_30, m.net_60, m.net_90, m.net_365, m.net, m.incomplete
    from sizes s join (
      select month, ${within(30)} as net_30, ${within(60)} as net_60, ${within(90)} as net_90, ${within(365)} as net_365,
        coalesce(sum(net), 0)::bigint as net, (count(*) filter (where is_incomplete))::int as incomplete
      from moves group by month) m on m.month = s.month
    order by s.month`)
}

/** A row a cohort and calendar month in which anything happened. */
export const readCohortMonths = (db: Db, asked: Asked): Promise<MonthRow[]> =>
  db.query<MonthRow>(sql`
    with ${movements(asked)}
    select month, (extract(year from age(date_trunc('month', day::timestamp), month::timestamp)) * 12
        + extract(month from age(date_trunc('month', day::timestamp), month::timestamp)))::int as index,
      (count(distinct customer_key) filter (where is_order))::int as active, coalesce(sum(net), 0)::bigint as net
    from moves group by 1, 2 order by 1, 2`)
