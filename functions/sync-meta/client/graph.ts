import { config } from '../../../shared/config.ts'
import { toAppError } from '../../../shared/errors.ts'
import { pace, request } from '../../../shared/fetch.ts'
import type { ConnectionContext } from '../../../shared/sync/connector.ts'
import { rateLimited, readAnswer, TARGET, wantsLess } from './failures.ts'
import { usageOf } from './usage.ts'
import type { Answer } from './walk.ts'

const VERSION = 'v25.0'
const TRIES = 3
const BACKOFF_MS = 1_000

type Fields = Readonly<Record<string, string>>
/** A read of a node or edge, or with `form` a POST to it. Each may be repeated: a second POST makes a second report run. */
type Call = { path: string; query?: Fields; form?: Fields }

/**
 * Calls of the Graph API, paced by what its usage headers said last. Throws PROVIDER_* errors only, and
 * PROVIDER_RATE_LIMITED before a call that would meet a limit, so that the page before it is kept.
 */
export type Graph = (call: Call) => Promise<Answer>

/** An ad account ("act_1") and how it is asked. */
export type Source = { graph: Graph; account: string }

export function graphOf(accessToken: string, { now, mayCall }: Pick<ConnectionContext, 'now' | 'mayCall'>): Graph {
  const headers = { Authorization: `Bearer ${accessToken}` }
  let stopUntilMs = 0
  let slowMs = 0

  async function ask({ path, query = {}, form }: Call): Promise<Answer> {
    const remainingMs = stopUntilMs - now().getTime()
    if (remainingMs > 0) throw rateLimited(remainingMs)
    if (slowMs > 0) await pace.wait(slowMs)
    await mayCall()
    const fetchedAt = now().toISOString()
    const search = String(new URLSearchParams(query))
    const url = `${config('META_URL')}/${VERSION}/${path}${search && `?${search}`}`
    const answer = await request({ target: TARGET, url, returnServerErrors: true, ...sent(headers, form) })
    const usage = usageOf(answer.headers)
    slowMs = usage.slowMs
    if (usage.stop) stopUntilMs = now().getTime() + usage.waitMs
    return { json: readAnswer(answer, now()), fetchedAt }
  }

  return async (call) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask(call)
      } catch (error) {
        if (attempt >= TRIES || !mayPass(error)) throw error
        await pace.wait(pace.random() * BACKOFF_MS * 2 ** attempt)
      }
    }
  }
}

const sent = (headers: Fields, form: Fields | undefined) =>
  form === undefined
    ? { headers }
    : {
        method: 'POST' as const,
        headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: String(new URLSearchParams(form)),
      }

/** Errors below 500 that Meta calls passing; those from 500 on were tried again already. */
function mayPass(thrown: unknown): boolean {
  const error = toAppError(thrown)
  const { status } = error.details
  return error.code === 'PROVIDER_UNAVAILABLE' && typeof status === 'number' && status < 500 && !wantsLess(error)
}
