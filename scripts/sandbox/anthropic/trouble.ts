import * as z from 'zod'

/** What can go wrong with the next answers, one after the other. */
export const Trouble = z.enum([
  'overloaded',
  'server_error',
  'timeout_error',
  'rate_limited',
  'rate_limited_long',
  'spend_limit',
  'refusal',
  'max_tokens',
  'cut',
  'error_event',
  'garbage',
  'hang',
])
export type Trouble = z.output<typeof Trouble>

type Refusal = { status: number; type: string; message: string; headers?: Record<string, string>; code?: string }

const REFUSALS: Readonly<Partial<Record<Trouble, Refusal>>> = {
  overloaded: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
  server_error: { status: 500, type: 'api_error', message: 'Internal server error' },
  timeout_error: { status: 504, type: 'timeout_error', message: 'Request timed out' },
  rate_limited: { status: 429, type: 'rate_limit_error', message: 'Rate limited', headers: { 'retry-after': '0' } },
  rate_limited_long: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Rate limited',
    headers: { 'retry-after': '58' },
  },
  spend_limit: {
    status: 429,
    type: 'rate_limit_error',
    message: 'You have reached your spend limit',
    headers: { 'x-should-retry': 'false' },
    code: 'enforced_spend_limit_reached',
  },
}

export function errorAnswer({ status, type, message, headers, code }: Refusal): Response {
  const requestId = `req_sandbox_${Date.now().toString(36)}`
  const error = { type, message, ...(code !== undefined && { details: { error_code: code } }) }
  return new Response(JSON.stringify({ type: 'error', error, request_id: requestId }), {
    status,
    headers: { 'content-type': 'application/json', 'request-id': requestId, ...headers },
  })
}

/** The answer of a trouble that is no message at all; null for one that spoils a message. */
export const refusedBy = (trouble: Trouble | null): Response | null => {
  const refusal = trouble === null ? undefined : REFUSALS[trouble]
  return refusal ? errorAnswer(refusal) : null
}

const OVERLOADED = `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })}\n\n`

/** Of the events of a good message, what arrives: half of them and then nothing, an error, or what is no JSON. */
export function* spoiled(events: Iterable<string>, trouble: Trouble | null): Generator<string> {
  const all = [...events]
  if (trouble !== 'cut' && trouble !== 'error_event' && trouble !== 'garbage') return yield* all
  yield* all.slice(0, Math.ceil(all.length / 2))
  if (trouble === 'error_event') yield OVERLOADED
  if (trouble === 'garbage') yield 'event: content_block_delta\ndata: {"type":"content_block_del\n\n'
}
