import * as z from 'zod'
import { AppError, type ErrorCode, type ErrorDetails } from '../../../shared/errors.ts'
import { type IncomingAnswer, pace, parseJson, retryAfterMs } from '../../../shared/fetch.ts'
import { WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import { parseExact } from '../../../shared/sync/exact-json.ts'

export const TARGET = 'TikTok'

const MINUTE_MS = 60_000
/** An app that made too many calls in a minute stands still for up to five. */
const LONG_WAIT_MS = 5 * MINUTE_MS
const LONGEST_WAIT_MS = 60 * MINUTE_MS

/** TikTok's `message` may quote what was sent, so that it goes nowhere. */
const Envelope = z.looseObject({
  code: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
  request_id: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .nullable()
    .catch(null),
  data: z.unknown(),
})

type Verdict = { applies: (code: number) => boolean; error: ErrorCode; message: string }
const oneOf =
  (...codes: number[]) =>
  (code: number): boolean =>
    codes.includes(code)

const LIMIT: Verdict = {
  applies: oneOf(40100, 40132, 40133, 51021),
  error: 'PROVIDER_RATE_LIMITED',
  message: 'TikTok asks to wait: a call limit is reached.',
}
/** The first that applies; every other code is about the call itself. */
const VERDICTS: readonly Verdict[] = [
  LIMIT,
  {
    applies: (code) => code > 40100 && code < 40132,
    error: 'PROVIDER_AUTH',
    message: 'TikTok no longer accepts the access token; connect the ad account again.',
  },
  {
    applies: oneOf(40001),
    error: 'PROVIDER_PERMISSION',
    message: 'The access token may not read the ad account, or lacks reporting; grant it and connect again.',
  },
  // Partial success: of one account's list a part would look like the whole.
  { applies: oneOf(20001), error: 'PROVIDER_UNAVAILABLE', message: 'TikTok answered in part only.' },
  {
    applies: (code) => (code >= 50000 && code < 52000) || code === 60001,
    error: 'PROVIDER_UNAVAILABLE',
    message: 'TikTok cannot answer at the moment.',
  },
]
const OUR_CALL = { error: 'PROVIDER_REJECTED', message: 'TikTok refused the call.' } as const

/** `data` of a good answer. Throws the PROVIDER_* error that the envelope's code, the status or a broken body stands for. */
export function readAnswer(answer: IncomingAnswer, now: Date): unknown {
  const { status, headers } = answer
  if (status === 429) {
    const limits = { now, fallbackMs: longWaitMs(), capMs: LONGEST_WAIT_MS }
    throw failure(LIMIT, { status, [WAIT_DETAIL]: retryAfterMs(headers.get('Retry-After'), limits) })
  }
  const envelope = Envelope.safeParse(parseJson(answer, TARGET, parseExact))
  if (!envelope.success)
    throw new AppError('PROVIDER_BAD_RESPONSE', `TikTok answered ${status} without its envelope.`, {
      details: { status },
    })
  const { code, request_id, data } = envelope.data
  if (code === 0 && status < 400) return data
  const verdict = VERDICTS.find(({ applies }) => applies(code)) ?? OUR_CALL
  const wait = verdict === LIMIT ? { [WAIT_DETAIL]: longWaitMs() } : {}
  throw failure(verdict, { status, code, request_id, ...wait })
}

const failure = ({ error, message }: Pick<Verdict, 'error' | 'message'>, details: ErrorDetails): AppError =>
  new AppError(error, message, { details })

/** Spread, so that not all connections come back at once. */
const longWaitMs = (): number => Math.ceil((LONG_WAIT_MS * (1 + pace.random())) / 2)

/** Faults, and limits of which nobody knows how long they last; one that says so (status 429) is not waited for here. */
export const mayPass = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === 'PROVIDER_UNAVAILABLE' ||
    (error.code === 'PROVIDER_RATE_LIMITED' && error.details.code !== undefined))

/** Whether the call's own parameters were refused, among them a page that is no more. */
export const isRefusedParameter = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'PROVIDER_REJECTED' && error.details.code === 40002
