import { traced } from '../log.ts'
import { unorderedId } from '../unordered-id.ts'
import type { Step } from './context.ts'

const GIVEN = /^[A-Za-z0-9._-]{1,128}$/
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/
const NO_TRACE = '0'.repeat(32)

/** One id through HTTP, events and logs: the caller's X-Request-ID if it is sane, else a new one. Answered in the same header. */
export const requestId: Step = async (c, next) => {
  const given = c.req.header('x-request-id') ?? ''
  const id = GIVEN.test(given) ? given : unorderedId()
  // Source: w3.org/TR/trace-context, 3.2 (an all-zero trace id is invalid)
  const trace = TRACEPARENT.exec(c.req.header('traceparent') ?? '')?.[1]
  c.set('requestId', id)
  const traceId = trace === undefined || trace === NO_TRACE ? null : trace
  c.set('traceId', traceId)
  c.header('X-Request-ID', id)
  await (traceId === null ? next() : traced(traceId, next))
}
