import { setTimeout as delay } from 'node:timers/promises'
import { effect } from './effects.ts'
import { AppError } from './errors.ts'

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

const stopping = new AbortController()

/** What fetch may be told to do differently; tests replace randomness and waiting, never the network. */
export const pace = {
  random: Math.random,
  /** Ends early when the instance stops: what comes next then sees for itself that it cannot go on. */
  wait: (ms: number): Promise<void> => delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined),
}

/** From now on nobody waits. */
export const endWaits = (): void => stopping.abort()

const BASE_BACKOFF_MS = 250
const MAX_BACKOFF_MS = 4_000

/**
 * One HTTP exchange with a deadline over the whole body, a size cap and a few tries with full jitter.
 * Answers of any status below 500 are returned, and the last one of 5xx where that is asked for.
 * Throws PROVIDER_UNAVAILABLE or PROVIDER_BAD_RESPONSE (too large).
 */
export async function request(outgoing: OutgoingRequest): Promise<IncomingAnswer> {
  const tries = outgoing.tries ?? 3
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await effect(`http ${outgoing.target}`, () => exchange(outgoing))
    if (!(outcome instanceof AppError) && outcome.status < 500) return outcome
    if (outcome instanceof AppError && !outcome.retry) throw outcome
    if (attempt >= tries) return lastOf(outgoing, outcome)
    await pace.wait(pace.random() * Math.min(MAX_BACKOFF_MS, BASE_BACKOFF_MS * 2 ** attempt))
  }
}

function lastOf(outgoing: OutgoingRequest, outcome: IncomingAnswer | AppError): IncomingAnswer {
  if (outcome instanceof AppError) throw outcome
  if (outgoing.returnServerErrors) return outcome
  throw unavailable(outgoing, outcome)
}

async function exchange(outgoing: OutgoingRequest): Promise<IncomingAnswer | AppError> {
  const { target, url, method = 'GET', headers = {}, body, timeoutMs = 30_000, maxBytes = 20_000_000 } = outgoing
  try {
    const init = { method, headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) } as const
    const response = await fetch(url, body === undefined ? init : { ...init, body })
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

async function readCapped(response: Response, limit: { target: string; maxBytes: number }): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > limit.maxBytes) {
      throw new AppError('PROVIDER_BAD_RESPONSE', `${limit.target} sent more than ${limit.maxBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const unavailable = (outgoing: OutgoingRequest, answer: IncomingAnswer): AppError =>
  new AppError('PROVIDER_UNAVAILABLE', `${outgoing.target} answered ${answer.status}.`, {
    details: { status: answer.status },
  })

/** The body as JSON. Throws PROVIDER_BAD_RESPONSE on HTML, truncated or malformed text. */
export function parseJson(answer: IncomingAnswer, target: string): unknown {
  try {
    return JSON.parse(answer.text)
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
