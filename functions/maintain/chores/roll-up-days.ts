import { clock } from '../../../shared/clock.ts'
import { type Sql, sql, trusted } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { actor } from '../../../shared/tenant.ts'
import { addDays } from '../../../shared/units.ts'
import type { Chore } from '../chore.ts'
import { forEachTenant } from '../tenants.ts'

/** As long as telemetry is kept: what was missed within it is made up for. */
const DAYS_BACK = 7
/** Of these a day is made; an index finds them by type. */
const TYPES = [
  ...['api.response', 'api.error', 'ai.question_asked', 'ai.feedback_provided', 'ai.tokens_used'],
  ...['data.sync_completed', 'data.sync_failed'],
]
const FIGURES = [
  ...['requests', 'errors', 'p50_ms', 'p95_ms', 'p99_ms', 'questions', 'ratings', 'accurate', 'tokens', 'cost_usd'],
  ...['syncs_ok', 'syncs_failed', 'oldest_data_s'],
]
const figuresOf = (row: string): Sql => trusted(FIGURES.map((column) => `${row}.${column}`).join(', '))

/** Each tenant's days, until yesterday (UTC), as figures: those that are missing, and yesterday anew. The same figures again change nothing. */
export const rollUpDays: Chore = {
  name: 'roll-up-days',
  run: (deadline) => forEachTenant(deadline, rollUp, { of: 'all', order: LONGEST_AGO }),
}
/** Whom the deadline left over is first the next day. */
const LONGEST_AGO = sql`(select max(day) from tenant_days d where d.tenant_id = tenants.id) nulls first, id`

async function rollUp(): Promise<void> {
  const { tenantId } = actor()
  const now = clock.now()
  const today = now.toISOString().slice(0, 10)
  await transaction((db) =>
    db.query(sql`
      with days as (${daysToMake(addDays(today, -DAYS_BACK), addDays(today, -1))}), counted as (${countedIn(today)})
      insert into tenant_days as old (tenant_id, day, version, ${trusted(FIGURES.join(', '))})
      select ${tenantId}::uuid, c.day, (extract(epoch from ${now}::timestamptz) * 1e6)::bigint, ${figuresOf('c')} from counted c
      on conflict (tenant_id, day) do update set
        (version, told_at, ${trusted(FIGURES.join(', '))}) = row (excluded.version, null, ${figuresOf('excluded')})
      where (${figuresOf('old')}) is distinct from (${figuresOf('excluded')})`),
  )
}

/** None before the tenant was there. */
const daysToMake = (first: string, yesterday: string): Sql => sql`
  select d::date as day, d at time zone 'UTC' as since, (d + interval '1 day') at time zone 'UTC' as until
  from tenants t, generate_series(${first}::date::timestamp, ${yesterday}::date::timestamp, interval '1 day') d
  where t.id = ${actor().tenantId} and (d + interval '1 day') at time zone 'UTC' > t.created_at
    and (d::date = ${yesterday}::date
      or not exists (select from tenant_days old where old.tenant_id = ${actor().tenantId} and old.day = d::date))`

const midnight = (day: string): Date => new Date(`${day}T00:00:00Z`)

/** The outer bounds let the planner leave partitions out, here and below: it takes longer to plan than to count. */
const countedIn = (today: string): Sql => sql`
  select day, requests, errors, ms[1] as p50_ms, ms[2] as p95_ms, ms[3] as p99_ms, questions, ratings, accurate, tokens, cost_usd,
    syncs_ok, syncs_failed, ${oldestData(today)} as oldest_data_s
  from (
    select d.day, d.until,
      count(*) filter (where event_type = 'api.response') as requests, count(*) filter (where event_type = 'api.error') as errors,
      percentile_disc(array[0.50, 0.95, 0.99]) within group (order by duration_ms) filter (where event_type = 'api.response') as ms,
      count(*) filter (where event_type = 'ai.question_asked') as questions,
      count(*) filter (where event_type = 'ai.feedback_provided') as ratings,
      count(*) filter (where event_type = 'ai.feedback_provided' and (metadata ->> 'rating')::int >= 4) as accurate,
      coalesce(sum(tokens_used), 0) as tokens, coalesce(sum(cost_usd), 0) as cost_usd,
      count(*) filter (where event_type = 'data.sync_completed') as syncs_ok,
      count(*) filter (where event_type = 'data.sync_failed') as syncs_failed
    from days d left join observability_events e on e.tenant_id = ${actor().tenantId} and e.event_type = any(${TYPES}::text[])
      and e."timestamp" >= d.since and e."timestamp" < d.until
      and e."timestamp" >= ${midnight(addDays(today, -DAYS_BACK))}::timestamptz and e."timestamp" < ${midnight(today)}::timestamptz
    group by d.day, d.until) by_day`

/** At the day's end, of the connection that has waited longest for a sync. */
const oldestData = (today: string): Sql => sql`
  (select extract(epoch from by_day.until - min(synced_at)) from (
    select max(s."timestamp") as synced_at from integrations i join observability_events s on s.tenant_id = i.tenant_id
      and s.event_type = 'data.sync_completed' and s.metadata ->> 'integration_id' = i.integration_id::text
      and s."timestamp" >= by_day.until - interval '7 days' and s."timestamp" < by_day.until and s.class = 'fact'
      and s."timestamp" >= ${midnight(addDays(today, -2 * DAYS_BACK))}::timestamptz and s."timestamp" < ${midnight(today)}::timestamptz
    where i.tenant_id = ${actor().tenantId} and i.status in ('active', 'needs_reauth') group by i.integration_id) last_syncs)`
