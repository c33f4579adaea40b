import { setTimeout as delay } from 'node:timers/promises'
import { effect } from './effects.ts'
import { AppError, toAppError } from './errors.ts'

export type OutgoingRequest = {
  /** Who is called, for messages: "Shopify", "Slack". Never the URL, which may carry a token. */
  target: string
  url: string
  method?: 'GET' | 'POST' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string
  timeoutMs?: number
  maxBytes?: number
  /** Tries in all after a network error or 5xx. Calls that are not safe to repeat say 1. */
  tries?: number
  /** Where a body of 5xx says what to do differently: the last such answer is returned instead of thrown. */
  returnServerErrors?: boolean
}

export type IncomingAnswer = { status: number; headers: Headers; text: string }
/** `pieces` throw PROVIDER_UNAVAILABLE when the body breaks off, PROVIDER_BAD_RESPONSE when it is too large; to leave them ends the connection. */
export type IncomingStream = { status: number; headers: Headers; pieces: AsyncIterable<Uint8Array> }

const stopping = new AbortController()

/** What fetch may be told to do differently; tests replace randomness and waiting, never the network. */
export const pace = {
  random: Math.random,
  /** Ends early when the instance stops: what comes next then sees for itself that it cannot go on. */
  wait: (ms: number): Promise<void> => delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined),
}

/** From now on nobody waits. */
export const endWaits = (): void => stopping.abort()

const TIMEOUT_MS = 30_000
/** Longer than any slice of work. */
const STREAM_MS = 300_000
const BASE_BACKOFF_MS = 250
const MAX_BACKOFF_MS = 4_000

/**
 * One HTTP exchange with a deadline over the whole body, a size cap and a few tries with full jitter.
 * Answers of any status below 500 are returned, and the last one of 5xx where that is asked for.
 * Throws PROVIDER_UNAVAILABLE or PROVIDER_BAD_RESPONSE (too large).
 */
export const request = (outgoing: OutgoingRequest): Promise<IncomingAnswer> => tried(outgoing, exchange)

/**
 * The same with a body that is not kept: `timeoutMs` is for the answer's beginning and for each piece of it, and after
 * five minutes it breaks off wherever it is.
 */
export const requestStream = (outgoing: OutgoingRequest): Promise<IncomingStream> => tried(outgoing, openStream)

type Answered = { status: number }

async function tried<A extends Answered>(
  outgoing: OutgoingRequest,
  once: (outgoing: OutgoingRequest) => Promise<A | AppError>,
): Promise<A> {
  const tries = outgoing.tries ?? 3
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await effect(`http ${outgoing.target}`, () => once(outgoing))
    if (!(outcome instanceof AppError) && outcome.status < 500) return outcome
    if (outcome instanceof AppError && !outcome.retry) throw outcome
    if (attempt >= tries) return lastOf(outgoing, outcome)
    await pace.wait(pace.random() * Math.min(MAX_BACKOFF_MS, BASE_BACKOFF_MS * 2 ** attempt))
  }
}

function lastOf<A extends Answered>(outgoing: OutgoingRequest, outcome: A | AppError): A {
  if (outcome instanceof AppError) throw outcome
  if (outgoing.returnServerErrors) return outcome
  throw unavailable(outgoing, outcome)
}

function send({ url, method = 'GET', headers = {}, body }: OutgoingRequest, signal: AbortSignal): Promise<Response> {
  const init = { method, headers, redirect: 'error', signal } as const
  return fetch(url, body === undefined ? init : { ...init, body })
}

async function exchange(outgoing: OutgoingRequest): Promise<IncomingAnswer | AppError> {
  const { target, timeoutMs = TIMEOUT_MS, maxBytes = 20_000_000 } = outgoing
  try {
    const response = await send(outgoing, AbortSignal.timeout(timeoutMs))
    return {
      status: response.status,
      headers: response.headers,
      text: await readCapped(response, { target, maxBytes }),
    }
  } catch (cause) {
    if (cause instanceof AppError) return cause
    return new AppError('PROVIDER_UNAVAILABLE', `${target} did not answer within ${timeoutMs} ms.`, { cause })
  }
}

async function openStream(outgoing: OutgoingRequest): Promise<IncomingStream | AppError> {
  const { target, timeoutMs = TIMEOUT_MS, maxBytes = 10_000_000_000 } = outgoing
  const silence = new AbortController()
  const signal = AbortSignal.any([silence.signal, AbortSignal.timeout(STREAM_MS)])
  const inTime: Reading['inTime'] = async (work) => {
    const timer = setTimeout(() => silence.abort(), timeoutMs)
    try {
      return await work
    } catch (cause) {
      throw new AppError('PROVIDER_UNAVAILABLE', `${target} broke off.`, { cause })
    } finally {
      clearTimeout(timer)
    }
  }
  try {
    const response = await inTime(send(outgoing, signal))
    const { status, headers } = response
    return { status, headers, pieces: piecesOf(response, { target, maxBytes, inTime }) }
  } catch (error) {
    return toAppError(error)
  }
}

type Limit = { target: string; maxBytes: number }
type Reading = Limit & { inTime: <T>(work: Promise<T>) => Promise<T> }

async function* piecesOf({ body }: Response, { inTime, ...limit }: Reading): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  if (!reader) return
  try {
    for (let bytes = 0; ; ) {
      const { value, done } = await inTime(reader.read())
      if (done) return
      bytes += value.byteLength
      if (bytes > limit.maxBytes) throw tooLarge(limit)
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined) // what broke off by itself has nothing to cancel
  }
}

async function readCapped(response: Response, limit: Limit): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > limit.maxBytes) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const tooLarge = ({ target, maxBytes }: Limit): AppError =>
  new AppError('PROVIDER_BAD_RESPONSE', `${target} sent more than ${maxBytes} bytes.`, {
    details: { max_bytes: maxBytes },
  })

const unavailable = (outgoing: OutgoingRequest, answer: Answered): AppError =>
  new AppError('PROVIDER_UNAVAILABLE', `${outgoing.target} answered ${answer.status}.`, {
    details: { status: answer.status },
  })

/** The body as JSON. Throws PROVIDER_BAD_RESPONSE on HTML, truncated or malformed text. */
export function parseJson(
  answer: IncomingAnswer,
  target: string,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  try {
    return parse(answer.text)
  } catch (cause) {
    const kind = answer.text.trimStart().startsWith('<') ? 'an HTML page' : 'malformed JSON'
    throw new AppError(
      'PROVIDER_BAD_RESPONSE',
      `${target} answered ${kind} instead of JSON (status ${answer.status}).`,
      {
        cause,
        details: { status: answer.status },
      },
    )
  }
}

/** Retry-After in milliseconds: seconds or an HTTP date, never negative, at most `capMs`; `fallbackMs` when absent or nonsense. */
export function retryAfterMs(header: string | null, options: { now: Date; fallbackMs: number; capMs: number }): number {
  const seconds = header?.trim() ? Number(header) : Number.NaN
  const date = header === null ? Number.NaN : Date.parse(header)
  const wanted = Number.isFinite(seconds)
    ? seconds * 1000
    : Number.isNaN(date)
      ? Number.NaN
      : date - options.now.getTime()
  if (Number.isNaN(wanted) || wanted < 0) return options.fallbackMs
  return Math.min(wanted, options.capMs)
}
