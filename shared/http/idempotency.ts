import { createHash } from 'node:crypto'
import type { StatusCode } from 'hono/utils/http-status'
import { type Claim, claimKey, freeKey, keepAnswer, type RememberedAnswer } from '../db/idempotency-keys.ts'
import { AppError } from '../errors.ts'
import { logError } from '../log.ts'
import { readBytes } from './body.ts'
import type { HttpContext, Step } from './context.ts'

const SYNTAX = /^[\x20-\x7e]{1,255}$/
/** What makes the answer, besides its body; the rest is made anew for every request. */
const KEPT_HEADERS = ['content-type', 'location', 'cache-control', 'set-cookie']

/**
 * A POST with an Idempotency-Key is carried out once in 24 hours; the same request again gets the same answer. A failed
 * attempt frees its key. An answer that is not JSON (a stream) is not remembered. After a crash between the effect and
 * its answer the key is free again after five minutes.
 */
export const idempotent: Step = async (c, next) => {
  const key = c.req.header('idempotency-key')
  if (key === undefined || c.req.method !== 'POST') return next()
  if (!SYNTAX.test(key))
    throw new AppError('INPUT_INVALID', 'Idempotency-Key: send 1 to 255 printable ASCII characters.')
  const outcome = await claimKey(key, await requestHash(c))
  if (outcome.state === 'claimed') return await carryOut(c, outcome.claim, next)
  if (outcome.state === 'done') return replay(c, outcome.answer)
  if (outcome.state === 'running') {
    c.header('Retry-After', '1')
    throw new AppError('CONFLICT', 'A request with this Idempotency-Key is under way; ask again shortly.')
  }
  throw new AppError('CONFLICT', 'This Idempotency-Key was used for another request; take a new one for each.')
}

async function requestHash(c: HttpContext): Promise<string> {
  const { pathname, search } = new URL(c.req.url)
  const head = `${c.req.method} ${pathname}${search}\n`
  return createHash('sha256')
    .update(head)
    .update(await readBytes(c))
    .digest('base64url')
}

async function carryOut(c: HttpContext, claim: Claim, next: () => Promise<void>): Promise<void> {
  await next()
  try {
    const answer = c.error || c.res.status >= 400 ? null : await answerOf(c.res)
    await (answer ? keepAnswer(claim, answer) : freeKey(claim))
  } catch (error) {
    // What was done is done and must be answered; the key stays taken until it is given up.
    logError('The answer to an Idempotency-Key could not be remembered.', error)
  }
}

/** null: a stream. */
async function answerOf(response: Response): Promise<RememberedAnswer | null> {
  const type = response.headers.get('content-type')
  if (type !== null && !type.startsWith('application/json')) return null
  const headers = [...response.headers].filter(([name]) => KEPT_HEADERS.includes(name))
  return { status: response.status, headers, body: await response.clone().text() }
}

function replay(c: HttpContext, { status, headers, body }: RememberedAnswer): Response {
  for (const [name, value] of headers) c.header(name, value, { append: name === 'set-cookie' })
  c.header('Idempotency-Replayed', 'true')
  // A status that was answered with this body once can be answered with it again.
  return c.newResponse(body === '' ? null : body, status as StatusCode)
}
