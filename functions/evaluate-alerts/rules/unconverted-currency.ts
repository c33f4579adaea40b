import { type Sql, sql, trusted } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { actor } from '../../../shared/tenant.ts'
import { counted } from '../counted.ts'
import type { Rule, Verdict } from '../rule.ts'

/** A brand has orders or ad spend in a currency without an exchange rate: they are kept, but no figure includes them. */
export const unconvertedCurrency: Rule = {
  rule: 'unconverted_currency',
  on: { 'orders.attributed': judgeBrand },
}

type Brand = { brand_id: string; name: string; currency: string }
type Unconverted = { currency: string; orders: bigint; ad_days: bigint }

async function judgeBrand(db: Db, { data }: ReceivedEvent<'orders.attributed'>): Promise<readonly Verdict[]> {
  const { brand_id, days } = data
  const brand = await db.one<Brand>(
    sql`select brand_id, name, currency from brands where tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`,
  )
  if (!brand) return []
  const currencies = await suspects(db, brand, days)
  if (currencies.length === 0) return []
  const counted = new Map((await countRows(db, brand, currencies)).map((row) => [row.currency, row]))
  return currencies.map((currency) => {
    const rows = counted.get(currency)
    return rows ? raise(rows, brand) : { clear: prefixOf(brand) + currency }
  })
}

const prefixOf = ({ brand_id }: Brand): string => `unconverted_currency:${brand_id}:`

/** Currencies that stand in the event's days, by their index, or have an open alert: only these are counted in full. */
async function suspects(db: Db, brand: Brand, days: readonly string[]): Promise<string[]> {
  const found = await db.query<{ currency: string }>(sql`
    select currency from (${unconverted(brand)}) row where day = any(${days}::date[])
    union
    select substr(cause, ${prefixOf(brand).length + 1}) from alerts
    where tenant_id = ${actor().tenantId} and starts_with(cause, ${prefixOf(brand)}) and status <> 'resolved'`)
  return found.map((row) => row.currency).sort()
}

const countRows = (db: Db, brand: Brand, currencies: readonly string[]): Promise<Unconverted[]> =>
  db.query<Unconverted>(sql`
    select currency, count(*) filter (where kind = 'order') as orders, count(*) filter (where kind = 'ad') as ad_days
    from (${unconverted(brand)}) row where currency = any(${currencies}::text[]) group by currency`)

/** Rows without a rate; of those that came after their day was made, without one to come. Test orders are out. */
function unconverted({ brand_id, currency }: Brand): Sql {
  const { tenantId } = actor()
  const rowsOf = (kind: string, table: string): Sql => sql`
    select ${kind} as kind, t.currency, t.day from ${trusted(table)} t
      left join brand_rates r on r.tenant_id = ${tenantId} and r.brand_id = ${brand_id} and r.day = t.day
        and r.currency = t.currency and r.base = ${currency}
    where t.tenant_id = ${tenantId} and t.brand_id = ${brand_id} and t.currency <> ${currency}
      and case when r.day is null then fx_rate(t.currency, ${currency}, t.day) else r.rate end is null`
  return sql`${rowsOf('order', 'orders')} and not t.is_test union all ${rowsOf('ad', 'ad_performance')}`
}

function raise({ currency, orders, ad_days }: Unconverted, brand: Brand): Verdict {
  const rows = `${counted(orders, 'order')} and ${counted(ad_days, 'campaign day')}`
  return {
    raise: prefixOf(brand) + currency,
    brandId: brand.brand_id,
    title: `${brand.name} has figures in ${currency} that are not in its totals`,
    message:
      `${rows} of ${brand.name} are in ${currency}, while the brand reports in ${brand.currency}, and the European Central Bank ` +
      'published no rate between the two in the seven days before. They are stored, but left out of every total, which is ' +
      'marked as incomplete. A rate that comes later adds them by itself. Otherwise set the brand to the currency of its ' +
      'accounts, or connect accounts that report in a currency with rates.',
    details: { currency, brand_currency: brand.currency, orders: Number(orders), ad_days: Number(ad_days) },
  }
}
