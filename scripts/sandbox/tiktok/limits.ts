import { TikTokError } from './errors.ts'

/** Calls of the whole app, whoever's token they carry: how many come back each second, and how many may come at once. */
export type TikTokLimits = { perSecond: number; burst: number }

/** What an app has at the basic level. A burst may span the end of a second. */
const DEFAULTS: TikTokLimits = { perSecond: 10, burst: 20 }

/** Counts a call, or throws 40100. A refused call is not counted. */
export type AppLimits = {
  take(): void
  /** What was let through and what was refused, for tests. */
  counts(): { calls: number; refused: number }
}

export function appLimits(options: Partial<TikTokLimits>, clock: () => Date): AppLimits {
  const { perSecond, burst } = { ...DEFAULTS, ...options }
  let bucket = { left: burst, atMs: clock().getTime() }
  let [calls, refused] = [0, 0]
  return {
    take: () => {
      const atMs = clock().getTime()
      const left = Math.min(burst, bucket.left + ((atMs - bucket.atMs) / 1000) * perSecond)
      if (left < 1) {
        refused += 1
        throw new TikTokError(40100, 'Due to too many requests, requests from App are temporarily restricted.')
      }
      calls += 1
      bucket = { left: left - 1, atMs }
    },
    counts: () => ({ calls, refused }),
  }
}
