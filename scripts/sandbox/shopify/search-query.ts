/** Bounds in seconds since 1970; `since` is included, `until` is not. */
export type Range = { since: number; until: number }
export type TimeField = 'created_at' | 'processed_at' | 'updated_at'
export type Search = { times: Partial<Record<TimeField, Range>>; ids: string[] | null }

const TERM = /\b(created_at|processed_at|updated_at|id):\s*(>=|<=|>|<)?\s*(?:'([^']*)'|"([^"]*)"|(\S+))/g

const isTimeField = (name: string): name is TimeField => name !== 'id'

function narrow(range: Range, operator: string, second: number): Range {
  if (operator === '>=') return { ...range, since: Math.max(range.since, second) }
  if (operator === '>') return { ...range, since: Math.max(range.since, second + 1) }
  if (operator === '<') return { ...range, until: Math.min(range.until, second) }
  if (operator === '<=') return { ...range, until: Math.min(range.until, second + 1) }
  return { since: second, until: second + 1 }
}

/**
 * Reads the time and id terms of the search syntax, joined by AND. Other terms match everything, as an invalid field
 * does in the Admin API. A date that cannot be read is ignored too. Resolution is one second.
 */
export function parseSearch(query: string): Search {
  const search: Search = { times: {}, ids: null }
  for (const [, name = '', operator = '', single, double, bare] of query.matchAll(TERM)) {
    const value = single ?? double ?? bare ?? ''
    if (!isTimeField(name)) {
      if (operator === '') search.ids = [...(search.ids ?? []), value.replace(/^gid:\/\/shopify\/\w+\//, '')]
      continue
    }
    const ms = Date.parse(value)
    if (Number.isNaN(ms)) continue
    const range = search.times[name] ?? { since: -Infinity, until: Infinity }
    search.times[name] = narrow(range, operator, Math.floor(ms / 1000))
  }
  return search
}
