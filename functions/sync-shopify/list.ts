import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Json, Page, Range } from '../../shared/sync/connector.ts'
import type { PageInfo } from './nodes.ts'

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
const secondOf = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`

const filterOf = ({ since }: Window, until: Date): string =>
  [since && `updated_at:>='${since}'`, `updated_at:<'${secondOf(until)}'`].filter(Boolean).join(' AND ')
