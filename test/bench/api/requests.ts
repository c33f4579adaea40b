import { LAST_DAY } from '../tenancy/data.ts'
import type { Visitor } from './people.ts'

/** A request as autocannon takes it. */
export type Request = { method: string; path: string; headers: Record<string, string>; body?: string }

const DAY_MS = 86_400_000
const dayBefore = (days: number): string => new Date(Date.parse(LAST_DAY) - days * DAY_MS).toISOString().slice(0, 10)

/** The n-th period: all between 28 and 32 days long, none twice among the first 500. */
const periodOf = (n: number): { since: string; until: string } => {
  const until = n % 100
  return { since: dayBefore(until + 28 + Math.floor(n / 100)), until: dayBefore(until) }
}

const PERIODS = 500

/** For each connection its own list, so that no two ask the same question at the same time. */
export function uncachedDashboards(visitors: readonly Visitor[], connections: number): Request[][] {
  return Array.from({ length: connections }, (_, connection) =>
    Array.from({ length: PERIODS }, (_, n) => {
      const visitor = visitors[(connection * 7 + n) % visitors.length] ?? visitors[0]
      if (!visitor) throw new Error('There are no visitors.')
      return dashboardOf(visitor, periodOf((connection * 31 + n) % PERIODS))
    }),
  )
}

/** Every visitor's latest 30 days, over and over. */
export const cachedDashboards = (visitors: readonly Visitor[]): Request[][] => [
  visitors.map((visitor) => dashboardOf(visitor, periodOf(0))),
]

const dashboardOf = ({ brandId, token }: Visitor, { since, until }: { since: string; until: string }): Request => ({
  method: 'GET',
  path: `/api/brands/${brandId}/dashboard?since=${since}&until=${until}&compare=none`,
  headers: { authorization: `Bearer ${token}` },
})

const QUERY = `query ($b: UUID!, $s: Date!, $u: Date!) { days(brand: $b, since: $s, until: $u)
  channels(brand: $b, since: $s, until: $u) campaigns(brand: $b, since: $s, until: $u) connections(brand: $b) brand(brand: $b) }`

/** The same question in PostGraphile's words. */
export function asGraphql({ path, headers }: Request): Request {
  const { pathname, searchParams } = new URL(path, 'http://bench')
  const variables = { b: pathname.split('/')[3], s: searchParams.get('since'), u: searchParams.get('until') }
  return {
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables }),
  }
}
