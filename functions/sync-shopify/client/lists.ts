import * as z from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Json, Page, Range } from '../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../client.ts'
import type { Connection, PageInfo } from '../rows/scalars.ts'
import { type Budget, type PartQuery, withinBudget } from './queries.ts'

/** Shopify ends every list here, saying that nothing follows. */
const LIST_LIMIT = 25_000
const LARGEST_PAGE = 250

/** Where reading stands: `after` within the list of what changed from `since` on, `seen` rows into it. */
const Window = z.object({
  since: z.string().nullable().default(null),
  after: z.string().nullable().default(null),
  seen: z.int().nonnegative(),
})
type Window = z.output<typeof Window>

/** One page as read, with everything its rows need. */
export type ListPage = Pick<Page, 'rows' | 'drift'> & {
  count: number
  /** When the page's last row changed; null on an empty page. */
  lastUpdatedAt: string | null
  pageInfo: PageInfo
}
export type ReadPage = (at: { filter: string; after: string | null }) => Promise<ListPage>

/**
 * What changed in the range, oldest first. A list that would pass Shopify's limit starts again at the last change seen:
 * rows of that second come twice, none is left out. Throws PROVIDER_BAD_RESPONSE when the pages go round in circles.
 */
export async function* pagesOf(range: Range, read: ReadPage): AsyncGenerator<Page> {
  let window = windowOf(range)
  let known = new Set([window.after])
  for (;;) {
    const page = await read({ filter: filterOf(window, range.until), after: window.after })
    const next = nextWindow(window, page, known)
    yield {
      rows: page.rows,
      count: page.count,
      resume: next && resumeOf(next),
      position: page.lastUpdatedAt,
      ...(page.drift ? { drift: page.drift } : {}),
    }
    if (next === null) return
    if (next.after === null) known = new Set([null])
    known.add(next.after)
    window = next
  }
}

const resumeOf = ({ since, after, seen }: Window): Json => ({
  seen,
  ...(since === null ? {} : { since }),
  ...(after === null ? {} : { after }),
})

/** A `resume` of an unknown form starts the range again, which writes nothing twice. */
function windowOf({ since, resume }: Range): Window {
  const resumed = Window.safeParse(resume)
  return resumed.success ? resumed.data : { since: since && secondOf(since), after: null, seen: 0 }
}

function nextWindow(window: Window, page: ListPage, known: ReadonlySet<string | null>): Window | null {
  const { hasNextPage, endCursor } = page.pageInfo
  if (!hasNextPage) return null
  if (endCursor === null || known.has(endCursor)) {
    throw new AppError('PROVIDER_BAD_RESPONSE', 'Shopify sent the same page or cursor again: the list would never end.')
  }
  const seen = window.seen + page.count
  // The page that reaches the limit says that nothing follows, so it must never be read.
  if (seen + LARGEST_PAGE < LIST_LIMIT || page.lastUpdatedAt === null) return { ...window, after: endCursor, seen }
  const since = secondOf(new Date(page.lastUpdatedAt))
  if (since === window.since) {
    throw new AppError('PROVIDER_BAD_RESPONSE', `More than ${seen} rows changed within one second: ${since}.`)
  }
  return { since, after: null, seen: 0 }
}

/** The search has a resolution of seconds; both ends are cut the same way, so that ranges join without a gap. */
export const secondOf = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`

export const filterOf = ({ since }: { since: string | null }, until: Date): string =>
  [since && `updated_at:>='${since}'`, `updated_at:<'${secondOf(until)}'`].filter(Boolean).join(' AND ')

/** The rest of one nested list of one node, read after the page that held its beginning. */
export type Part = {
  id: string
  after: string | null
  query: PartQuery
  /** Takes the node in; answers the part that is still missing. Throws PROVIDER_BAD_RESPONSE. */
  take: (node: unknown) => Part | null
  /** The node was deleted since its page was read. */
  gone: () => void
}

const LEAST_ROWS = 5
const MAX_ROWS = 250

/** Reads parts until nothing is missing, as many in one query as the budget of points allows. */
export async function complete(client: ShopifyClient, budget: Budget, parts: readonly Part[]): Promise<void> {
  // Parts of one kind together: fewer different query texts.
  let waiting = [...parts].sort((a, b) => a.query.fields.localeCompare(b.query.fields))
  while (waiting.length > 0) {
    const { batch, data } = await withinBudget(budget, async (points) => {
      const chosen = batchOf(waiting, points)
      return { batch: chosen, data: await client.query(queryOf(chosen)) }
    })
    const missing = batch.parts.map((part, index) => takeIn(part, data[`p${index}`]))
    waiting = [...missing.filter((part) => part !== null), ...waiting.slice(batch.parts.length)]
  }
}

function takeIn(part: Part, node: unknown): Part | null {
  if (node === null) {
    part.gone()
    return null
  }
  return part.take(node)
}

type Batch = { parts: readonly Part[]; rows: readonly number[]; points: number }

const pointsOf = ({ query }: Part, rows: number): number => query.fixed + query.each * rows

function batchOf(waiting: readonly Part[], budget: number): Batch {
  let least = 0
  const over = waiting.findIndex((part) => {
    least += pointsOf(part, LEAST_ROWS)
    return least > budget
  })
  const parts = waiting.slice(0, over < 0 ? waiting.length : Math.max(1, over))
  const share = Math.floor(budget / parts.length)
  const rows = parts.map(({ query }) =>
    query.each === 0 ? 0 : Math.max(1, Math.min(MAX_ROWS, Math.floor((share - query.fixed) / query.each))),
  )
  return { parts, rows, points: parts.reduce((sum, part, index) => sum + pointsOf(part, rows[index] ?? 0), 0) }
}

/** One query with an alias for each part: p0, p1 … */
function queryOf({ parts, rows, points }: Batch) {
  const variables: Record<string, string | number | null> = {}
  const declared: string[] = []
  const fields = parts.map(({ id, after, query }, index) => {
    variables[`id${index}`] = id
    declared.push(`$id${index}: ID!`)
    if (query.each > 0) {
      Object.assign(variables, { [`first${index}`]: rows[index], [`after${index}`]: after })
      declared.push(`$first${index}: Int!`, `$after${index}: String`)
    }
    const selected = query.fields.replace('{page}', `first: $first${index}, after: $after${index}`)
    return `p${index}: node(id: $id${index}) { ... on ${query.on} { ${selected} } }`
  })
  return { text: `query (${declared.join(', ')}) { ${fields.join('\n')} }`, variables, points }
}

/** Where a list goes on, or null at its end. Throws PROVIDER_BAD_RESPONSE when it would go round in circles. */
export function nextCursor(page: Connection<unknown>, after: string | null): string | null {
  if (!page.pageInfo.hasNextPage) return null
  const { endCursor } = page.pageInfo
  if (endCursor !== null && endCursor !== after && page.nodes.length > 0) return endCursor
  throw new AppError('PROVIDER_BAD_RESPONSE', 'Shopify says that a list goes on, but not where.')
}

/** Rows of a list that was read in pages while it may have changed: each once, as it came last. */
export const eachOnce = <T extends { id: string | null }>(rows: readonly T[]): T[] => [
  ...new Map(rows.map((row, index) => [row.id ?? index, row])).values(),
]
