import { type Sql, sql, trusted } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { FIGURE_NAMES, type FigureName, type Sums } from '../../metrics/figures.ts'
import { actor } from '../../tenant.ts'
import type { Period } from '../brands/period.ts'

/** One brand's sums in its own currency, and at each day's rate in the currency asked for. */
export type BrandSums = {
  brand_id: string
  name: string
  currency: string
  own: Sums
  converted: Sums
  /** Rows without a rate to the brand's currency, and days without one to the other: in no sum. */
  incomplete: number
}

const MONEY = [
  'gross',
  'discounts',
  'returns',
  'adjustments',
  'net',
  'tax',
  'shipping',
  'new_net',
  'spend',
  'paid_net',
] as const
const COUNTS = ['orders', 'units', 'new_customers', 'returning_customers', 'impressions', 'clicks'] as const
/** What brands can be compared by: claims of platforms and credits of models are not. */
export const BRAND_FIGURES: readonly FigureName[] = [...MONEY, ...COUNTS]

type Read = Record<string, bigint | string | null> & {
  brand_id: string
  name: string
  currency: string
  incomplete: bigint
}
type Asked = { period: Period; currency: string; model: string }

/** Every brand of the tenant, by name. */
export async function readBrands(db: Db, asked: Asked): Promise<BrandSums[]> {
  const rows = await db.query<Read>(select(asked))
  return rows.map((row) => ({
    brand_id: row.brand_id,
    name: row.name,
    currency: row.currency,
    own: sumsOf(row, 'own_'),
    converted: sumsOf(row, 'other_'),
    incomplete: Number(row.incomplete),
  }))
}

const sumsOf = (row: Read, prefix: string): Sums => {
  const value = (name: FigureName): bigint | null => {
    const found = row[prefix + name]
    return typeof found === 'bigint' ? found : null
  }
  return Object.fromEntries(FIGURE_NAMES.map((name) => [name, value(name)])) as Sums // every name has its entry
}

/** A figure is unknown where there are only rows without a rate; a brand in which nothing happened has zeros. */
function select({ period: { since, until }, currency, model }: Asked): Sql {
  const { tenantId } = actor()
  const here = sql`tenant_id = ${tenantId} and day >= ${since}::date and day < ${until}::date`
  const sums = (of: readonly string[], prefix: string, value: (name: string) => string): string =>
    of.map((name) => `${value(name)} as ${prefix}${name}`).join(', ')
  const known = (sum: string, waiting: string): string =>
    `case when ${sum} is null and ${waiting} > 0 then null else coalesce(${sum}, 0) end`
  return sql`
    with daily as (
      select brand_id, day, sum(gross_micros) as gross, sum(discounts_micros) as discounts, sum(returns_micros) as returns,
        sum(adjustments_micros) as adjustments, sum(net_micros) filter (where part = 'store') as net, sum(tax_micros) as tax,
        sum(shipping_micros) as shipping, sum(new_net_micros) as new_net, sum(spend_micros) as spend,
        sum(net_micros) filter (where part = 'credit' and bucket in ('campaign', 'unmatched_paid') and exists (
          select from unified_performance a where a.tenant_id = ${tenantId} and a.brand_id = u.brand_id and a.day >= ${since}::date
            and a.day < ${until}::date and a.part = 'ads' and a.provider = u.provider and a.spend_micros > 0)) as paid_net,
        sum(orders) filter (where part = 'store') as orders, sum(units) as units,
        sum(new_customers) filter (where part = 'store') as new_customers, sum(returning_customers) as returning_customers,
        sum(impressions) as impressions, sum(clicks) as clicks, coalesce(sum(incomplete) filter (where part <> 'credit'), 0) as incomplete
      from unified_performance u
      where ${here} and (part in ('store', 'ads') or (part = 'credit' and model = ${model} and ledger = 'touch'))
      group by brand_id, day
    ), rates as (
      select d.day, b.currency, fx_rate(b.currency, ${currency}, d.day) as rate
      from (select distinct brand_id, day from daily) d join brands b on b.tenant_id = ${tenantId} and b.brand_id = d.brand_id
      group by d.day, b.currency
    ), summed as (
      select d.brand_id, sum(d.incomplete) + count(*) filter (where r.rate is null) as incomplete,
        ${trusted(sums(MONEY, 'own_', (name) => `sum(d.${name})::bigint`))},
        ${trusted(sums(MONEY, 'other_', (name) => `sum(round(d.${name} * r.rate))::bigint`))},
        ${trusted(sums(COUNTS, 'own_', (name) => `(sum(d.${name}) * 1000000)::bigint`))}
      from daily d join brands b on b.tenant_id = ${tenantId} and b.brand_id = d.brand_id
        join rates r on r.day = d.day and r.currency = b.currency
      group by d.brand_id
    )
    select b.brand_id, b.name, b.currency, coalesce(s.incomplete, 0)::bigint as incomplete,
      ${trusted(sums([...MONEY, ...COUNTS], 'own_', (name) => known(`s.own_${name}`, 'coalesce(s.incomplete, 0)')))},
      ${trusted(sums(MONEY, 'other_', (name) => known(`s.other_${name}`, 'coalesce(s.incomplete, 0)')))},
      ${trusted(sums(COUNTS, 'other_', (name) => known(`s.own_${name}`, 'coalesce(s.incomplete, 0)')))}
    from brands b left join summed s on s.brand_id = b.brand_id
    where b.tenant_id = ${tenantId} order by b.name, b.brand_id`
}
