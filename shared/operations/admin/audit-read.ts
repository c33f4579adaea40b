import { type Sql, sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'

export type AuditRow = {
  id: string
  at: Date
  /** `at` with its microseconds. */
  sort_key: string
  event_type: string
  user_id: string | null
  user_email: string | null
  api_key_id: string | null
  brand_id: string | null
  status: 'success' | 'failure' | 'partial'
  error_message: string | null
  details: Record<string, unknown>
  request_id: string
  session_id: string | null
}

export type AuditQuery = {
  from: Date
  /** Exclusive; null: no end. */
  to: Date | null
  /** Timestamp and id of the last entry shown. */
  after: readonly [string, string] | null
  limit: number
  user_id?: string | undefined
  api_key?: string | undefined
  brand_id?: string | undefined
  event_type?: string | undefined
  text?: string | undefined
}

/**
 * Facts and data access, newest first. The two are read apart, each through an index of its own class of partitions; only the
 * conditions that were asked for are written, so that the plan of each combination can use its index.
 */
export const findEntries = (db: Db, query: AuditQuery): Promise<AuditRow[]> =>
  db.query<AuditRow>(sql`
    select e.event_id as id, e."timestamp" as at, e.event_type, e.user_id, u.email as user_email, e.brand_id, e.status,
      to_char(e."timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key,
      e.metadata ->> 'api_key_id' as api_key_id, e.error_message, e.metadata as details, e.request_id, e.session_id
    from (${eventsOf(sql`class = 'fact'`, query)} union all
      ${eventsOf(sql`class = 'telemetry' and event_type = 'data.accessed'`, query)}) e
    left join users u on u.tenant_id = ${actor().tenantId} and u.user_id = e.user_id and u.erased_at is null
    order by e."timestamp" desc, e.event_id desc limit ${query.limit}`)

const eventsOf = (kind: Sql, query: AuditQuery): Sql => sql`
  (select event_id, "timestamp", event_type, user_id, brand_id, status, error_message, metadata, request_id, session_id
  from observability_events
  where tenant_id = ${actor().tenantId} and ${kind} and "timestamp" >= ${query.from}::timestamptz${conditionsOf(query)}
  order by "timestamp" desc, event_id desc limit ${query.limit})`

/** A row comparison could not use the index under row-level security; two plain ones can. */
const conditionsOf = ({ to, after, user_id, api_key, brand_id, event_type, text }: AuditQuery): Sql =>
  [
    to && sql`"timestamp" < ${to}::timestamptz`,
    after && sql`"timestamp" <= ${after[0]}::timestamptz`,
    after && sql`("timestamp" < ${after[0]}::timestamptz or event_id < ${after[1]}::uuid)`,
    user_id && sql`user_id = ${user_id}::uuid`,
    api_key && sql`metadata ->> 'api_key_id' = ${api_key}`,
    brand_id && sql`brand_id = ${brand_id}::uuid`,
    event_type && sql`event_type = ${event_type}`,
    // Read once, not for each row.
    text && sql`words @@ (select websearch_to_tsquery('simple', ${text}))`,
  ].reduce<Sql>((all, condition) => (condition ? sql`${all} and ${condition}` : all), sql``)
