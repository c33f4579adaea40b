import type { RuleSettings } from '../../../shared/alerts/settings.ts'
import type { TelemetryEvent } from '../../../shared/events/catalog.ts'
import { isOpen } from '../alerts.ts'
import { persists } from '../persistence.ts'
import { type Measured, measureResponses, type Responses } from '../responses.ts'
import type { Rule, Verdict } from '../rule.ts'

const CAUSE = 'latency'
const MIN_RESPONSES = 20n

/** One in twenty of the API's answers of the last minutes took too long. */
export const latency: Rule = {
  rule: 'latency',
  on: {
    'telemetry.batch': async (db, { data }, settings) => {
      const limitMs = (settings.threshold ?? 0) * 1_000
      const isSlow = ({ event_type, duration_ms }: TelemetryEvent): boolean =>
        event_type === 'api.response' && (duration_ms ?? 0) > limitMs
      // A batch without a slow answer can only lower the percentile, which matters while the alert is open.
      if (!data.events.some(isSlow) && !(await isOpen(db, CAUSE))) return []
      const measured = await measureResponses(db, data.events, settings.persistence.of_last)
      return measured ? judge(measured, settings) : []
    },
  },
}

/** Half of the limit clears. */
function judge({ whole, minutes }: Measured, { threshold, persistence }: RuleSettings): readonly Verdict[] {
  const limitMs = (threshold ?? 0) * 1_000
  const slowest = whole.p95_ms ?? 0
  const isTooSlow = ({ p95_ms }: Responses): boolean => (p95_ms ?? 0) > limitMs
  if (slowest < limitMs / 2) return [{ clear: CAUSE }]
  if (whole.timed < MIN_RESPONSES || !isTooSlow(whole) || !persists(minutes.map(isTooSlow), persistence)) return []
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
  return [
    {
      raise: CAUSE,
      brandId: null,
      title: `One in twenty API answers takes longer than ${seconds(slowest)}`,
      message:
        `Of ${whole.timed} answers in the last ${persistence.of_last} minutes the slowest twentieth took longer than ${seconds(slowest)}, ` +
        `and so did that of at least ${persistence.needed} of these minutes; the limit is ${seconds(limitMs)}. Pages load slowly for this ` +
        `tenant. Look at the database's load and the longest queries, and at which endpoints are slow under Observability.`,
      details: { window_minutes: persistence.of_last, responses: Number(whole.timed), p95_ms: Math.round(slowest) },
    },
  ]
}
