import { clock } from '../../shared/clock.ts'

/** Clocks of two instances differ by less than this. */
const SKEW_MS = 60_000

/** Half-open at its beginning: (since, until], `now` by our clock. */
export type Span = { since: Date; now: Date; until: Date }

/**
 * The last minutes by our clock. null when nothing of what we were just told (RFC 3339) lies in them: then the news is old, or
 * somebody's clock is wrong, and an hour that is over must neither raise nor clear anything.
 */
export function lastMinutes(minutes: number, told: readonly string[]): Span | null {
  const now = clock.now().getTime()
  const [since, until] = [now - minutes * 60_000, now + SKEW_MS]
  const isTold = told.some((at) => Date.parse(at) > since && Date.parse(at) <= until)
  return isTold ? { since: new Date(since), now: new Date(now), until: new Date(until) } : null
}
