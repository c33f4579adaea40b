import * as z from 'zod'
import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import { pace } from '../fetch.ts'
import { LEASING, type LeasingOptions, leasedWindows, type Window } from '../leased-windows.ts'
import { tenantKey } from '../tenant.ts'
import { type Provider, WAIT_DETAIL } from './connector.ts'

const SPANS_MS = { second: 1_000, hour: 3_600_000, day: 86_400_000 } as const
const windowOf = (per: keyof typeof SPANS_MS, limit: number): Window => ({ name: per, sizeMs: SPANS_MS[per], limit })

/** The most calls a connection may make in each calendar second, hour or day (UTC). */
export const CallCeiling = z.strictObject({
  calls: z.int().min(1).max(1_000_000),
  per: z.enum(['second', 'hour', 'day']),
})
export type CallCeiling = z.output<typeof CallCeiling>

/**
 * What providers allow our app as a whole, so that all connections share it. Shopify and Meta count by account and say with
 * every answer how much is left: their clients go by that.
 */
const APP_QUOTAS: Readonly<Partial<Record<Provider, () => Window>>> = {
  tiktok: () => windowOf('second', config('TIKTOK_CALLS_PER_SECOND')),
  'google-ads': () => windowOf('day', config('GOOGLE_ADS_OPERATIONS_PER_DAY')),
}
/** History leaves the rest of a quota to the hours. */
const HISTORY_PART = 0.8
/** Waits that are not worth a continuation are waited here. */
const SHORT_MS = 2_000
/** However far the end of the window: after an hour somebody looks again, for quotas are raised. */
const LONGEST_MS = 3_600_000
const JITTER_MS = 50

/** A sync can wait for Firestore. While it is silent each of a connector's twenty instances has its own part. */
const QUOTA_LEASING: LeasingOptions = { ...LEASING, deadlineMs: 10_000, localPart: 20 }

export type Caller = {
  provider: Provider
  tenantId: string
  integrationId: string
  isBackfill: boolean
  ceiling: CallCeiling | null
}

/**
 * Asks before each call of a provider whether it may be made: counts it against the connection's own ceiling and against
 * what the app has at the provider. Throws PROVIDER_RATE_LIMITED with `wait_ms` when that is used up for longer than a moment.
 */
export function callQuotas(leasing: Partial<LeasingOptions> = {}): (caller: Caller) => Promise<void> {
  const options = { ...QUOTA_LEASING, ...leasing }
  const take = leasedWindows(options)
  return async (caller) => {
    for (const { key, windows } of countersOf(caller)) {
      for (let waitedMs = 0; ; ) {
        const { refusedUntil } = await take(key, windows)
        if (refusedUntil === null) break
        const waitMs = Math.max(1, refusedUntil - options.nowMs()) + pace.random() * JITTER_MS
        waitedMs += waitMs
        if (waitedMs > SHORT_MS) throw usedUp(waitMs)
        await pace.wait(waitMs)
      }
    }
  }
}

function countersOf({ provider, tenantId, integrationId, isBackfill, ceiling }: Caller) {
  const own = ceiling && {
    key: tenantKey('ceiling', tenantId, integrationId),
    windows: [windowOf(ceiling.per, ceiling.calls)],
  }
  const quota = APP_QUOTAS[provider]?.()
  const history = quota && { ...quota, name: `${quota.name}-history`, limit: Math.floor(quota.limit * HISTORY_PART) }
  const apps = quota && { key: `quota:${provider}`, windows: isBackfill && history ? [quota, history] : [quota] }
  return [own, apps].filter((each) => each !== null && each !== undefined)
}

const usedUp = (waitMs: number): AppError =>
  new AppError('PROVIDER_RATE_LIMITED', 'As many calls as are allowed have been made for now.', {
    details: { [WAIT_DETAIL]: Math.min(Math.ceil(waitMs), LONGEST_MS) },
  })
