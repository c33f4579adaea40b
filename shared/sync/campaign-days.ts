import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import type { Owner } from '../db/upsert.ts'

/**
 * The days of orders whose visits name one of these campaigns (written just now, by provider and id), also by a name that
 * it had before: a campaign that arrives or is renamed after its orders must be credited as if it had come first.
 */
export async function daysOfCampaigns(db: Db, owner: Owner, keys: readonly string[][] = []): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = await db.query<{ day: string }>(sql`
    with named as materialized (
      select c.provider, c.campaign_id, lower(trim(c.name)) as name
      from (
        select tenant_id, brand_id, provider, campaign_id, name from campaigns
        union all select tenant_id, brand_id, provider, campaign_id, name from campaign_names
      ) c
      join unnest(${keys.map(([provider]) => provider)}::text[], ${keys.map(([, id]) => id)}::text[]) as k (provider, campaign_id)
        on k.provider = c.provider and k.campaign_id = c.campaign_id
      where c.tenant_id = ${owner.tenant_id} and c.brand_id = ${owner.brand_id}
    ), visited as materialized (
      select t.order_id from touchpoints t
        join named n on n.campaign_id = t.campaign_id_hint and n.provider = coalesce(t.provider, n.provider)
      where t.tenant_id = ${owner.tenant_id} and t.brand_id = ${owner.brand_id}
      union
      select t.order_id from touchpoints t join named n on n.name = lower(trim(t.campaign_name_hint)) and n.provider = t.provider
      where t.tenant_id = ${owner.tenant_id} and t.brand_id = ${owner.brand_id}
    )
    select distinct o.day from orders o
    where o.tenant_id = ${owner.tenant_id} and o.brand_id = ${owner.brand_id}
      and o.order_id = any(array(select order_id from visited))`)
  return rows.map(({ day }) => day)
}
