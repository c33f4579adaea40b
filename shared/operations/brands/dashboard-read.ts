import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { HOURLY_CURSOR } from '../../sync/state.ts'
import { actor } from '../../tenant.ts'
import type { Period } from './period.ts'

/** Sums of one day over shop and ads; null: there are only rows that could not be converted. */
export type DayRow = {
  day: string
  gross: bigint | null
  discounts: bigint | null
  returns: bigint | null
  adjustments: bigint | null
  net: bigint | null
  tax: bigint | null
  shipping: bigint | null
  orders: bigint | null
  units: bigint | null
  new_customers: bigint | null
  returning_customers: bigint | null
  spend: bigint | null
  incomplete_store: bigint
  incomplete_ads: bigint
}
/** What was spent on an earner and what it is credited with, in the chosen ledger; `touch_net` always in the touch ledger. */
export type EarnedRow = {
  provider: string
  spend: bigint | null
  impressions: bigint | null
  clicks: bigint | null
  claimed_conversions: number | null
  claimed_value: bigint | null
  orders: number | null
  new_customers: number | null
  net: bigint | null
  touch_net: bigint | null
  incomplete: bigint
}
export type ChannelRow = EarnedRow & { bucket: string }
export type CampaignRow = EarnedRow & { campaign_id: string; name: string | null; status: string | null; total: bigint }
export type ConnectionRow = {
  brand_id: string
  integration_id: string
  platform: string
  account_name: string
  status: string
  last_synced_at: Date | null
  complete_until: Date | null
  sync_error_code: string | null
  sync_error_message: string | null
}
export type Chosen = { brandId: string; model: string; ledger: 'order' | 'touch' }

export const readDays = (db: Db, brandId: string, { since, until }: Period): Promise<DayRow[]> =>
  db.query(sql`
    select day, sum(gross_micros)::bigint as gross, sum(discounts_micros)::bigint as discounts,
      sum(returns_micros)::bigint as returns, sum(adjustments_micros)::bigint as adjustments, sum(net_micros)::bigint as net,
      sum(tax_micros)::bigint as tax, sum(shipping_micros)::bigint as shipping, sum(orders)::bigint as orders,
      sum(units)::bigint as units, sum(new_customers)::bigint as new_customers,
      sum(returning_customers)::bigint as returning_customers, sum(spend_micros)::bigint as spend,
      coalesce(sum(incomplete) filter (where part = 'store'), 0)::bigint as incomplete_store,
      coalesce(sum(incomplete) filter (where part = 'ads'), 0)::bigint as incomplete_ads
    from unified_performance
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and day >= ${since}::date and day < ${until}::date
      and part in ('store', 'ads')
    group by day order by day`)

const earned = ({ brandId, model, ledger }: Chosen, { since, until }: Period) => sql`
  select provider, campaign_id, case when part = 'ads' then 'campaign' else bucket end as bucket,
    spend_micros as spend, impressions, clicks, claimed_conversions, claimed_value_micros as claimed_value, incomplete,
    orders, new_customers, net_micros as net, ledger = 'touch' as is_touch, ledger = ${ledger} as is_chosen
  from unified_performance
  where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and day >= ${since}::date and day < ${until}::date
    and (part = 'ads' or (part = 'credit' and model = ${model} and ledger in ('touch', ${ledger})))`

const SUMS = sql`
  sum(spend)::bigint as spend, sum(impressions)::bigint as impressions, sum(clicks)::bigint as clicks,
  sum(claimed_conversions)::double precision as claimed_conversions, sum(claimed_value)::bigint as claimed_value,
  (sum(orders) filter (where is_chosen))::double precision as orders,
  (sum(new_customers) filter (where is_chosen))::double precision as new_customers,
  (sum(net) filter (where is_chosen))::bigint as net, (sum(net) filter (where is_touch))::bigint as touch_net,
  coalesce(sum(incomplete) filter (where is_chosen), 0)::bigint as incomplete`

/** Largest spend first, then largest credit. */
const ORDER = sql`order by coalesce(sum(spend), 0) desc, coalesce(sum(net) filter (where is_chosen), 0) desc, provider`

export const readChannels = (db: Db, chosen: Chosen, period: Period): Promise<ChannelRow[]> =>
  db.query(
    sql`select bucket, provider, ${SUMS} from (${earned(chosen, period)}) e group by bucket, provider ${ORDER}, bucket`,
  )

/** The top `limit`; `total` counts all. Names are as the platform has them now. */
export const readCampaigns = (db: Db, chosen: Chosen, page: Period & { limit: number }): Promise<CampaignRow[]> =>
  db.query(sql`
    select e.*, c.name, c.status from (
      select provider, campaign_id, ${SUMS}, count(*) over () as total,
        row_number() over (${ORDER}, campaign_id) as rank
      from (${earned(chosen, page)}) e where campaign_id <> ''
      group by provider, campaign_id ${ORDER}, campaign_id limit ${page.limit}
    ) e
    left join campaigns c on c.tenant_id = ${actor().tenantId} and c.brand_id = ${chosen.brandId}
      and c.provider = e.provider and c.campaign_id = e.campaign_id
    order by e.rank`)

/** Each connection of the brand (null: of all brands) and the instant before which all its streams are complete. */
export const readConnections = (db: Db, brandId: string | null): Promise<ConnectionRow[]> =>
  db.query(sql`
    select i.brand_id, i.integration_id, i.platform, i.account_name, i.status, i.last_synced_at, i.sync_error_code, i.sync_error_message,
      case when bool_and(s.complete_until is not null) then min(s.complete_until) end as complete_until
    from integrations i
      left join sync_state s on s.tenant_id = i.tenant_id and s.integration_id = i.integration_id
        and s.run_id = ${HOURLY_CURSOR}
    where i.tenant_id = ${actor().tenantId} ${brandId === null ? sql`` : sql`and i.brand_id = ${brandId}`}
    group by i.tenant_id, i.integration_id order by i.platform, i.account_name, i.integration_id`)
