import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Campaign } from '../../shared/recommendations/campaign.ts'
import { EFFECT_DAYS, type Margin } from '../../shared/recommendations/recommendation.ts'
import { RESPONSE_DAYS } from '../../shared/recommendations/response.ts'
import { actor } from '../../shared/tenant.ts'
import type { Window } from './settled.ts'

/** Those that spent most of late; what is won at the others is small. */
const MOST_CAMPAIGNS = 100

type Row = { provider: string; campaign_id: string; name: string; budget: number | null; days: Campaign['days'] }

/** Campaigns that are running and spent in the last 28 settled days, with the settled days of half a year for which there are rates. Credited by last touch. */
export function readCampaigns(db: Db, { brandId, currency, until }: Window): Promise<Campaign[]> {
  const { tenantId } = actor()
  const settled = sql`tenant_id = ${tenantId} and brand_id = ${brandId} and day < ${until}::date and day >= ${until}::date - ${RESPONSE_DAYS}::int`
  return db.query<Row>(sql`
    with ads as (
      select provider, campaign_id, day, spend_micros / 1e6 as spend from unified_performance
      where ${settled} and part = 'ads' and spend_micros > 0
    ), spending as (
      select provider, campaign_id from ads where day >= ${until}::date - ${EFFECT_DAYS}::int
      group by provider, campaign_id order by sum(spend) desc limit ${MOST_CAMPAIGNS}
    ), credited as (
      select provider, campaign_id, day, sum(net_micros) / 1e6 as net, sum(incomplete) as incomplete from unified_performance
      where ${settled} and part = 'credit' and model = 'last' and ledger = 'touch' and bucket = 'campaign'
      group by provider, campaign_id, day
    )
    select s.provider, s.campaign_id, c.name,
      case when c.currency = ${currency} then (c.daily_budget_micros / 1e6)::float8 end as budget,
      jsonb_agg(jsonb_build_object('day', a.day, 'spend', a.spend, 'net', coalesce(r.net, 0)) order by a.day)
        filter (where coalesce(r.incomplete, 0) = 0) as days
    from spending s
      join campaigns c on c.tenant_id = ${tenantId} and c.brand_id = ${brandId} and c.provider = s.provider and c.campaign_id = s.campaign_id
      join ads a on a.provider = s.provider and a.campaign_id = s.campaign_id
      left join credited r on r.provider = a.provider and r.campaign_id = a.campaign_id and r.day = a.day
    where coalesce(upper(c.status), 'ACTIVE') in ('ACTIVE', 'ENABLED', 'ENABLE')
    group by s.provider, s.campaign_id, c.name, budget
    having bool_or(coalesce(r.incomplete, 0) = 0)
    order by s.provider, s.campaign_id`)
}

/** Of the last 28 days: the share of net that the cost of goods leaves; null when the cost of any unit is unknown, or nothing was sold. */
export async function readMargin(db: Db, { brandId, until }: Window): Promise<Margin> {
  const row = await db.one<{ margin: number | null }>(sql`
    select case when bool_and(cogs_micros is not null) and sum(cogs_micros) > 0 and sum(net_micros) > 0
      then greatest(0, 1 - sum(cogs_micros) / sum(net_micros))::float8 end as margin
    from unified_performance
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and day < ${until}::date
      and day >= ${until}::date - ${EFFECT_DAYS}::int and part = 'store'`)
  return row?.margin ?? null
}
