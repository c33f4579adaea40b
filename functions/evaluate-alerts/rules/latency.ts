import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TelemetryEvent } from '../../../shared/events/catalog.ts'
import { actor } from '../../../shared/tenant.ts'
import { isOpen } from '../alerts.ts'
import type { Rule, Verdict } from '../rule.ts'

const CAUSE = 'latency'
const WINDOW_MINUTES = 5
const MIN_RESPONSES = 20n
/** They take as long as their work does, by nature. */
const LONG_WORK = ['ask', 'export_tenant']

/** One in twenty of the API's answers of the last minutes took too long. */
export const latency: Rule = {
  rule: 'latency',
  on: {
    'telemetry.batch': async (db, { data }, { threshold }) => {
      const limitMs = (threshold ?? 0) * 1_000
      const isSlow = ({ event_type, duration_ms }: TelemetryEvent): boolean =>
        event_type === 'api.response' && (duration_ms ?? 0) > limitMs
      // A batch without a slow answer can only lower the percentile, which matters while the alert is open.
      if (!data.events.some(isSlow) && !(await isOpen(db, CAUSE))) return []
      return judge(await measured(db), limitMs)
    },
  },
}

type Measured = { responses: bigint; p95: number | null }

/** Half of the limit clears. */
function judge({ responses, p95 }: Measured, limitMs: number): readonly Verdict[] {
  const slowest = p95 ?? 0
  if (slowest < limitMs / 2) return [{ clear: CAUSE }]
  if (responses < MIN_RESPONSES || slowest <= limitMs) return []
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
  return [
    {
      raise: CAUSE,
      brandId: null,
      title: `One in twenty API answers takes longer than ${seconds(slowest)}`,
      message:
        `Of ${responses} answers in the last ${WINDOW_MINUTES} minutes the slowest twentieth took longer than ${seconds(slowest)}; ` +
        `the limit is ${seconds(limitMs)}. Pages load slowly for this tenant. Look at the database's load and the longest ` +
        `queries, and at which endpoints are slow under Observability.`,
      details: { window_minutes: WINDOW_MINUTES, responses: Number(responses), p95_ms: Math.round(slowest) },
    },
  ]
}

async function measured(db: Db): Promise<Measured> {
  const since = new Date(clock.now().getTime() - WINDOW_MINUTES * 60_000)
  const row = await db.one<Measured>(sql`
    select count(*) as responses, percentile_disc(0.95) within group (order by duration_ms) as p95
    from observability_events
    where tenant_id = ${actor().tenantId} and class = 'telemetry' and event_type = 'api.response' and "timestamp" > ${since}
      and coalesce(metadata ->> 'operation', '') <> all(${LONG_WORK}::text[])`)
  return row ?? { responses: 0n, p95: null }
}
