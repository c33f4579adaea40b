import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'
import type { HttpContext, Step } from '../../shared/http/context.ts'
import { configuredIpLimit, ipLimit } from '../../shared/http/ip-limit.ts'

/** Of one address: a shop that changes in bulk calls thousands of times, and all shops call from few addresses. */
export const PER_MINUTE = 6_000

/** Whether one of the keys made the signature (base64, in its one canonical form) of the content. In constant time. */
export function isSigned(content: Uint8Array, signature: string, keys: readonly (string | Uint8Array)[]): boolean {
  const given = Buffer.from(signature)
  const matches = keys.map((key) => {
    const expected = Buffer.from(createHmac('sha256', key).update(content).digest('base64'))
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
  return matches.includes(true)
}

/**
 * Throws UNAUTHENTICATED, or RATE_LIMITED once an address was refused too often: who signs may call often, who does not may
 * not. A flood of refusals is neither recorded nor answered with more than this.
 */
export function refusals(): (c: HttpContext) => Promise<never> {
  let limit: Step | undefined
  return async (c) => {
    limit ??= ipLimit(configuredIpLimit())
    await limit(c, async () => undefined)
    throw new AppError('UNAUTHENTICATED', 'The signature does not fit this request.')
  }
}
