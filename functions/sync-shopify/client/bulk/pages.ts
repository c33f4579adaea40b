import { AppError } from '../../../../shared/errors.ts'
import type { ConnectionContext, Json, Page } from '../../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../../client.ts'
import { pagesOf, type ReadPage } from '../lists.ts'
import { type Draft, OUTDATED_DETAIL } from '../order-drafts.ts'
import { FILE_DETAIL, linesFrom } from './file.ts'
import { begin, cancel, type Look, look } from './operations.ts'
import { blocksOf } from './orders.ts'
import { again, halves, inPages, MOST_JOBS, type Plan, rangeOf, searchOf, type Window } from './windows.ts'

/** How orders are read: `read` a page of a list, `finish` those of a file. */
export type OrderReading = {
  client: ShopifyClient
  context: ConnectionContext
  read: ReadPage
  finish: (drafts: readonly Draft[]) => Promise<Pick<Page, 'rows' | 'count' | 'drift'>>
}

const SHORTEST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** Shopify gives an operation ten days; pages are quicker than that. */
const LONGEST_JOB_MS = 12 * 3_600_000

/**
 * History by files that Shopify makes, window after window, oldest first; while it makes them nothing is waited for here.
 * Within a window orders come as the file has them: a page's position is the window's beginning, up to where all is read.
 */
export async function* bulkPages(reading: OrderReading, plan: Plan): AsyncGenerator<Page> {
  let windows = plan.bulk
  let { waits } = plan
  while (windows.length > 0) {
    const known = windows[0]?.job
    const begun = await withJobs(reading.client, windows)
    windows = begun.windows
    if (begun.refused !== null)
      yield { ...NOTHING, resume: resumeOf(windows), drift: { [`bulkOperationRunQuery=${begun.refused}`]: 1 } }
    // A job that was begun just now is to be known before anything else happens.
    const next = windows[0]?.job === known ? yield* advance(reading, windows) : 'wait'
    if (next === 'wait') {
      const waitMs = Math.min(LONGEST_WAIT_MS, Math.round(SHORTEST_WAIT_MS * 1.5 ** waits))
      waits += 1
      yield { ...NOTHING, resume: { bulk: windows, waits }, waitMs }
    } else {
      windows = next
      waits = 0
    }
  }
}

const NOTHING = { rows: {}, count: 0, position: null } as const
const resumeOf = (bulk: Window[]): Json | null => (bulk.length === 0 ? null : { bulk, waits: 0 })

type Begun = { windows: Window[]; refused: string | null }

/** As many windows at work as may be. What Shopify does not run in bulk at all is read by pages. */
async function withJobs(client: ShopifyClient, given: readonly Window[]): Promise<Begun> {
  const windows = [...given]
  for (const [at, window] of windows.slice(0, MOST_JOBS).entries()) {
    if (window.job || window.pages) continue
    const begun = await begin(client, searchOf(window))
    if (begun === 'busy') break
    if ('refused' in begun) return { windows: windows.map((one) => (one.job ? one : inPages(one))), ...begun }
    windows[at] = { ...window, job: begun.job }
  }
  return { windows, refused: null }
}

/** Reads the first window as far as it goes. The windows that are left, or that Shopify is still at work. */
async function* advance(reading: OrderReading, windows: readonly Window[]): AsyncGenerator<Page, Window[] | 'wait'> {
  const [first, ...later] = windows
  if (!first) return []
  if (first.pages) return yield* listed(reading, first, later)
  if (!first.job) return 'wait'
  const seen = await look(reading.client, first.job)
  if (seen.state === 'working' && !isStuck(seen, reading.context.now())) return 'wait'
  if (seen.state === 'working') {
    await cancel(reading.client, first.job)
    return [inPages(first), ...later]
  }
  if (seen.state === 'failed') return [again(first), ...later]
  if (seen.state === 'too_long') return [...halves(first), ...later]
  if (seen.state === 'done') return yield* filed(reading, { ...seen, first, later })
  if (later.length === 0) yield { ...NOTHING, resume: null }
  return later
}

const isStuck = ({ since }: Extract<Look, { state: 'working' }>, now: Date): boolean =>
  since !== null && now.getTime() - since.getTime() > LONGEST_JOB_MS

async function* listed({ read }: OrderReading, first: Window, later: Window[]): AsyncGenerator<Page, Window[]> {
  for await (const page of pagesOf(rangeOf(first), read)) {
    const { resume } = page
    yield { ...page, resume: resumeOf(resume === null ? later : [inPages(first, resume), ...later]) }
  }
  return later
}

type Filed = { url: string; objects: number; first: Window; later: Window[] }

async function* filed({ finish }: OrderReading, of: Filed): AsyncGenerator<Page, Window[]> {
  const { url, objects, first, later } = of
  try {
    for await (const { drafts, at, seen } of blocksOf(linesFrom(url, first.at), { ...first, objects })) {
      const left = seen === objects ? later : [{ ...first, at, seen }, ...later]
      yield { ...(await finish(drafts)), position: first.since, resume: resumeOf(left) }
    }
    return later
  } catch (thrown) {
    const { [FILE_DETAIL]: fault, [OUTDATED_DETAIL]: outdated } = thrown instanceof AppError ? thrown.details : {}
    if (fault === 'ungrouped') return [inPages(first), ...later]
    if (fault === undefined && outdated === undefined) throw thrown
    return [again(first), ...later]
  }
}
