export type Days = { since: string; until: string }

const DAY_MS = 86_400_000
const add = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
const monthStart = (day: string, months: number): string => {
  const date = new Date(`${day.slice(0, 8)}01`)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.toISOString().slice(0, 10)
}
const monday = (day: string): string => add(day, -((new Date(day).getUTCDay() + 6) % 7))
const MONTHS = 'january february march april may june july august september october november december'.split(' ')
const LENGTHS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30 }

/** The days a question speaks of, `until` not included; null when it speaks of none. */
export function daysIn(question: string, today: string): Days | null {
  const words = question.toLowerCase()
  const tomorrow = add(today, 1)
  if (/\byesterday\b/.test(words)) return { since: add(today, -1), until: today }
  if (/\btoday\b/.test(words)) return { since: today, until: tomorrow }
  const counted = /\b(?:last|past|previous) (\d{1,3}) (day|week|month)s?\b/.exec(words)
  if (counted) return { since: add(tomorrow, -Number(counted[1]) * (LENGTHS[counted[2] ?? ''] ?? 1)), until: tomorrow }
  if (/\b(last|previous) week\b/.test(words)) return { since: add(monday(today), -7), until: monday(today) }
  if (/\bthis week\b/.test(words)) return { since: monday(today), until: tomorrow }
  if (/\b(last|previous) month\b/.test(words)) return { since: monthStart(today, -1), until: monthStart(today, 0) }
  if (/\bthis month\b/.test(words)) return { since: monthStart(today, 0), until: tomorrow }
  const between = /\b(?:from|between) (\d{4}-\d\d-\d\d) (?:to|and|until) (\d{4}-\d\d-\d\d)\b/.exec(words)
  if (between) return { since: between[1] ?? today, until: add(between[2] ?? today, 1) }
  const on = /\bon (\d{4}-\d\d-\d\d)\b/.exec(words)?.[1]
  if (on) return { since: on, until: add(on, 1) }
  return named(words, today)
}

/** The latest month of that name. */
function named(words: string, today: string): Days | null {
  const month = MONTHS.findIndex((name) => new RegExp(`\\bin ${name}\\b`).test(words))
  if (month < 0) return null
  const thisYear = `${today.slice(0, 4)}-${String(month + 1).padStart(2, '0')}-01`
  const since = thisYear > today ? monthStart(thisYear, -12) : thisYear
  const end = monthStart(since, 1)
  return { since, until: end > today ? add(today, 1) : end }
}
