const DAY_MS = 86_400_000
const DAY = /^\d{4}-\d\d-\d\d$/

/** Ranges by the days they have; what stands in the URL as `range`. */
export const RANGES = [
  { name: '7d', days: 7, label: 'Last 7 days' },
  { name: '30d', days: 30, label: 'Last 30 days' },
  { name: '90d', days: 90, label: 'Last 90 days' },
  { name: '365d', days: 365, label: 'Last 12 months' },
] as const
export const COMPARISONS = [
  { name: 'previous_period', label: 'Previous period' },
  { name: 'previous_year', label: 'Previous year' },
  { name: 'none', label: 'No comparison' },
] as const

export type RangeName = (typeof RANGES)[number]['name']
export type Comparison = (typeof COMPARISONS)[number]['name']

/** What of the pages' state is in the URL, so that a link shows what was seen. */
export type ScopeSearch = {
  brand?: string | undefined
  range?: RangeName | undefined
  /** Days of one's own choice, both included; they win over `range`. */
  from?: string | undefined
  to?: string | undefined
  compare?: Comparison | undefined
}

/** Drops what is not well-formed: a wrong link shows the default. */
export function readScope(search: Record<string, unknown>): ScopeSearch {
  const { brand, range, from, to, compare } = search
  const known = RANGES.find(({ name }) => name === range)
  const compared = COMPARISONS.find(({ name }) => name === compare)
  const days = isDay(from) && isDay(to) && from <= to ? { from, to } : {}
  return {
    ...(typeof brand === 'string' && { brand }),
    ...(known && { range: known.name }),
    ...(compared && { compare: compared.name }),
    ...days,
  }
}

const isDay = (value: unknown): value is string =>
  typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(value))

/** Days [since, until) in the brand's zone. */
export function periodOf({ range, from, to }: ScopeSearch, timeZone: string): { since: string; until: string } {
  if (from && to) return { since: from, until: addDays(to, 1) }
  const days = RANGES.find(({ name }) => name === range)?.days ?? 30
  const until = addDays(todayIn(timeZone), 1)
  return { since: addDays(until, -days), until }
}

export const todayIn = (timeZone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date())

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
