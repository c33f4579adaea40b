import type { Rows } from '../db/tables.ts'
import { addDays, dayIn } from '../units.ts'

export { addDays }

const DAY_MS = 86_400_000

/** Calendar days (YYYY-MM-DD) in the account's time zone, both included. */
export type Days = { since: string; until: string }

const inOrder = (a: string, b: string): string[] => [a, b].sort()
export const earlier = (a: string, b: string): string => inOrder(a, b)[0] ?? a
export const later = (a: string, b: string): string => inOrder(a, b)[1] ?? b

export const countDays = ({ since, until }: Days): number =>
  Math.round((Date.parse(until) - Date.parse(since)) / DAY_MS) + 1

/**
 * The days that [since, until) touches, as far as the provider still has and already has them; null when there is none.
 * A day that is touched only in part is read whole, since it is one row.
 */
export function accountDays(
  range: { since: Date | null; until: Date },
  { timeZone, keptMonths }: { timeZone: string; keptMonths: number },
  now: Date,
): Days | null {
  const lastInstant = new Date(Math.min(range.until.getTime() - 1, now.getTime()))
  if (range.since && range.since > lastInstant) return null
  const oldest = oldestKept(dayIn(timeZone, now), keptMonths)
  const asked = range.since ? dayIn(timeZone, range.since) : oldest
  const since = later(asked, oldest)
  const until = dayIn(timeZone, lastInstant)
  return since > until ? null : { since, until }
}

/** A day later than the provider's own limit, so that a read over midnight stays inside it. */
function oldestKept(today: string, keptMonths: number): string {
  const date = new Date(today)
  date.setUTCMonth(date.getUTCMonth() - keptMonths)
  return addDays(date.toISOString().slice(0, 10), 1)
}

/** The newest day among rows of ads; null without any. */
export const newestDay = ({ ad_performance = [] }: Rows): string | null =>
  ad_performance.reduce<string | null>((newest, { day }) => (newest && newest > day ? newest : day), null)
