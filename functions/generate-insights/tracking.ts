import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { EFFECT_DAYS } from '../../shared/recommendations/recommendation.ts'
import type { Tracked } from '../../shared/recommendations/rules/tracking-gap.ts'
import { actor } from '../../shared/tenant.ts'
import type { Window } from './settled.ts'

/** What each ad platform's visits tell of the last 28 settled days; each visit of an order counts the same (linear model). */
export const readTracked = (db: Db, { brandId, until }: Window): Promise<Tracked[]> => {
  const { tenantId } = actor()
  return db.query<Tracked>(sql`
    with rows as (
      select part, bucket, provider, campaign_id, orders, spend_micros from unified_performance
      where tenant_id = ${tenantId} and brand_id = ${brandId} and day < ${until}::date and day >= ${until}::date - ${EFFECT_DAYS}::int
        and provider <> '' and (part = 'ads' or (part = 'credit' and model = 'linear' and ledger = 'touch'
          and bucket in ('campaign', 'unmatched_paid')))
    ), campaign as (
      select provider, campaign_id, coalesce(sum(spend_micros), 0) / 1e6 as spend,
        coalesce(sum(orders) filter (where bucket = 'campaign'), 0) as matched,
        coalesce(sum(orders) filter (where bucket = 'unmatched_paid'), 0) as unmatched
      from rows group by provider, campaign_id
    )
    select k.provider, sum(k.matched)::float8 as matched, sum(k.unmatched)::float8 as unmatched, sum(k.spend)::float8 as spend,
      coalesce(jsonb_agg(jsonb_build_object('campaign_id', k.campaign_id, 'name', c.name, 'spend', k.spend) order by k.campaign_id)
        filter (where k.spend > 0 and k.matched = 0 and c.name is not null), '[]') as untouched
    from campaign k
      left join campaigns c on c.tenant_id = ${tenantId} and c.brand_id = ${brandId} and c.provider = k.provider and c.campaign_id = k.campaign_id
    group by k.provider order by k.provider`)
}
