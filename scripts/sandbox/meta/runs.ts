import { type Insights, insightsAt, insightsPage } from './insights.ts'
import type { AdvertisingStore, GraphObject } from './objects.ts'
import type { Page } from './paging.ts'
import type { Parameters } from './parameters.ts'

/** How a report run ends; one that is stuck stays at 0 %. */
export type RunFate = 'completed' | 'failed' | 'skipped' | 'stuck'

export type RunHabits = {
  /** Rows that are counted from one look at a run to the next. */
  rowsALook: number
  /** Of this sandbox's runs, the first being 0. */
  fateOf: (nth: number) => RunFate
}

const DEFAULTS: RunHabits = { rowsALook: 5_000, fateOf: () => 'completed' }
const KEPT_MS = 30 * 86_400_000
const FIRST_ID = 6_023_920_149_050n

export type ReportRun = {
  id: string
  accountId: string
  /** The figures are those of `askedAt`, whenever they are read. */
  insights: Insights
  askedAt: Date
  fate: RunFate
  /** Rows counted so far. */
  counted: number
}

/** Runs at which the sandbox works while it is asked how far they are. */
export type ReportRuns = {
  /** Throws what the same call would throw if it were answered at once. */
  ask: (store: AdvertisingStore, query: Parameters, now: Date) => object
  /** null for any other node, and for a run that is no longer kept. */
  find: (id: string, now: Date) => ReportRun | null
  look: (run: ReportRun) => object
}

export function reportRuns(options: Partial<RunHabits>): ReportRuns {
  const { rowsALook, fateOf } = { ...DEFAULTS, ...options }
  const runs = new Map<string, ReportRun>()
  return {
    ask: (store, query, now) => {
      const id = String(FIRST_ID + BigInt(runs.size))
      const run = { id, accountId: store.meta.account_id, insights: insightsAt(store, query, now), askedAt: now }
      runs.set(id, { ...run, fate: fateOf(runs.size), counted: 0 })
      return { report_run_id: id }
    },
    find: (id, now) => {
      const run = runs.get(id)
      return run && now.getTime() - run.askedAt.getTime() <= KEPT_MS ? run : null
    },
    look: (run) => {
      if (run.fate !== 'stuck') run.counted = Math.min(run.insights.groups.length, run.counted + rowsALook)
      return progressOf(run)
    },
  }
}

/** What is counted so far: of a run that is not done a part, which does not say so. */
export const runPage = ({ insights, counted }: ReportRun, call: { url: URL; token: string }): Page<GraphObject> =>
  insightsPage({ ...insights, groups: insights.groups.slice(0, counted) }, call)

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)

function progressOf(run: ReportRun): object {
  const { id, accountId, askedAt, insights } = run
  const state = stateOf(run)
  const is_running = state.async_status === 'Job Running'
  return {
    id,
    account_id: accountId,
    time_ref: seconds(askedAt),
    ...(is_running ? {} : { time_completed: seconds(askedAt) }),
    ...state,
    date_start: insights.since,
    date_stop: insights.until,
    is_running,
  }
}

function stateOf({ fate, counted, insights: { groups } }: ReportRun) {
  const share = groups.length === 0 ? 1 : counted / groups.length
  const percent = Math.floor(share * 100)
  if (fate === 'stuck' || share < 1)
    return { async_status: 'Job Running', async_percent_completion: fate === 'stuck' ? 0 : percent }
  if (fate === 'completed') return { async_status: 'Job Completed', async_percent_completion: 100 }
  // Given up just before the end.
  if (fate === 'skipped') return { async_status: 'Job Skipped', async_percent_completion: 99 }
  return { async_status: 'Job Failed', async_percent_completion: 99, ...FAILURE }
}

const FAILURE = {
  error_code: 2,
  error_message: 'Service temporarily unavailable',
  error_subcode: 1504018,
  error_user_title: 'Your request timed out',
  error_user_msg: 'Please try a smaller date range, fetch less data, or use async jobs',
}
