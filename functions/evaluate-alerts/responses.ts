import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { TelemetryEvent } from '../../shared/events/catalog.ts'
import { actor } from '../../shared/tenant.ts'
import { lastMinutes } from './span.ts'

/** They take as long as their work does, by nature. */
const LONG_WORK = ['ask', 'export_tenant']

export type Responses = {
  responses: bigint
  /** 5xx */
  failures: bigint
  /** Without what takes long by nature. */
  timed: bigint
  p95_ms: number | null
}
/** All of them together, and each minute that has some. */
export type Measured = { whole: Responses; minutes: readonly Responses[] }

const NONE: Responses = { responses: 0n, failures: 0n, timed: 0n, p95_ms: null }

/**
 * The API's answers of the last minutes, by when they were given, whenever and however often we are told of them: a minute
 * is counted back from now, so that none is looked at before it is whole. null: the batch says nothing of them.
 */
export async function measureResponses(
  db: Db,
  batch: readonly TelemetryEvent[],
  minutes: number,
): Promise<Measured | null> {
  const span = lastMinutes(
    minutes,
    batch.map(({ timestamp }) => timestamp),
  )
  if (!span) return null
  const { since, now, until } = span
  const rows = await db.query<Responses & { minutes_ago: number | null }>(sql`
    select minutes_ago, count(*) as responses, count(*) filter (where http_status ~ '^5[0-9][0-9]$') as failures,
      count(*) filter (where is_timed) as timed,
      percentile_disc(0.95) within group (order by duration_ms) filter (where is_timed) as p95_ms
    from (
      select greatest(0, floor(extract(epoch from ${now}::timestamptz - "timestamp") / 60))::int as minutes_ago, duration_ms,
        metadata ->> 'http_status' as http_status, coalesce(metadata ->> 'operation', '') <> all(${LONG_WORK}::text[]) as is_timed
      from observability_events
      where tenant_id = ${actor().tenantId} and class = 'telemetry' and event_type = 'api.response' 
        and "timestamp" > ${since} and "timestamp" <= ${until}
    ) as response
    group by grouping sets ((), (minutes_ago))`)
  const whole = rows.find(({ minutes_ago }) => minutes_ago === null) ?? NONE
  return { whole, minutes: rows.filter(({ minutes_ago }) => minutes_ago !== null) }
}
