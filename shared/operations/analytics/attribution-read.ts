import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import type { Period } from '../brands/period.ts'

/** What one model credits to an earner; sums of the period. */
export type CreditRow = {
  model: string
  bucket: string
  provider: string
  campaign_id: string
  net: bigint | null
  orders: number | null
  new_customers: number | null
  incomplete: number
}
/** What the platform says of the same. */
export type AdsRow = {
  provider: string
  campaign_id: string
  spend: bigint | null
  claimed_conversions: number | null
  claimed_value: bigint | null
  incomplete: number
}

type Asked = { brandId: string; ledger: 'order' | 'touch'; models: readonly string[]; byCampaign: boolean }

export function readCredits(
  db: Db,
  { brandId, ledger, models, byCampaign }: Asked,
  period: Period,
): Promise<CreditRow[]> {
  const campaign = byCampaign ? sql`campaign_id` : sql`''`
  return db.query<CreditRow>(sql`
    select model, bucket, provider, ${campaign} as campaign_id, sum(net_micros)::bigint as net, sum(orders)::float8 as orders,
      sum(new_customers)::float8 as new_customers, sum(incomplete)::int as incomplete
    from unified_performance
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and day >= ${period.since}::date and day < ${period.until}::date
      and part = 'credit' and ledger = ${ledger} and model = any(${models}::text[])
    group by 1, 2, 3, 4`)
}

export function readAds(db: Db, { brandId, byCampaign }: Asked, period: Period): Promise<AdsRow[]> {
  const campaign = byCampaign ? sql`campaign_id` : sql`''`
  return db.query<AdsRow>(sql`
    select provider, ${campaign} as campaign_id, sum(spend_micros)::bigint as spend,
      sum(claimed_conversions)::float8 as claimed_conversions, sum(claimed_value_micros)::bigint as claimed_value,
      sum(incomplete)::int as incomplete
    from unified_performance
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and day >= ${period.since}::date and day < ${period.until}::date
      and part = 'ads'
    group by 1, 2`)
}

export const readCampaignNames = async (
  db: Db,
  brandId: string,
  ids: readonly string[],
): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map()
  const rows = await db.query<{ key: string; name: string }>(sql`
    select provider || ':' || campaign_id as key, name from campaigns
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and campaign_id = any(${ids}::text[])`)
  return new Map(rows.map(({ key, name }) => [key, name]))
}

export const readStoreNet = async (db: Db, brandId: string, period: Period): Promise<bigint | null> => {
  const row = await db.one<{ net: bigint | null }>(sql`
    select sum(net_micros)::bigint as net from unified_performance
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and day >= ${period.since}::date and day < ${period.until}::date
      and part = 'store'`)
  return row?.net ?? 0n
}
