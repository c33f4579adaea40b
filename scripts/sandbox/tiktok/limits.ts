import { TikTokError } from './errors.ts'

/** Calls of the whole app, whoever's token they carry. */
export type TikTokLimits = { callsPerSecond: number; callsPerMinute: number }

/** What an app has at the basic level. */
const DEFAULTS: TikTokLimits = { callsPerSecond: 10, callsPerMinute: 600 }

/** Counts a call, or throws 40100. A refused call is not counted. */
export type AppLimits = {
  take(): void
  /** What was let through and what was refused, for tests. */
  counts(): { calls: number; refused: number }
}

export function appLimits(options: Partial<TikTokLimits>, clock: () => Date): AppLimits {
  const limits = { ...DEFAULTS, ...options }
  const second = counter(1_000, limits.callsPerSecond)
  const minute = counter(60_000, limits.callsPerMinute)
  let [calls, refused] = [0, 0]
  return {
    take: () => {
      const nowMs = clock().getTime()
      if (second.isFull(nowMs) || minute.isFull(nowMs)) {
        refused += 1
        throw new TikTokError(40100, 'Due to too many requests, requests from App are temporarily restricted.')
      }
      calls += 1
      second.add()
      minute.add()
    },
    counts: () => ({ calls, refused }),
  }
}

/** Calls since the beginning of the window, which the first call after the one before begins. */
function counter(windowMs: number, limit: number) {
  let window = { startedAtMs: Number.NEGATIVE_INFINITY, calls: 0 }
  return {
    isFull: (nowMs: number): boolean => {
      if (nowMs - window.startedAtMs >= windowMs) window = { startedAtMs: nowMs, calls: 0 }
      return window.calls >= limit
    },
    add: (): void => {
      window.calls += 1
    },
  }
}
