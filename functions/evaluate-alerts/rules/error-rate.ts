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
/** Percent of responses; half of it clears, so that a rate around the limit does not raise again and again. */
const RAISE_ABOVE = 5n

/** Too many of the API's answers of the last minutes were 5xx. */
export const errorRate: Rule = {
  rule: 'error_rate',
  on: {
    'telemetry.batch': async (db, { data }) => {
      // A batch without a failure can only lower the rate, which matters while the alert is open.
      if (!data.events.some(isServerError) && !(await isOpen(db, CAUSE))) return []
      return judge(await countResponses(db))
    },
  },
}

const isServerError = ({ event_type, metadata }: TelemetryEvent): boolean =>
  event_type === 'api.response' && /^5\d\d$/.test(String(metadata.http_status))

type Counts = { responses: bigint; failures: bigint }

function judge({ responses, failures }: Counts): readonly Verdict[] {
  const percent = failures * 100n
  if (percent * 2n < RAISE_ABOVE * responses) return [{ clear: CAUSE }]
  if (responses < MIN_RESPONSES || percent <= RAISE_ABOVE * responses) return []
  return [
    {
      raise: CAUSE,
      brandId: null,
      severity: 'critical',
      title: `${failures} of ${responses} API requests failed in ${WINDOW_MINUTES} minutes`,
      message:
        `In the last ${WINDOW_MINUTES} minutes ${failures} of ${responses} API requests ended in a server error; the limit is ` +
        `${RAISE_ABOVE} %. Users of this tenant see errors or missing answers. Search the logs for severity ERROR with this ` +
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
