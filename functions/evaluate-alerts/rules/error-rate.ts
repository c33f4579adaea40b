import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import type { TelemetryEvent } from '../../../shared/events/catalog.ts'
import { actor } from '../../../shared/tenant.ts'
import { isOpen } from '../alerts.ts'
import type { Rule, Verdict } from '../rule.ts'

const CAUSE = 'error_rate'
const WINDOW_MINUTES = 5
const WINDOW_MS = WINDOW_MINUTES * 60_000
const MIN_RESPONSES = 20n
/** The threshold is kept in hundredths of a percent. */
const WHOLE = 10_000n

/** Too many of the API's answers of the last minutes were 5xx. */
export const errorRate: Rule = {
  rule: 'error_rate',
  on: {
    'telemetry.batch': async (db, { data }, { threshold }) => {
      // A batch without a failure can only lower the rate, which matters while the alert is open.
      if (!data.events.some(isServerError) && !(await isOpen(db, CAUSE))) return []
      return judge(await countResponses(db), threshold ?? 0)
    },
  },
}

const isServerError = ({ event_type, metadata }: TelemetryEvent): boolean =>
  event_type === 'api.response' && /^5\d\d$/.test(String(metadata.http_status))

type Counts = { responses: bigint; failures: bigint }

/** Half of the limit clears, so that a rate around it does not raise again and again. */
function judge({ responses, failures }: Counts, limitPercent: number): readonly Verdict[] {
  const limit = BigInt(Math.round(limitPercent * 100)) * responses
  if (failures * WHOLE * 2n < limit) return [{ clear: CAUSE }]
  if (responses < MIN_RESPONSES || failures * WHOLE <= limit) return []
  return [
    {
      raise: CAUSE,
      brandId: null,
      title: `${failures} of ${responses} API requests failed in ${WINDOW_MINUTES} minutes`,
      message:
        `In the last ${WINDOW_MINUTES} minutes ${failures} of ${responses} API requests ended in a server error; the limit is ` +
        `${limitPercent} %. Users of this tenant see errors or missing answers. Search the logs for severity ERROR with this ` +
        `tenant's label, and look at what was deployed last.`,
      details: { window_minutes: WINDOW_MINUTES, responses: Number(responses), failures: Number(failures) },
    },
  ]
}

async function countResponses(db: Db): Promise<Counts> {
  const since = new Date(clock.now().getTime() - WINDOW_MS)
  const counts = await db.one<Counts>(sql`
    select count(*) as responses, count(*) filter (where metadata ->> 'http_status' ~ '^5[0-9][0-9]$') as failures
    from observability_events
    where tenant_id = ${actor().tenantId} and class = 'telemetry' and event_type = 'api.response' and "timestamp" > ${since}`)
  return counts ?? { responses: 0n, failures: 0n }
}
