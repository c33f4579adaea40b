import { linear } from '../../attribution/linear.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import type { Period } from '../brands/period.ts'

/** A campaign that was paid for and that no visit of an order names. `spend` in micros of the brand's currency. */
export type UnvisitedCampaign = {
  provider: string
  campaign_id: string
  name: string | null
  /** null: nothing of it has a rate. */
  spend: bigint | null
  /** Its days in another currency without a rate: in no sum. */
  incomplete: number
}
/** Of all that a list is cut from. */
export type Whole = { total: number; total_incomplete: number }

/** Paid visits with the same parameters, none of which names a campaign that we know. */
export type UnmatchedVisits = {
  /** '' when the link tells none. */
  provider: string
  source: string | null
  medium: string | null
  campaign: string | null
  campaign_id: string | null
  visits: number
  orders: number
  /** What they are credited with, every touch of an order the same, in micros of the brand's currency; null: nothing has a rate. */
  net: bigint | null
  /** Visits of orders in another currency without a rate: in no sum. */
  incomplete: number
}

type Page = Period & { limit: number }

/** Largest spend first. A visit counts on its own day, as spend does. */
export const readUnvisitedCampaigns = (
  db: Db,
  brandId: string,
  page: Page,
): Promise<(UnvisitedCampaign & Whole & { total_spend: bigint })[]> => {
  const { tenantId } = actor()
  return db.query(sql`
    select u.provider, u.campaign_id, c.name, u.spend, u.incomplete, count(*) over ()::int as total,
      coalesce(sum(u.spend) over (), 0)::bigint as total_spend, sum(u.incomplete) over ()::int as total_incomplete
    from (
      select provider, campaign_id, sum(spend_micros)::bigint as spend, (sum(incomplete) filter (where part = 'ads'))::int as incomplete
      from unified_performance
      where tenant_id = ${tenantId} and brand_id = ${brandId} and day >= ${page.since}::date and day < ${page.until}::date
        and campaign_id <> '' and (part = 'ads' or (part = 'credit' and model = ${linear.name} and ledger = 'touch'))
      group by provider, campaign_id
      having not bool_or(part = 'credit') and (sum(spend_micros) > 0 or sum(incomplete) filter (where part = 'ads') > 0)
    ) u
      left join campaigns c on c.tenant_id = ${tenantId} and c.brand_id = ${brandId} and c.provider = u.provider
        and c.campaign_id = u.campaign_id
    order by u.spend desc nulls last, u.provider, u.campaign_id limit ${page.limit}`)
}

/** Most visits first. A credit knows its touch by the place in the order's window, counted here as it was there. */
export const readUnmatchedVisits = (
  db: Db,
  brandId: string,
  page: Page & { windowDays: number },
): Promise<(UnmatchedVisits & Whole)[]> => {
  const { tenantId } = actor()
  return db.query(sql`
    with credited as materialized (
      select a.order_id, a.position, a.provider, sum(a.net_micros) filter (where a.currency = b.currency) as net
      from order_attributions a join brands b on b.tenant_id = a.tenant_id and b.brand_id = a.brand_id
      where a.tenant_id = ${tenantId} and a.brand_id = ${brandId} and a.touch_ledger_day >= ${page.since}::date
        and a.touch_ledger_day < ${page.until}::date and a.bucket = 'unmatched_paid' and a.model = ${linear.name}
      group by a.order_id, a.position, a.provider
    ), touched as (
      select t.order_id, t.parameters, t.campaign_id_hint,
        row_number() over (partition by t.order_id order by t.occurred_at, t.visit_id collate "C") as position
      from touchpoints t join orders o on o.tenant_id = ${tenantId} and o.brand_id = ${brandId} and o.order_id = t.order_id
        and t.occurred_at between o.processed_at - ${page.windowDays}::int * interval '24 hours' and o.processed_at
      where t.tenant_id = ${tenantId} and t.brand_id = ${brandId} and t.order_id = any(array(select order_id from credited))
    )
    select v.*, count(*) over ()::int as total, sum(v.incomplete) over ()::int as total_incomplete from (
      select c.provider, t.parameters ->> 'utm_source' as source, t.parameters ->> 'utm_medium' as medium,
        t.parameters ->> 'utm_campaign' as campaign, t.campaign_id_hint as campaign_id, count(*)::int as visits,
        count(distinct c.order_id)::int as orders, sum(c.net)::bigint as net, (count(*) filter (where c.net is null))::int as incomplete
      from credited c join touched t on t.order_id = c.order_id and t.position = c.position group by 1, 2, 3, 4, 5
    ) v
    order by visits desc, net desc nulls last, 1, 2, 3, 4, 5 limit ${page.limit}`)
}
