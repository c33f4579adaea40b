import { clock } from '../../shared/clock.ts'
import { type Sql, sql, trusted } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { BrandRate } from '../../shared/fx/brand-rates.ts'
import type { Brand } from './brand.ts'
import { insertCredits } from './credited.ts'
import { rebuildProducts } from './products.ts'
import { ratesOn, rateTable } from './rates.ts'

type Rebuild = Brand & { days: readonly string[]; version: bigint; rates: readonly BrandRate[] } & Joined
/** What the store's rows are joined with, by key: both sides of each join stay as small as the days. */
type Joined = { customers: readonly string[]; refundedOrders: readonly string[] }

/**
 * Makes the read model of these days anew from the rows. All rows of a day get one version, larger than any that the day
 * had (in milliseconds since the epoch where nothing newer is stored): a reader of several versions takes the store row's
 * and drops the rest. Rows in another currency are added up at the rate of their day; a figure is null for which there are
 * only rows without a rate.
 */
export async function rebuildDays(db: Db, brand: Brand, days: readonly string[]): Promise<void> {
  const [version, joined] = await Promise.all([removeDays(db, brand, days), joinedOn(db, brand, days)])
  const rates = await ratesOn(db, brand, { days, ...joined })
  const now = BigInt(clock.now().getTime())
  const rebuild = { ...brand, ...joined, days, rates, version: version < now ? now : version + 1n }
  // The store's costs of goods are its products' together.
  const products = rebuildProducts(db, rebuild)
  await Promise.all([products, insertStore(db, rebuild), insertAds(db, rebuild), insertCredits(db, rebuild)])
}

/** The largest version that the days had; 0 when they had none. */
async function removeDays(db: Db, { tenant_id, brand_id }: Brand, days: readonly string[]): Promise<bigint> {
  const removed = await db.one<{ version: bigint | null }>(sql`
    with old as (
      delete from unified_performance
      where tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${days}::date[])
      returning version)
    select max(version) as version from old`)
  return removed?.version ?? 0n
}

async function joinedOn(db: Db, { tenant_id, brand_id }: Brand, days: readonly string[]): Promise<Joined> {
  const here = sql`tenant_id = ${tenant_id} and brand_id = ${brand_id} and day = any(${days}::date[])`
  const [customers, refunded] = await Promise.all([
    db.query<{ key: string }>(
      sql`select distinct customer_key as key from orders where ${here} and customer_key is not null`,
    ),
    db.query<{ key: string }>(sql`select distinct order_id as key from refunds where ${here}`),
  ])
  return { customers: customers.map((row) => row.key), refundedOrders: refunded.map((row) => row.key) }
}

const STORE_FIGURES = [
  'orders',
  'units',
  'new_customers',
  'returning_customers',
  'gross_micros',
  'discounts_micros',
  'returns_micros',
  'adjustments_micros',
  'net_micros',
  'tax_micros',
  'shipping_micros',
  'new_net_micros',
] as const

/** One row a day, of zeros where nothing happened. */
const insertStore = (db: Db, rebuild: Rebuild): Promise<unknown> =>
  db.query(sql`
    insert into unified_performance (tenant_id, brand_id, day, part, currency, version, incomplete,
      ${trusted(STORE_FIGURES.join(', '))}, cogs_micros)
    select ${rebuild.tenant_id}::uuid, ${rebuild.brand_id}::uuid, d.day, 'store', ${rebuild.currency}, ${rebuild.version}, coalesce(m.incomplete, 0),
      ${trusted(STORE_FIGURES.map((figure) => `case when m.day is null then 0 when m.known then m.${figure} end`).join(', '))},
      case when p.is_known or p.day is null then coalesce(p.cogs_micros, 0) end
    from unnest(${rebuild.days}::date[]) as d (day)
      left join (
        select day, bool_or(mine) as known, count(*) filter (where not mine) as incomplete,
          sum(orders) filter (where mine) as orders, sum(units) filter (where mine) as units,
          count(new_key) filter (where mine) as new_customers, count(distinct old_key) filter (where mine) as returning_customers,
          sum(gross) filter (where mine) as gross_micros, sum(discounts) filter (where mine) as discounts_micros,
          sum(returned) filter (where mine) as returns_micros, sum(adjusted) filter (where mine) as adjustments_micros,
          sum(gross - discounts - returned) filter (where mine) as net_micros,
          sum(tax) filter (where mine) as tax_micros, sum(shipping) filter (where mine) as shipping_micros,
          coalesce(sum(gross - discounts - returned) filter (where mine and is_first), 0) as new_net_micros
        from (${converted(rebuild)}) movement group by day
      ) m on m.day = d.day
      left join (
        select day, bool_and(cogs_micros is not null) as is_known, sum(cogs_micros) as cogs_micros from product_performance
        where tenant_id = ${rebuild.tenant_id} and brand_id = ${rebuild.brand_id} and day = any(${rebuild.days}::date[]) group by day
      ) p on p.day = d.day`)

/** The movements in the brand's currency, each amount rounded once; those without a rate are not `mine` and have no amounts. */
const converted = (rebuild: Rebuild): Sql => sql`
  select day, rate is not null as mine, orders, units, round(gross * rate) as gross, round(discounts * rate) as discounts,
    round(returned * rate) as returned, round(adjusted * rate) as adjusted, round(tax * rate) as tax,
    round(shipping * rate) as shipping, new_key, old_key, is_first
  from (
    select m.*, case when m.currency = ${rebuild.currency} then 1 else fx.rate end as rate
    from (${movements(rebuild)}) m left join ${rateTable(rebuild.rates)} on fx.day = m.sold_on and fx.currency = m.currency
  ) rated`

/**
 * What happened to the store on these days, in the order's currency, whose rate is that of `sold_on`. An order counts on
 * its day even when it was cancelled: the sale stands, and its refund is the return on the refund's own day, with the tax
 * that was given back; what went back for no line is an adjustment of that day. Cancelled orders make nobody a customer.
 * Test orders are out. new_key: the customer whose first order this is; old_key: one who first ordered earlier; is_first: of a first order, or its refund.
 */
const movements = ({ tenant_id, brand_id, days, customers, refundedOrders }: Rebuild): Sql => sql`
  select o.day, o.day as sold_on, o.currency, 1 as orders, o.units, o.gross_micros as gross, o.discounts_micros as discounts,
    0 as returned, 0 as adjusted, o.tax_micros as tax, o.shipping_micros as shipping,
    case when c.first_order_id = o.order_id then o.customer_key end as new_key,
    case when c.first_order_day < o.day and o.cancelled_at is null then o.customer_key end as old_key,
    c.first_order_id = o.order_id as is_first
  from orders o
    left join customers c on c.tenant_id = ${tenant_id} and c.brand_id = ${brand_id} and c.customer_key = any(${customers}::text[])
      and c.customer_key = o.customer_key
  where o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id} and o.day = any(${days}::date[]) and not o.is_test
  union all
  select r.day, o.day, o.currency, 0, 0, 0, 0, r.returns_micros, r.adjustment_micros, -r.tax_micros, 0, null, null,
    exists (select from customers c where c.tenant_id = ${tenant_id} and c.brand_id = ${brand_id} and c.customer_key = o.customer_key
      and c.first_order_id = o.order_id)
  from refunds r
    join orders o on o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id} and o.order_id = any(${refundedOrders}::text[])
      and o.order_id = r.order_id
  where r.tenant_id = ${tenant_id} and r.brand_id = ${brand_id} and r.day = any(${days}::date[]) and not o.is_test
  union all
  select o.adjustment_day, o.day, o.currency, 0, 0, 0, 0, 0, o.adjustment_micros, 0, 0, null, null, false
  from orders o
  where o.tenant_id = ${tenant_id} and o.brand_id = ${brand_id} and o.adjustment_day = any(${days}::date[]) and not o.is_test`

/** A row per campaign and day, as the platform reports it. */
const insertAds = (db: Db, rebuild: Rebuild): Promise<unknown> => {
  const { tenant_id, brand_id, currency, days, version } = rebuild
  return db.query(sql`
    insert into unified_performance (tenant_id, brand_id, day, part, provider, campaign_id, currency, version, incomplete,
      spend_micros, impressions, clicks, claimed_conversions, claimed_value_micros)
    select a.tenant_id, a.brand_id, a.day, 'ads', a.provider, a.campaign_id, ${currency}, ${version}, case when m.rate is null then 1 else 0 end,
      round(a.spend_micros * m.rate), case when m.rate is not null then a.impressions end, case when m.rate is not null then a.clicks end,
      case when m.rate is not null then a.claimed_conversions end, round(a.claimed_value_micros * m.rate)
    from ad_performance a left join ${rateTable(rebuild.rates)} on fx.day = a.day and fx.currency = a.currency
      cross join lateral (select case when a.currency = ${currency} then 1 else fx.rate end as rate) m
    where a.tenant_id = ${tenant_id} and a.brand_id = ${brand_id} and a.day = any(${days}::date[])`)
}
