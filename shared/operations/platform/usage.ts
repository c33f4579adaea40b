import * as z from 'zod'
import { clock } from '../../clock.ts'
import { type Sql, sql } from '../../db/sql.ts'
import { operation } from '../../operation.ts'
import { DaysInput, daysOf } from '../admin/days.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Day } from '../wire.ts'
import { type DayRow, dayOnWire, TenantDay } from './day.ts'
import { operate } from './operate.ts'

/** As long as days are kept here; the platform's warehouse has seven years. */
const MAX_DAYS = 90
const DAY_MS = 86_400_000
const Key = z.tuple([Day, z.uuid()])

export const platformUsage = operation({
  name: 'get_platform_usage',
  description:
    'Requests, latency, questions, accuracy, tokens, cost and syncs by day and tenant, newest day first; at most 90 days.',
  http: { method: 'get', path: ['/api/admin/platform/usage', '/mcp/admin/platform/usage'] },
  permission: 'platform:manage',
  surfaces: ['http'],
  input: PageInput.extend(DaysInput.shape),
  output: z.object({ usage: z.array(TenantDay), next_cursor: NextCursor }),
  run: async ({ limit, cursor, ...asked }) => {
    const { from, to } = daysOf(asked, MAX_DAYS)
    const [day, id] = decodeCursor(Key, cursor) ?? [null, null]
    const found = await operate({ action: 'platform.usage_read', details: asked }, (db) =>
      db.query<DayRow>(sql`
        select u.*, t.company_name from (${rolledUp(from, to)} union all ${underWay(from, to)}) u
        join tenants t on t.id = u.tenant_id
        where ${day}::date is null or (u.day, u.tenant_id) < (${day}::date, ${id}::uuid)
        order by u.day desc, u.tenant_id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.day, row.tenant_id])
    return { usage: rows.map(dayOnWire), next_cursor }
  },
})

const rolledUp = (from: Date, to: Date): Sql => sql`
  select day, tenant_id, requests::int, errors::int, p50_ms, p95_ms, p99_ms, questions::int, ratings::int, accurate::int, tokens,
    trim_scale(cost_usd)::text as cost_usd, syncs_ok::int, syncs_failed::int, oldest_data_s
  from tenant_days where day >= ${dayOf(from)}::date and day < ${dayOf(to)}::date`

/** Today, and yesterday until its figures are made: counted from the events themselves. */
function underWay(from: Date, to: Date): Sql {
  const yesterday = new Date(Date.parse(dayOf(clock.now())) - DAY_MS)
  return sql`
  select e.* from (
    select ("timestamp" at time zone 'UTC')::date as day, tenant_id,
      count(*) filter (where event_type = 'api.response')::int as requests,
      count(*) filter (where event_type = 'api.error')::int as errors,
      null::float8 as p50_ms, null::float8 as p95_ms, null::float8 as p99_ms,
      count(*) filter (where event_type = 'ai.question_asked')::int as questions, 0 as ratings, 0 as accurate,
      coalesce(sum(tokens_used), 0)::bigint as tokens, trim_scale(coalesce(sum(cost_usd), 0))::text as cost_usd,
      count(*) filter (where event_type = 'data.sync_completed')::int as syncs_ok,
      count(*) filter (where event_type = 'data.sync_failed')::int as syncs_failed, null::float8 as oldest_data_s
    from observability_events
    where "timestamp" >= ${from > yesterday ? from : yesterday}::timestamptz and "timestamp" < ${to}::timestamptz
    group by 1, 2) e
  where not exists (select from tenant_days d where d.tenant_id = e.tenant_id and d.day = e.day)`
}

const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10)
