import { type Sql, sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { mergingLists } from '../questions/words.ts'
import type { AuditQuery } from './audit-query.ts'
import { requiredWords, rowsOf } from './audit-words.ts'

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

/**
 * Facts and data access, newest first. The two are read apart, each through an index of its own class of partitions; only the
 * conditions that were asked for are written, so that the plan of each combination can use its index. Questions by text are
 * found by their words.
 */
export async function findEntries(db: Db, query: AuditQuery): Promise<AuditRow[]> {
  const words = await requiredWords(db, query)
  if (words !== null) return mergingLists<AuditRow>(db, shown(questionsWith(words, query), query))
  return db.query<AuditRow>(
    shown(
      sql`${eventsOf(sql`class = 'fact'`, query)} union all
        ${eventsOf(sql`class = 'telemetry' and event_type = 'data.accessed'`, query)}`,
      query,
    ),
  )
}

const shown = (events: Sql, { limit }: AuditQuery): Sql => sql`
  select e.event_id as id, e."timestamp" as at, e.event_type, e.user_id, u.email as user_email, e.brand_id, e.status,
    to_char(e."timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key,
    e.metadata ->> 'api_key_id' as api_key_id, e.error_message, e.metadata as details, e.request_id, e.session_id
  from (${events}) e
  left join users u on u.tenant_id = ${actor().tenantId} and u.user_id = e.user_id and u.erased_at is null
  order by e."timestamp" desc, e.event_id desc limit ${limit}`

const COLUMNS = sql`event_id, "timestamp", event_type, user_id, brand_id, status, error_message, metadata, request_id, session_id`

const eventsOf = (kind: Sql, query: AuditQuery): Sql => sql`
  (select ${COLUMNS} from observability_events
  where tenant_id = ${actor().tenantId} and ${kind} and "timestamp" >= ${query.from}::timestamptz${conditionsOf(query)}
  order by "timestamp" desc, event_id desc limit ${query.limit})`

/** Each is looked up by its key, once the words have met; what words cannot tell is asked of it. */
const questionsWith = (words: readonly string[], query: AuditQuery): Sql => sql`
  select found.* from (${rowsOf(words, query)}) w cross join lateral (select ${COLUMNS} from observability_events
    where tenant_id = ${actor().tenantId} and class = 'fact' and "timestamp" = w.recorded_at and event_id = w.event_id${conditionsOf(query)}
    limit 1) found
  order by w.recorded_at desc, w.event_id desc limit ${query.limit}`

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
