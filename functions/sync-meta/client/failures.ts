import * as z from 'zod'
import { AppError, type ErrorCode, type ErrorDetails } from '../../../shared/errors.ts'
import { type IncomingAnswer, parseJson, retryAfterMs } from '../../../shared/fetch.ts'
import { WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import { jsonOrNull, MAX_WAIT_MS, usageOf } from './usage.ts'

export const TARGET = 'Meta'

/** Meta's error envelope. Its `message` may quote the token ("Malformed access token …"), so that it goes nowhere. */
const Envelope = z.looseObject({
  error: z.object({
    message: z.string().catch(''),
    code: z.int().optional().catch(undefined),
    error_subcode: z.int().optional().catch(undefined),
    is_transient: z.boolean().catch(false),
    fbtrace_id: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .optional()
      .catch(undefined),
  }),
})
type GraphError = z.output<typeof Envelope>['error'] & { status: number }

const TOO_MUCH_DATA_SUBCODES = new Set([1504018, 1504022, 1487534])
const between = (code: number | undefined, first: number, last: number): boolean =>
  code !== undefined && code >= first && code <= last
const oneOf =
  (...codes: number[]) =>
  ({ code }: GraphError): boolean =>
    code !== undefined && codes.includes(code)

const isRateLimit = (error: GraphError): boolean => oneOf(4, 17, 32, 613)(error) || between(error.code, 80000, 80009)
const asksForLess = (error: GraphError): boolean =>
  TOO_MUCH_DATA_SUBCODES.has(error.error_subcode ?? 0) ||
  (error.code === 1 && error.message.startsWith('Please reduce the amount of data'))

/** Other refusals of code 100 are about parameters. */
const lacksPermission = ({ code, message }: GraphError): boolean =>
  code === 100 && message.includes('Missing permissions')

type Verdict = { applies: (error: GraphError) => boolean; code: ErrorCode; message: string }

/** The first that applies. Rate limits and "less data, please" come before `is_transient`, which they may carry too. */
const VERDICTS: readonly Verdict[] = [
  { applies: isRateLimit, code: 'PROVIDER_RATE_LIMITED', message: 'Meta asks to wait: a call limit is reached.' },
  { applies: asksForLess, code: 'PROVIDER_UNAVAILABLE', message: 'Meta could not deliver that much data in one call.' },
  {
    applies: oneOf(190, 102),
    code: 'PROVIDER_AUTH',
    message: 'Meta no longer accepts the access token; connect the ad account again.',
  },
  {
    applies: (error) => oneOf(10, 3)(error) || between(error.code, 200, 299) || lacksPermission(error),
    code: 'PROVIDER_PERMISSION',
    message: 'The access token lacks a permission (ads_read) for the ad account; grant it and connect again.',
  },
  {
    applies: ({ code, error_subcode }) => code === 100 && error_subcode === 33,
    code: 'PROVIDER_NOT_FOUND',
    message: 'The ad account does not exist or is not visible to the access token.',
  },
  {
    applies: oneOf(368),
    code: 'PROVIDER_REJECTED',
    message: 'Meta blocks the account or the app for a breach of its policies.',
  },
  {
    applies: oneOf(2635),
    code: 'PROVIDER_REJECTED',
    message: 'Meta no longer serves the version of its API that is used.',
  },
  {
    applies: (error) => error.is_transient || oneOf(1, 2, 104, 960)(error) || error.status >= 500,
    code: 'PROVIDER_UNAVAILABLE',
    message: 'Meta cannot answer at the moment.',
  },
]

/** The JSON of a good answer. Throws the PROVIDER_* error that Meta's envelope, the status or a broken body stands for. */
export function readAnswer(answer: IncomingAnswer, now: Date): unknown {
  const { status, headers } = answer
  if (status === 429) {
    const fallbackMs = usageOf(headers).waitMs
    throw rateLimited(retryAfterMs(headers.get('Retry-After'), { now, fallbackMs, capMs: MAX_WAIT_MS }), { status })
  }
  const json = status < 500 ? parseJson(answer, TARGET) : jsonOrNull(answer.text)
  const envelope = Envelope.safeParse(json)
  if (envelope.success) throw failureOf({ ...envelope.data.error, status }, headers)
  if (status < 400) return json
  if (status >= 500) throw new AppError('PROVIDER_UNAVAILABLE', `Meta answered ${status}.`, { details: { status } })
  throw new AppError('PROVIDER_BAD_RESPONSE', `Meta answered ${status} without saying why.`, { details: { status } })
}

function failureOf(error: GraphError, headers: Headers): AppError {
  const { status, code = null, error_subcode: subcode = null, fbtrace_id: trace_id = null } = error
  const verdict = VERDICTS.find(({ applies }) => applies(error))
  const details = { status, code, subcode, trace_id }
  if (verdict?.code === 'PROVIDER_RATE_LIMITED') return rateLimited(usageOf(headers).waitMs, details)
  if (verdict) return new AppError(verdict.code, verdict.message, { details: { ...details, less: asksForLess(error) } })
  return new AppError('PROVIDER_REJECTED', `Meta refused the call (code ${code ?? 'unknown'}).`, { details })
}

export const rateLimited = (waitMs: number, details: ErrorDetails = {}): AppError =>
  new AppError('PROVIDER_RATE_LIMITED', 'Meta asks to wait: a call limit is reached.', {
    details: { ...details, [WAIT_DETAIL]: waitMs },
  })

/** How long Meta asks to wait; null for any other error. */
export function waitOf(error: unknown): number | null {
  const waitMs = error instanceof AppError && error.code === 'PROVIDER_RATE_LIMITED' ? error.details[WAIT_DETAIL] : null
  return typeof waitMs === 'number' ? waitMs : null
}

/** Whether Meta asked for a smaller call. */
export const wantsLess = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'PROVIDER_UNAVAILABLE' && error.details.less === true

/** Whether there is no such thing, or not any more. */
export const isGone = (error: unknown): boolean => error instanceof AppError && error.code === 'PROVIDER_NOT_FOUND'

/** Whether the call's own parameters were refused, among them a cursor that is too old. */
export const isRefusedParameter = (error: unknown, subcode?: number): boolean =>
  error instanceof AppError &&
  error.code === 'PROVIDER_REJECTED' &&
  error.details.code === 100 &&
  (subcode === undefined || error.details.subcode === subcode)
