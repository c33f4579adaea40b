import { type Sql, sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import type { Observed } from '../../metrics/anomaly.ts'
import { HOURLY_CURSOR } from '../../sync/state.ts'
import { actor } from '../../tenant.ts'

/** A figure that is watched: of the whole store (provider '') or of one ad platform. */
export type Watched = { metric: 'net' | 'orders' | 'spend' | 'roas'; provider: string }

/** Long enough for the detector's baseline and for an episode to begin and end in it. */
const DAYS_WATCHED = 120

type Asked = { brandId: string; since: Sql; until: Sql }

/**
 * `(day, metric, provider, value)` of each day in [since, until): the store's net and orders, each platform's spend and the
 * ROAS of what it was credited with, from the first day on which the figure is known. A day on which nothing happened has no
 * rows: it is 0 where everything of the provider has been read to its end, else unknown. ROAS of no spend is unknown.
 */
const figures = ({ brandId, since, until }: Asked): Sql => {
  const { tenantId } = actor()
  return sql`
    with rows as materialized (
      select day, part, provider, orders, net_micros, spend_micros, incomplete from unified_performance
      where tenant_id = ${tenantId} and brand_id = ${brandId} and day >= ${since} and day < ${until}
        and (part in ('store', 'ads') or (part = 'credit' and model = 'last' and ledger = 'touch' and bucket in ('campaign', 'unmatched_paid')))
    ), ads as (
      select day, provider, sum(spend_micros) filter (where part = 'ads') as spend, sum(net_micros) filter (where part = 'credit') as net,
        bool_or(part = 'ads' and incomplete > 0) as is_incomplete
      from rows where part <> 'store' and provider <> '' group by day, provider
    ), told as (
      select day, 'net' as metric, '' as provider, (net_micros / 1e6)::numeric as value from rows where part = 'store'
      union all select day, 'orders', '', orders from rows where part = 'store'
      union all select day, 'spend', provider, case when not is_incomplete then (coalesce(spend, 0) / 1e6)::numeric end from ads
      union all select day, 'roas', provider, case when spend > 0 and not is_incomplete then coalesce(net, 0) / spend end from ads
    ), complete as (
      select case i.platform when 'shopify' then '' else i.platform end as provider, min((s.complete_until at time zone b.time_zone)::date) as day
      from integrations i
        join brands b on b.tenant_id = i.tenant_id and b.brand_id = i.brand_id
        join sync_state s on s.tenant_id = i.tenant_id and s.integration_id = i.integration_id and s.run_id = ${HOURLY_CURSOR}
      where i.tenant_id = ${tenantId} and i.brand_id = ${brandId} group by 1
    )
    select d.day::date as day, w.metric, w.provider,
      case when t.day is not null then t.value when w.metric <> 'roas' and d.day::date < c.day then 0 end as value
    from (select metric, provider, min(day) as since from told group by metric, provider) w
      cross join lateral generate_series(w.since::timestamp, ${until}::timestamp - interval '1 day', interval '1 day') as d (day)
      left join told t on t.metric = w.metric and t.provider = w.provider and t.day = d.day::date
      left join complete c on c.provider = w.provider`
}

/** Keeps what the day says now, unless it was kept before. */
export async function keepFigures(
  db: Db,
  { brandId, day, at }: { brandId: string; day: string; at: Date },
): Promise<void> {
  await db.query(sql`
    insert into figures_at_age (tenant_id, brand_id, day, metric, provider, value, seen_at)
    select ${actor().tenantId}::uuid, ${brandId}::uuid, f.day, f.metric, f.provider, f.value, ${at}::timestamptz
    from (${figures(watchedUntil(brandId, day))}) f where f.day = ${day}::date
    on conflict do nothing`)
}

const watchedUntil = (brandId: string, day: string): Asked => ({
  brandId,
  since: sql`(${day}::date - ${DAYS_WATCHED}::int)`,
  until: sql`(${day}::date + 1)`,
})

/**
 * Every watched figure of the brand with its days up to and with `day`, oldest first and without gaps: as the day stood on
 * the morning after it; for days before we watched, as it stands now.
 */
export async function readWatched(
  db: Db,
  { brandId, day }: { brandId: string; day: string },
): Promise<(Watched & { series: Observed[] })[]> {
  const rows = await db.query<Watched & Observed>(sql`
    select f.metric, f.provider, f.day, (case when k.day is null then f.value else k.value end)::float8 as value
    from (${figures(watchedUntil(brandId, day))}) f
      left join figures_at_age k on k.tenant_id = ${actor().tenantId} and k.brand_id = ${brandId} and k.metric = f.metric
        and k.provider = f.provider and k.day = f.day
    order by f.metric, f.provider, f.day`)
  const grouped = Map.groupBy(rows, ({ metric, provider }) => `${metric}:${provider}`)
  return [...grouped.values()].flatMap((its) => {
    const [first] = its
    return first ? [{ metric: first.metric, provider: first.provider, series: its }] : []
  })
}
