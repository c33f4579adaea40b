import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Rule, Verdict } from '../rule.ts'

/** A brand has orders or ad spend in another currency than its own: they are kept, but no figure includes them. */
export const unconvertedCurrency: Rule = {
  rule: 'unconverted_currency',
  on: { 'orders.attributed': judgeBrand },
}

type Brand = { name: string; currency: string }
type Foreign = { currency: string; orders: bigint; ad_days: bigint }

async function judgeBrand(db: Db, { data }: ReceivedEvent<'orders.attributed'>): Promise<readonly Verdict[]> {
  const { brand_id, days } = data
  const brand = await db.one<Brand>(
    sql`select name, currency from brands where tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`,
  )
  if (!brand) return []
  const prefix = `unconverted_currency:${brand_id}:`
  const currencies = await suspects(db, { brand_id, prefix, days, currency: brand.currency })
  if (currencies.length === 0) return []
  const foreign = new Map((await countRows(db, { brand_id, currencies })).map((row) => [row.currency, row]))
  return currencies.map((currency) => {
    const rows = foreign.get(currency)
    return rows && currency !== brand.currency
      ? raise(rows, { ...brand, brand_id, prefix })
      : { clear: prefix + currency }
  })
}

type Asked = { brand_id: string; prefix: string; days: readonly string[]; currency: string }

/** Currencies that stand in the event's days, by their index, or have an open alert: only these are counted in full. */
async function suspects(db: Db, { brand_id, prefix, days, currency }: Asked): Promise<string[]> {
  const { tenantId } = actor()
  const found = await db.query<{ currency: string }>(sql`
    select currency from orders
    where tenant_id = ${tenantId} and brand_id = ${brand_id} and day = any(${days}::date[]) and currency <> ${currency} and not is_test
    union
    select currency from ad_performance
    where tenant_id = ${tenantId} and brand_id = ${brand_id} and day = any(${days}::date[]) and currency <> ${currency}
    union
    select substr(cause, ${prefix.length + 1}) from alerts
    where tenant_id = ${tenantId} and starts_with(cause, ${prefix}) and status <> 'resolved'`)
  return found.map((row) => row.currency).sort()
}

const countRows = (
  db: Db,
  { brand_id, currencies }: { brand_id: string; currencies: string[] },
): Promise<Foreign[]> => {
  const { tenantId } = actor()
  return db.query<Foreign>(sql`
    select currency, count(*) filter (where kind = 'order') as orders, count(*) filter (where kind = 'ad') as ad_days
    from (
      select 'order' as kind, currency from orders
      where tenant_id = ${tenantId} and brand_id = ${brand_id} and currency = any(${currencies}::text[]) and not is_test
      union all
      select 'ad', currency from ad_performance
      where tenant_id = ${tenantId} and brand_id = ${brand_id} and currency = any(${currencies}::text[])
    ) row group by currency`)
}

type Owner = Brand & { brand_id: string; prefix: string }

function raise({ currency, orders, ad_days }: Foreign, { name, currency: own, brand_id, prefix }: Owner): Verdict {
  const rows = `${orders} order(s) and ${ad_days} campaign day(s)`
  return {
    raise: prefix + currency,
    brandId: brand_id,
    title: `${name} has figures in ${currency} that are not in its totals`,
    message:
      `${rows} of ${name} are in ${currency}, while the brand reports in ${own}. They are stored, but left out of every total, ` +
      'which is marked as incomplete. Set the brand to the currency of its accounts, or connect accounts that report in its own.',
    details: { currency, brand_currency: own, orders: Number(orders), ad_days: Number(ad_days) },
  }
}
