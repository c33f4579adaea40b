import pg from 'pg'
import { decimalFromMicros } from '../../shared/units.ts'
import { datasetId } from '../../shared/warehouse/dataset.ts'
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
  spend: Record<string, string>
  credited: { last: Record<string, string> }
}
export type Report = {
  tenants: { tenant_id: string; name: string; brands: BrandReport[] }[]
  events: { postgres: number; bigquery: number }
  alerts: number
  duration_ms: number
}

type BrandRow = {
  tenant_id: string
  tenant: string
  brand_id: string
  name: string
  currency: string
  time_zone: string
}
type Sums = Record<'orders' | 'units' | 'customers' | 'gross' | 'discounts' | 'returns' | 'net', string>
type Part = { key: string; micros: string }

/** What the platform holds now, read from its own read model. Money as decimal strings of the brand's currency. */
export async function makeReport(platform: Platform, durationMs: number): Promise<Report> {
  const client = new pg.Client({ connectionString: platform.postgres.adminUrl })
  await client.connect()
  try {
    const { rows: brands } = await client.query<BrandRow>(
      `select t.id as tenant_id, t.company_name as tenant, b.brand_id, b.name, b.currency, b.time_zone
       from brands b join tenants t on t.id = b.tenant_id order by t.company_name, b.name`,
    )
    const reports = []
    for (const brand of brands) reports.push({ brand, report: await brandReport(client, brand) })
    const tenants = [...Map.groupBy(reports, ({ brand }) => brand.tenant_id).values()].flatMap((group) => {
      const first = group[0]?.brand
      return first
        ? [{ tenant_id: first.tenant_id, name: first.tenant, brands: group.map(({ report }) => report) }]
        : []
    })
    const [events, alerts] = [await count(client, 'observability_events'), await count(client, 'alerts')]
    return {
      tenants,
      events: { postgres: events, bigquery: await warehouseEvents(platform) },
      alerts,
      duration_ms: durationMs,
    }
  } finally {
    await client.end()
  }
}

async function brandReport(client: pg.Client, brand: BrandRow): Promise<BrandReport> {
  const key = [brand.tenant_id, brand.brand_id]
  const { rows } = await client.query<Sums>(
    `select coalesce(sum(orders), 0)::text as orders, coalesce(sum(units), 0)::text as units,
       (select count(distinct customer_key) from orders where tenant_id = $1 and brand_id = $2 and not is_test)::text as customers,
       coalesce(sum(gross_micros), 0)::text as gross, coalesce(sum(discounts_micros), 0)::text as discounts,
       coalesce(sum(returns_micros), 0)::text as returns, coalesce(sum(net_micros), 0)::text as net
     from unified_performance where tenant_id = $1 and brand_id = $2 and part = 'store'`,
    key,
  )
  const { rows: spend } = await client.query<Part>(
    `select provider as key, sum(spend_micros)::text as micros from unified_performance
     where tenant_id = $1 and brand_id = $2 and part = 'ads' group by provider order by provider`,
    key,
  )
  const { rows: credited } = await client.query<Part>(
    `select bucket as key, sum(net_micros)::text as micros from unified_performance
     where tenant_id = $1 and brand_id = $2 and part = 'credit' and model = 'last' and ledger = 'order' group by bucket order by bucket`,
    key,
  )
  const money = (micros: string): string => decimalFromMicros(BigInt(micros), brand.currency)
  const sums = rows[0] ?? {
    orders: '0',
    units: '0',
    customers: '0',
    gross: '0',
    discounts: '0',
    returns: '0',
    net: '0',
  }
  const bucketName = (bucket: string): string => (BUCKETS as Readonly<Record<string, string>>)[bucket] ?? bucket
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
    spend: Object.fromEntries(spend.map(({ key: provider, micros }) => [provider, money(micros)])),
    credited: {
      last: Object.fromEntries(credited.map(({ key: bucket, micros }) => [bucketName(bucket), money(micros)])),
    },
  }
}

async function count(client: pg.Client, table: 'observability_events' | 'alerts'): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`)
  return rows[0]?.n ?? 0
}

/** Rows of every tenant's latest view. */
async function warehouseEvents({ cloud, tenants }: Platform): Promise<number> {
  const counts = await Promise.all(
    tenants.map(async ({ tenant_id }) => {
      const query = `select count(*) as n from \`${datasetId(tenant_id)}.observability_events_latest\``
      const answer = await fetch(`${cloud.url}/bigquery/v2/projects/pulsepoint-local/queries`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, useLegacySql: false }),
      })
      const result = (await answer.json()) as { rows?: { f: { v: string }[] }[] } // our own local cloud's answer
      return Number(result.rows?.[0]?.f[0]?.v ?? 0)
    }),
  )
  return counts.reduce((sum, n) => sum + n, 0)
}
