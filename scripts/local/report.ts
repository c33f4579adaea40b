import type pg from 'pg'
import * as z from 'zod'
import { runAs, systemActor } from '../../shared/tenant.ts'
import { decimalFromMicros } from '../../shared/units.ts'
import { query } from '../../shared/warehouse/query.ts'
import { asAdmin } from './admin.ts'
import type { Platform } from './platform.ts'

/** The buckets by the names people use for them. */
const BUCKETS = {
  campaign: 'campaign',
  unmatched_paid: 'unmatched paid',
  organic: 'organic/referral',
  email: 'e-mail/owned',
  direct: 'direct',
  no_journey: 'no journey',
} as const

export type BrandReport = {
  brand_id: string
  name: string
  currency: string
  time_zone: string
  orders: number
  units: number
  customers: number
  gross: string
  discounts: string
  returns: string
  net: string
  /** By ad platform. */
  spend: Record<string, string>
  /** Net by last touch: of every bucket, and of the bucket of campaigns by ad platform. */
  credited: { last: Record<string, string>; campaigns: Record<string, string> }
  /** Of this brand, not yet resolved. */
  open_alerts: number
}
export type TenantReport = {
  tenant_id: string
  name: string
  brands: BrandReport[]
  /** Rows of observability_events, and of its view in the tenant's dataset. */
  events: { postgres: number; bigquery: number }
  alerts: number
}
export type Report = { tenants: TenantReport[]; duration_ms: number }

type TenantRow = { tenant_id: string; name: string; events: number; alerts: number }
type BrandRow = {
  tenant_id: string
  tenant: string
  brand_id: string
  name: string
  currency: string
  time_zone: string
}
type Sums = Record<'orders' | 'units' | 'customers' | 'gross' | 'discounts' | 'returns' | 'net' | 'open_alerts', string>
type Sum = { key: string; micros: string }

/** What the platform holds now, read from its own read model. Money as decimal strings of the brand's currency. */
export async function makeReport(platform: Platform, durationMs: number): Promise<Report> {
  return asAdmin(platform.postgres, async (client) => {
    const { rows } = await client.query<TenantRow>(
      `select t.id as tenant_id, t.company_name as name,
         (select count(*)::int from observability_events e where e.tenant_id = t.id) as events,
         (select count(*)::int from alerts a where a.tenant_id = t.id) as alerts
       from tenants t where exists (select 1 from brands b where b.tenant_id = t.id) order by t.company_name`,
    )
    const tenants: TenantReport[] = []
    for (const row of rows) tenants.push(await tenantReport(client, row))
    return { tenants, duration_ms: durationMs }
  })
}

async function tenantReport(client: pg.Client, row: TenantRow): Promise<TenantReport> {
  const { tenant_id, name, events, alerts } = row
  const { rows } = await client.query<BrandRow>(
    'select tenant_id, brand_id, name, currency, time_zone from brands where tenant_id = $1 order by name',
    [tenant_id],
  )
  const brands: BrandReport[] = []
  for (const brand of rows) brands.push(await brandReport(client, brand))
  const bigquery = await warehouseEvents(tenant_id)
  return { tenant_id, name, brands, events: { postgres: events, bigquery }, alerts }
}

async function brandReport(client: pg.Client, brand: BrandRow): Promise<BrandReport> {
  const key = [brand.tenant_id, brand.brand_id]
  const { rows } = await client.query<Sums>(
    `select coalesce(sum(orders), 0)::text as orders, coalesce(sum(units), 0)::text as units,
       (select count(distinct customer_key) from orders where tenant_id = $1 and brand_id = $2 and not is_test)::text as customers,
       coalesce(sum(gross_micros), 0)::text as gross, coalesce(sum(discounts_micros), 0)::text as discounts,
       coalesce(sum(returns_micros), 0)::text as returns, coalesce(sum(net_micros), 0)::text as net,
       (select count(*) from alerts where tenant_id = $1 and brand_id = $2 and status <> 'resolved')::text as open_alerts
     from unified_performance where tenant_id = $1 and brand_id = $2 and part = 'store'`,
    key,
  )
  const spend = await sumsBy(client, brand, SPEND)
  const buckets = await sumsBy(client, brand, CREDITED)
  const campaigns = await sumsBy(client, brand, CREDITED_TO_CAMPAIGNS)
  const money = (micros: string): string => decimalFromMicros(BigInt(micros), brand.currency)
  const sums = rows[0] ?? {
    orders: '0',
    units: '0',
    customers: '0',
    gross: '0',
    discounts: '0',
    returns: '0',
    net: '0',
    open_alerts: '0',
  }
  const amounts = (parts: readonly Sum[]): Record<string, string> =>
    Object.fromEntries(parts.map(({ key: name, micros }) => [nameOf(name), money(micros)]))
  return {
    brand_id: brand.brand_id,
    name: brand.name,
    currency: brand.currency,
    time_zone: brand.time_zone,
    orders: Number(sums.orders),
    units: Number(sums.units),
    customers: Number(sums.customers),
    gross: money(sums.gross),
    discounts: money(sums.discounts),
    returns: money(sums.returns),
    net: money(sums.net),
    open_alerts: Number(sums.open_alerts),
    spend: amounts(spend),
    credited: { last: amounts(buckets), campaigns: amounts(campaigns) },
  }
}

type Part = { by: 'provider' | 'bucket'; figure: 'spend_micros' | 'net_micros'; where: string }

const SPEND: Part = { by: 'provider', figure: 'spend_micros', where: "part = 'ads'" }
const LAST_TOUCH = "part = 'credit' and model = 'last' and ledger = 'order'"
const CREDITED: Part = { by: 'bucket', figure: 'net_micros', where: LAST_TOUCH }
const CREDITED_TO_CAMPAIGNS: Part = {
  by: 'provider',
  figure: 'net_micros',
  where: `${LAST_TOUCH} and bucket = 'campaign'`,
}

/** Where nothing could be converted to the brand's currency the sum is unknown, and left out. */
async function sumsBy(client: pg.Client, brand: BrandRow, { by, figure, where }: Part): Promise<Sum[]> {
  const { rows } = await client.query<Sum>(
    `select ${by} as key, sum(${figure})::text as micros from unified_performance
     where tenant_id = $1 and brand_id = $2 and ${where} group by ${by} having sum(${figure}) is not null order by ${by}`,
    [brand.tenant_id, brand.brand_id],
  )
  return rows
}

const nameOf = (bucket: string): string => (BUCKETS as Readonly<Record<string, string>>)[bucket] ?? bucket

/** Read as the tenant: nobody else may. */
const warehouseEvents = (tenantId: string): Promise<number> =>
  runAs(systemActor(tenantId, 'report', 'report'), async () => {
    const sql = 'select count(*) as n from observability_events_latest'
    const [counted] = await query(tenantId, { sql, row: z.object({ n: z.bigint() }) })
    return Number(counted?.n ?? 0)
  })
