import { addDays } from '../../units.ts'
import { fieldErrors } from '../call.ts'

/** Days since (included) until (not included). */
export type Period = { since: string; until: string }
export const COMPARISONS = ['previous_period', 'previous_year', 'none'] as const
export type Comparison = (typeof COMPARISONS)[number]

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
const MAX_DAYS = 366
/** 52 weeks, so that weekdays meet weekdays. */
const YEAR_DAYS = 364

export const daysIn = ({ since, until }: Period): number => (Date.parse(until) - Date.parse(since)) / DAY_MS

/** Every day of the period, in order. */
export const eachDay = (period: Period): string[] =>
  Array.from({ length: daysIn(period) }, (_, index) => addDays(period.since, index))

/** The period asked for; by default the last 30 days up to and with today. Throws INPUT_INVALID by field. */
export function choosePeriod(given: { since?: string | undefined; until?: string | undefined }, today: string): Period {
  const until = given.until ?? addDays(today, 1)
  const since = given.since ?? addDays(until, -DEFAULT_DAYS)
  const days = daysIn({ since, until })
  if (days < 1) throw fieldErrors({ since: ['Must lie before until.'] })
  if (days > MAX_DAYS) throw fieldErrors({ until: [`At most ${MAX_DAYS} days at once.`] })
  return { since, until }
}

export function comparedWith(period: Period, comparison: Comparison): Period | null {
  if (comparison === 'none') return null
  const back = comparison === 'previous_year' ? YEAR_DAYS : daysIn(period)
  return { since: addDays(period.since, -back), until: addDays(period.until, -back) }
}

/** The days of the period from this one on, up to today; none without it. */
export const daysSince = (from: string | null, { period, today }: { period: Period; today: string }): string[] =>
  from === null ? [] : eachDay(period).filter((day) => day >= from && day <= today)
