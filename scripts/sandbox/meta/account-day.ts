const DAY_MS = 86_400_000
const wallClocks = new Map<string, Intl.DateTimeFormat>()

function wallClock(timeZone: string): Intl.DateTimeFormat {
  const known = wallClocks.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  wallClocks.set(timeZone, made)
  return made
}

/** `YYYY-MM-DD HH:mm:ss` on the wall in `timeZone`. */
const wallTime = (instantMs: number, timeZone: string) => wallClock(timeZone).format(instantMs)

const offsetMs = (instantMs: number, timeZone: string) =>
  Date.parse(`${wallTime(instantMs, timeZone).replace(' ', 'T')}Z`) - Math.floor(instantMs / 1000) * 1000

function startOfDayMs(day: string, timeZone: string): number {
  const midnightAsUtc = Date.parse(day)
  const guess = midnightAsUtc - offsetMs(midnightAsUtc, timeZone)
  return midnightAsUtc - offsetMs(guess, timeZone)
}

export type Moment = {
  /** `YYYY-MM-DD` in the account's time zone. */
  today: string
  /** Share of today that has passed, from 0 to 1, of 23 or 25 hours where the clocks change. */
  passed: number
}

export function momentIn(timeZone: string, now: Date): Moment {
  const today = wallTime(now.getTime(), timeZone).slice(0, 10)
  const start = startOfDayMs(today, timeZone)
  const length = startOfDayMs(addDays(today, 1), timeZone) - start
  return { today, passed: Math.min(1, Math.max(0, (now.getTime() - start) / length)) }
}

export const addDays = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

export const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

/** The same day of an earlier month, or that month's last day when it is shorter. */
export function monthsBefore(day: string, months: number): string {
  const date = new Date(day)
  const dayOfMonth = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() - months + 1, 0)
  date.setUTCDate(Math.min(dayOfMonth, date.getUTCDate()))
  return date.toISOString().slice(0, 10)
}
