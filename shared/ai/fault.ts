import Anthropic from '@anthropic-ai/sdk'
import type { Reason } from './reason.ts'

/** `again`: another try may help, after `waitMs`. `isCharged`: tokens may have been used. */
export type Fault = { reason: Reason; again: boolean; waitMs: number; isCharged: boolean }

/** A spend limit lasts until it is raised: waiting does not help. Source: platform.claude.com, errors, 2026-10 */
const SPEND_LIMITS = ['enforced_spend_limit_reached', 'contract_spend_limit_reached']
/** An answer, if only a refusal, is due within three seconds of a fault: longer waits are not waited. */
const LONGEST_WAIT_MS = 1_000
const SHORT_WAIT_MS = 100

/** What an error of the client means. `hasBegun`: an answer had begun to arrive. */
export function faultOf(error: unknown, hasBegun: boolean): Fault {
  const fault = (reason: Reason, again: boolean, waitMs = SHORT_WAIT_MS): Fault => ({
    reason,
    again,
    waitMs,
    isCharged: hasBegun,
  })
  if (error instanceof Anthropic.APIConnectionTimeoutError || error instanceof Anthropic.APIUserAbortError)
    return { ...fault('provider_unavailable', true), isCharged: true }
  if (error instanceof Anthropic.APIConnectionError) return fault('provider_unavailable', true)
  if (!(error instanceof Anthropic.APIError)) return fault('provider_bad_response', true)
  if (error.status === 429) return limited(error, fault)
  if (error.status === undefined || error.status >= 500) return fault('provider_unavailable', true)
  return fault('provider_rejected', false)
}

type Made = (reason: Reason, again: boolean, waitMs?: number) => Fault

/** Limits are counted by model: the other model may be asked at once when the wait would be long. */
function limited(error: InstanceType<typeof Anthropic.APIError>, fault: Made): Fault {
  if (error.errorCode !== null && SPEND_LIMITS.includes(error.errorCode)) return fault('provider_rate_limited', false)
  const seconds = Number(error.headers?.get('retry-after') ?? Number.NaN)
  const wanted = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : SHORT_WAIT_MS
  return fault('provider_rate_limited', true, wanted <= LONGEST_WAIT_MS ? wanted : SHORT_WAIT_MS)
}
