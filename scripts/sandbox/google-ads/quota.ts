import { AdsError } from './errors.ts'

export type GoogleAdsLimits = {
  /** Calls of the whole project in 24 hours. The product runs on Standard access, which has no such limit; Basic has 15,000. */
  operationsPerDay: number
  /** Calls to one account at once, and how many come back each second. */
  burst: number
  perSecond: number
  /** Rows a chunk of a stream; Google sends up to 10,000. */
  rowsPerChunk: number
}

const DEFAULTS: GoogleAdsLimits = {
  operationsPerDay: Number.POSITIVE_INFINITY,
  burst: 40,
  perSecond: 10,
  rowsPerChunk: 500,
}
const DAY_MS = 86_400_000

/** Takes an operation of the project and, where one is named, of the account. Throws when none is left; a refused call is not counted. */
export type Quota = {
  take(customerId: string | null): void
  /** What was let through and what was refused, for tests. */
  counts(): { operations: number; refused: number }
}

export const limitsOf = (limits: Partial<GoogleAdsLimits>): GoogleAdsLimits => ({ ...DEFAULTS, ...limits })

export function quota({ operationsPerDay, burst, perSecond }: GoogleAdsLimits, clock: () => Date): Quota {
  const buckets = new Map<string, { left: number; atMs: number }>()
  let day = { startedAtMs: Number.NEGATIVE_INFINITY, operations: 0 }
  let [operations, refused] = [0, 0]

  function takeOfAccount(customerId: string, nowMs: number): void {
    const bucket = buckets.get(customerId) ?? { left: burst, atMs: nowMs }
    const left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond)
    if (left < 1) throw exhausted('RESOURCE_TEMPORARILY_EXHAUSTED', 'ACCOUNT', (1 - left) / perSecond)
    buckets.set(customerId, { left: left - 1, atMs: nowMs })
  }

  return {
    take: (customerId) => {
      const nowMs = clock().getTime()
      if (nowMs - day.startedAtMs >= DAY_MS) day = { startedAtMs: nowMs, operations: 0 }
      try {
        if (day.operations >= operationsPerDay)
          throw exhausted('RESOURCE_EXHAUSTED', 'DEVELOPER', (day.startedAtMs + DAY_MS - nowMs) / 1000)
        if (customerId !== null) takeOfAccount(customerId, nowMs)
      } catch (error) {
        refused += 1
        throw error
      }
      day.operations += 1
      operations += 1
    },
    counts: () => ({ operations, refused }),
  }
}

function exhausted(code: string, rateScope: string, seconds: number): AdsError {
  const retryDelay = `${Math.max(1, Math.ceil(seconds))}s`
  const quotaErrorDetails = { rateScope, rateName: 'Get requests', retryDelay }
  const message = `Too many requests. Retry in ${retryDelay}.`
  return new AdsError(429, { quotaError: code }, { message, details: { quotaErrorDetails } })
}
