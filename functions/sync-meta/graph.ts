import { config } from '../../shared/config.ts'
import { toAppError } from '../../shared/errors.ts'
import { pace, request } from '../../shared/fetch.ts'
import type { ConnectionContext } from '../../shared/sync/connector.ts'
import { rateLimited, readAnswer, TARGET, wantsLess } from './failures.ts'
import { usageOf } from './usage.ts'

const VERSION = 'v25.0'
const TRIES = 3
const BACKOFF_MS = 1_000

/** JSON as it came, and the instant (RFC 3339) before it was asked for: of two answers the one asked for later is newer. */
export type Answer = { json: unknown; fetchedAt: string }
export type Edge = '' | '/campaigns' | '/insights'
export type Graph = (edge: Edge, query: Readonly<Record<string, string>>) => Promise<Answer>

/**
 * Reads of one ad account and its edges, paced by what Meta's usage headers said last. Throws PROVIDER_RATE_LIMITED
 * before a call that would meet a limit, so that the page before it is kept. Source: developers.facebook.com, v25.0.
 */
export function graph(accessToken: string, { accountId, now }: ConnectionContext): Graph {
  const headers = { Authorization: `Bearer ${accessToken}` }
  let stopUntilMs = 0
  let slowMs = 0

  async function ask(url: string): Promise<Answer> {
    const remainingMs = stopUntilMs - now().getTime()
    if (remainingMs > 0) throw rateLimited(remainingMs)
    if (slowMs > 0) await pace.wait(slowMs)
    const fetchedAt = now().toISOString()
    const answer = await request({ target: TARGET, url, headers })
    const usage = usageOf(answer.headers)
    slowMs = usage.slowMs
    if (usage.stop) stopUntilMs = now().getTime() + usage.waitMs
    return { json: readAnswer(answer, now()), fetchedAt }
  }

  return async (edge, query) => {
    const url = `${config('META_URL')}/${VERSION}/act_${accountId}${edge}?${new URLSearchParams(query)}`
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask(url)
      } catch (error) {
        if (attempt >= TRIES || !mayPass(error)) throw error
        await pace.wait(pace.random() * BACKOFF_MS * 2 ** attempt)
      }
    }
  }
}

/** Errors below 500 that Meta calls passing; those from 500 on were tried again already. */
function mayPass(thrown: unknown): boolean {
  const error = toAppError(thrown)
  const { status } = error.details
  return error.code === 'PROVIDER_UNAVAILABLE' && typeof status === 'number' && status < 500 && !wantsLess(error)
}
