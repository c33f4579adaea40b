import * as z from 'zod'
import { query } from '../query.ts'

/** Instants [since, until), RFC 3339. */
export type Span = { since: string; until: string }

const Row = z.object({
  operation: z.string(),
  requests: z.bigint().transform(Number),
  failures: z.bigint().transform(Number),
  p50_ms: z.number(),
  p95_ms: z.number(),
  p99_ms: z.number(),
})
export type OperationLatency = z.output<typeof Row>

/** By nearest rank, in words that BigQuery and DuckDB share: their own percentile functions do not agree. */
const SQL = `
  select operation, count(*) as requests, countif(status = 'failure') as failures,
    min(case when place >= 0.50 * of_all then duration_ms end) as p50_ms,
    min(case when place >= 0.95 * of_all then duration_ms end) as p95_ms,
    min(case when place >= 0.99 * of_all then duration_ms end) as p99_ms
  from (
    select operation, status, duration_ms, row_number() over (partition by operation order by duration_ms) as place,
      count(*) over (partition by operation) as of_all
    from (
      select json_value(metadata, '$.operation') as operation, status, duration_ms
      from observability_events_latest
      where event_type = 'api.response' and duration_ms is not null
        and \`timestamp\` >= cast(@since as timestamp) and \`timestamp\` < cast(@until as timestamp)
    ) as answered
    where operation is not null
  ) as ranked
  group by operation order by p95_ms desc, operation`

/** How long this tenant's requests took, by operation, slowest first. Throws UNAVAILABLE. */
export const latencyByOperation = (tenantId: string, span: Span): Promise<OperationLatency[]> =>
  query(tenantId, { sql: SQL, params: span, row: Row })
