import { config } from '../../../shared/config.ts'
import { pace, request } from '../../../shared/fetch.ts'
import type { ConnectionContext } from '../../../shared/sync/connector.ts'
import { mayPass, readAnswer, TARGET } from './failures.ts'

const VERSION = 'v1.3'
const TRIES = 3
const BACKOFF_MS = 1_000

/** `data` of the envelope, numbers as text, and the instant (RFC 3339) before it was asked for. */
export type Answer = { data: unknown; fetchedAt: string }
/** One read of an endpoint such as "campaign/get". */
export type Api = (path: string, query: Readonly<Record<string, string>>) => Promise<Answer>

/**
 * Calls of the API. What may pass (limits that do not say for how long, faults) is tried again after 1 to 2 and 2 to 4
 * seconds; then it throws, as for all else, PROVIDER_* errors only.
 */
export function tiktokApi(accessToken: string, { now, mayCall }: ConnectionContext): Api {
  const headers = { 'Access-Token': accessToken }
  return async (path, query) => {
    const url = `${config('TIKTOK_URL')}/open_api/${VERSION}/${path}/?${new URLSearchParams(query)}`
    for (let attempt = 1; ; attempt += 1) {
      await mayCall()
      const fetchedAt = now().toISOString()
      try {
        return { data: readAnswer(await request({ target: TARGET, url, headers, tries: 1 }), now()), fetchedAt }
      } catch (error) {
        if (attempt >= TRIES || !mayPass(error)) throw error
        await pace.wait((1 + pace.random()) * BACKOFF_MS * 2 ** (attempt - 1))
      }
    }
  }
}
