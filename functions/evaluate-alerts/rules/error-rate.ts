import type { RuleSettings } from '../../../shared/alerts/settings.ts'
import type { TelemetryEvent } from '../../../shared/events/catalog.ts'
import { isOpen } from '../alerts.ts'
import { persists } from '../persistence.ts'
import { type Measured, measureResponses, type Responses } from '../responses.ts'
import type { Rule, Verdict } from '../rule.ts'

const CAUSE = 'error_rate'
const MIN_RESPONSES = 20n
/** The threshold is kept in hundredths of a percent. */
const WHOLE = 10_000n

/** Too many of the API's answers of the last minutes were 5xx. */
export const errorRate: Rule = {
  rule: 'error_rate',
  on: {
    'telemetry.batch': async (db, { data }, settings) => {
      // A batch without a failure can only lower the rate, which matters while the alert is open.
      if (!data.events.some(isServerError) && !(await isOpen(db, CAUSE))) return []
      const measured = await measureResponses(db, data.events, settings.persistence.of_last)
      return measured ? judge(measured, settings) : []
    },
  },
}

const isServerError = ({ event_type, metadata }: TelemetryEvent): boolean =>
  event_type === 'api.response' && /^5\d\d$/.test(String(metadata.http_status))

/** Half of the limit clears, so that a rate around it does not raise again and again. */
function judge({ whole, minutes }: Measured, { threshold, persistence }: RuleSettings): readonly Verdict[] {
  const limitPercent = threshold ?? 0
  const limit = BigInt(Math.round(limitPercent * 100))
  const { responses, failures } = whole
  const isTooMany = (of: Responses): boolean => of.failures * WHOLE > limit * of.responses
  if (failures * WHOLE * 2n < limit * responses) return [{ clear: CAUSE }]
  if (responses < MIN_RESPONSES || !isTooMany(whole) || !persists(minutes.map(isTooMany), persistence)) return []
  return [
    {
      raise: CAUSE,
      brandId: null,
      title: `${failures} of ${responses} API requests failed in ${persistence.of_last} minutes`,
      message:
        `In the last ${persistence.of_last} minutes ${failures} of ${responses} API requests ended in a server error, spread over at least ` +
        `${persistence.needed} of them; the limit is ${limitPercent} %. Users of this tenant see errors or missing answers. Search the logs ` +
        `for severity ERROR with this tenant's label, and look at what was deployed last.`,
      details: { window_minutes: persistence.of_last, responses: Number(responses), failures: Number(failures) },
    },
  ]
}
