import * as z from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { type IncomingAnswer, parseJson, retryAfterMs } from '../../../shared/fetch.ts'
import { WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import { parseExact } from '../../../shared/sync/exact-json.ts'
import { type Refusal, verdictOn } from './verdicts.ts'

export const TARGET = 'Google Ads'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
/** However long Google says: after an hour one call asks again. */
const MAX_WAIT_MS = 60 * MINUTE_MS
/** Where Google does not say how long. The daily quota is the whole project's, so that asking again soon helps nobody. */
const WAITS: Readonly<Record<string, number>> = {
  RESOURCE_TEMPORARILY_EXHAUSTED: 30 * SECOND_MS,
  EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION: 5 * MINUTE_MS,
  EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION: MAX_WAIT_MS,
  RESOURCE_EXHAUSTED: MAX_WAIT_MS,
}
/** Errors that come in the middle of a stream have no HTTP status of their own. */
const HTTP_STATUSES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

const word = z.string().regex(/^[\w-]{1,80}$/)
const Failure = z.object({
  errorCode: z.record(word, word),
  details: z
    .object({ quotaErrorDetails: z.object({ retryDelay: z.string().optional() }).optional() })
    .optional()
    .catch(undefined),
})
const Detail = z.object({ errors: z.array(Failure).catch([]), requestId: word.nullable().catch(null) })
/** The envelope of Google's APIs; what the Ads API adds is in `details`. Its messages go nowhere. */
const Envelope = z.object({
  error: z.object({ status: word.catch(''), details: z.array(Detail).catch([]) }),
})

/** The JSON of a good answer, numbers as text. Throws the PROVIDER_* error that Google's envelope or the status stands for. */
export function readAnswer(answer: IncomingAnswer, now: Date): unknown {
  const { status } = answer
  const json = status >= 500 || status === 429 ? jsonOrNull(answer.text) : parseJson(answer, TARGET, parseExact)
  const envelope = envelopeIn(json)
  if (status < 400 && !envelope) return json
  throw failureOf(refusalOf(status, envelope), { headers: answer.headers, now })
}

/** What gateways answer is not always JSON. */
function jsonOrNull(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return null
  }
}

type Envelope = z.output<typeof Envelope>['error']

/** A stream's error is the last element of its array. */
const envelopeIn = (json: unknown): Envelope | undefined =>
  Envelope.safeParse(Array.isArray(json) ? json.at(-1) : json).data?.error

function refusalOf(status: number, envelope: Envelope | undefined): Refusal {
  const { status: rpcStatus = '', details = [] } = envelope ?? {}
  const detail = details.find(({ errors }) => errors.length > 0)
  const [first] = detail?.errors ?? []
  const [[category, code] = ['', '']] = Object.entries(first?.errorCode ?? {})
  return {
    status: status < 400 ? (HTTP_STATUSES[rpcStatus] ?? status) : status,
    category,
    code,
    rpcStatus,
    retryDelay: first?.details?.quotaErrorDetails?.retryDelay,
    requestId: detail?.requestId ?? null,
  }
}

function failureOf(refusal: Refusal, { headers, now }: { headers: Headers; now: Date }): AppError {
  const { status, requestId } = refusal
  const { code, message } = verdictOn(refusal)
  const details = { status, error: refusal.code || refusal.rpcStatus, request_id: requestId }
  if (code !== 'PROVIDER_RATE_LIMITED') return new AppError(code, message, { details })
  const fallbackMs = WAITS[refusal.code] ?? MINUTE_MS
  const headerMs = retryAfterMs(headers.get('Retry-After'), { now, fallbackMs, capMs: MAX_WAIT_MS })
  const waitMs = Math.min(delayMs(refusal.retryDelay) ?? headerMs, MAX_WAIT_MS)
  return new AppError(code, message, { details: { ...details, [WAIT_DETAIL]: waitMs } })
}

/** "30s", "0.5s"; null for what is none, or no time. */
function delayMs(duration = ''): number | null {
  const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1] ?? 0)
  return seconds > 0 ? seconds * SECOND_MS : null
}

/** Whether the person was not given this account itself; it may be a client of a manager that they were given. */
export const isUserDenied = (error: unknown): boolean =>
  error instanceof AppError && error.details.error === 'USER_PERMISSION_DENIED'

/** Whether a shorter window may be answered: the answer was too large to be taken, or took Google too long. */
export const wantsLess = (error: unknown): boolean =>
  error instanceof AppError && (error.details.max_bytes !== undefined || error.details.error === 'DEADLINE_EXCEEDED')
