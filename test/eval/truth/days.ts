/** `until` is not included. YYYY-MM-DD. */
export type Days = { since: string; until: string }

const DAY_MS = 86_400_000
export const shift = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

/** The day of an instant in a zone, by the calendar of the machine's own ICU. */
export function dayOf(zone: string): (instant: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (instant) => format.format(new Date(instant))
}

export const isWithin = (day: string, { since, until }: Days): boolean => since <= day && day < until

/** The month of this day, or so many before it. */
export function monthOf(day: string, back = 0): Days {
  const first = (months: number): string => {
    const date = new Date(`${day.slice(0, 8)}01`)
    date.setUTCMonth(date.getUTCMonth() + months)
    return date.toISOString().slice(0, 10)
  }
  return { since: first(-back), until: first(1 - back) }
}
