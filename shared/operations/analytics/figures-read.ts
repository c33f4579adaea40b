import { type Sql, sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { FIGURE_NAMES, FIGURES, type FigureName, type Sums } from '../../metrics/figures.ts'
import { actor } from '../../tenant.ts'
import type { Period } from '../brands/period.ts'

export const INTERVALS = ['total', 'day', 'week', 'month'] as const
export type Interval = (typeof INTERVALS)[number]
export const DIMENSIONS = ['none', 'channel', 'campaign', 'product'] as const
export type By = (typeof DIMENSIONS)[number]

export type Asked = { brandId: string; model: string; ledger: 'order' | 'touch'; interval: Interval; by: By }

/** Sums of one stretch of time and one part of the business. */
export type FigureRow = {
  /** First day of the stretch, inside the period. */
  since: string
  /** '' where nothing is broken down. */
  key: string
  label: string | null
  sums: Sums
  /** Rows in another currency without a rate: in no sum. */
  incomplete: Incomplete
}
export type Incomplete = { store: number; ads: number; credits: number }

type Read = Partial<Record<FigureName, bigint | null>> & {
  since: string
  key: string
  label: string | null
  incomplete_store: bigint
  incomplete_ads: bigint
  incomplete_credits: bigint
}

/** All rows of the period, oldest first, then by key. Every figure in millionths. */
export async function readFigures(db: Db, { by, ...asked }: Asked, period: Period): Promise<FigureRow[]> {
  const select = by === 'product' ? productRows({ by, ...asked }, period) : performanceRows({ by, ...asked }, period)
  const rows = await db.query<Read>(select)
  return rows.map(({ since, key, label, incomplete_store, incomplete_ads, incomplete_credits, ...figures }) => {
    const incomplete = {
      store: Number(incomplete_store),
      ads: Number(incomplete_ads),
      credits: Number(incomplete_credits),
    }
    const sums = FIGURE_NAMES.map((name) => [name, known(name, figures[name] ?? null, incomplete)])
    return { since, key, label, incomplete, sums: Object.fromEntries(sums) as Sums } // every name has its entry
  })
}

/** The stretch in which nothing happened. */
export const nothing = (since: string): FigureRow => ({
  since,
  key: '',
  label: null,
  incomplete: { store: 0, ads: 0, credits: 0 },
  sums: Object.fromEntries(FIGURE_NAMES.map((name) => [name, 0n])) as Sums, // every name has its entry
})

/** Nothing at all is 0; a figure is unknown when every row of it waits for a rate, and costs as soon as one is missing. */
function known(name: FigureName, sum: bigint | null, incomplete: Incomplete): bigint | null {
  if (sum !== null || name === 'cogs') return sum
  const { source } = FIGURES[name]
  const waiting = source === 'ads' ? incomplete.ads : source === 'credit' ? incomplete.credits : incomplete.store
  return waiting > 0 ? null : 0n
}

/** A stretch begins with its period, be it in the middle of a week. Weeks begin on Monday. */
function stretch(interval: Interval, { since }: Period): Sql {
  if (interval === 'total') return sql`${since}::date`
  if (interval === 'day') return sql`day`
  return sql`greatest(date_trunc(${interval}, day::timestamp)::date, ${since}::date)`
}

/** Paid traffic by its platform, all other by its bucket. */
const CHANNEL = sql`case when part = 'ads' or bucket in ('campaign', 'unmatched_paid') then coalesce(nullif(provider, ''), 'unmatched_paid') else bucket end`

const KEYS: Readonly<Record<Exclude<By, 'product'>, Sql>> = {
  none: sql`''`,
  channel: CHANNEL,
  campaign: sql`provider || ':' || campaign_id`,
}

type PerformanceAsked = Asked & { by: keyof typeof KEYS }

const performanceRows = (asked: PerformanceAsked, period: Period): Sql => sql`
  select f.*, ${asked.by === 'campaign' ? sql`c.name` : sql`null`} as label from (${sums(asked, period)}) f
  ${
    asked.by === 'campaign'
      ? sql`left join campaigns c on c.tenant_id = ${actor().tenantId} and c.brand_id = ${asked.brandId}
          and c.provider || ':' || c.campaign_id = f.key`
      : sql``
  }
  order by f.since, f.key`

/**
 * Of the store only where nothing is broken down. The net that ROAS counts is that of paid traffic of platforms which
 * spent in the period: the rest would flatter it. Costs of goods are unknown as soon as one day's are.
 */
function sums({ brandId, model, ledger, interval, by }: PerformanceAsked, period: Period): Sql {
  const { tenantId } = actor()
  const where = sql`tenant_id = ${tenantId} and brand_id = ${brandId} and day >= ${period.since}::date and day < ${period.until}::date`
  const parts = by === 'none' ? sql`part in ('store', 'ads')` : sql`part = 'ads'`
  const inKey = by === 'campaign' ? sql`and campaign_id <> ''` : sql``
  const micros = (figure: Sql): Sql => sql`sum(${figure})::bigint`
  const incomplete = (part: string): Sql => sql`coalesce(sum(incomplete) filter (where part = ${part}), 0)::bigint`
  const store = (figure: Sql): Sql => sql`(sum(${figure}) filter (where part = 'store') * 1000000)::bigint`
  const credit = (figure: Sql): Sql =>
    sql`(sum(${figure}) filter (where part = 'credit' and ledger = ${ledger}) * 1000000)::bigint`
  return sql`
    select ${stretch(interval, period)} as since, ${KEYS[by]} as key,
      ${incomplete('store')} as incomplete_store, ${incomplete('ads')} as incomplete_ads, ${incomplete('credit')} as incomplete_credits,
      ${micros(sql`gross_micros`)} as gross, ${micros(sql`discounts_micros`)} as discounts, ${micros(sql`returns_micros`)} as returns,
      ${micros(sql`adjustments_micros`)} as adjustments, (sum(net_micros) filter (where part = 'store'))::bigint as net,
      ${micros(sql`tax_micros`)} as tax, ${micros(sql`shipping_micros`)} as shipping, ${micros(sql`new_net_micros`)} as new_net,
      case when not bool_or(part = 'store' and cogs_micros is null) then coalesce(${micros(sql`cogs_micros`)}, 0) end as cogs,
      ${store(sql`orders`)} as orders, ${store(sql`units`)} as units, ${store(sql`new_customers`)} as new_customers,
      ${store(sql`returning_customers`)} as returning_customers,
      ${micros(sql`spend_micros`)} as spend, (sum(impressions) * 1000000)::bigint as impressions, (sum(clicks) * 1000000)::bigint as clicks,
      (sum(claimed_conversions) * 1000000)::bigint as claimed_conversions, ${micros(sql`claimed_value_micros`)} as claimed_value,
      (sum(net_micros) filter (where part = 'credit' and ledger = ${ledger}))::bigint as credited_net,
      ${credit(sql`orders`)} as credited_orders, ${credit(sql`new_customers`)} as credited_new_customers,
      (sum(net_micros) filter (where part = 'credit' and ledger = 'touch' and bucket in ('campaign', 'unmatched_paid')
        and provider = any(array(select provider from unified_performance where ${where} and part = 'ads' and spend_micros > 0))))::bigint as paid_net
    from unified_performance
    where ${where} and (${parts} or (part = 'credit' and model = ${model})) ${inKey}
    group by 1, 2`
}

const productRows = ({ brandId, interval }: Asked, period: Period): Sql => {
  const { tenantId } = actor()
  return sql`
    select f.*, p.title as label from (
      select ${stretch(interval, period)} as since, product_id as key, coalesce(sum(incomplete), 0)::bigint as incomplete_store,
        0::bigint as incomplete_ads, 0::bigint as incomplete_credits, (sum(orders) * 1000000)::bigint as orders, (sum(units) * 1000000)::bigint as units, sum(gross_micros)::bigint as gross,
        sum(discounts_micros)::bigint as discounts, sum(returns_micros)::bigint as returns, sum(net_micros)::bigint as net,
        case when not bool_or(cogs_micros is null) then sum(cogs_micros)::bigint end as cogs
      from product_performance
      where tenant_id = ${tenantId} and brand_id = ${brandId} and day >= ${period.since}::date and day < ${period.until}::date
      group by 1, 2) f
    left join products p on p.tenant_id = ${tenantId} and p.brand_id = ${brandId} and p.product_id = f.key
    order by f.since, f.key`
}
