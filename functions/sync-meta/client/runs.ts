import * as z from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { log } from '../../../shared/log.ts'
import { addDays, type Days } from '../../../shared/sync/account-days.ts'
import { DAY_MS, MINUTE_MS } from '../../../shared/sync/connector.ts'
import { isGone, waitOf, wantsLess } from './failures.ts'
import type { Source } from './graph.ts'
import { daysFrom, firstList, INSIGHT_PAGE, insightsOf, ListPlace, walkLists } from './lists.ts'
import { type Step, walk } from './walk.ts'

const DAYS_A_RUN = 120
/** A run of fewer days is no better than a list, which is answered at once. */
const FEWEST_DAYS_A_RUN = 30
const SHORTEST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = MINUTE_MS
/** A run that has not begun to count after this long never does. */
const STUCK_MS = 15 * MINUTE_MS
const LONGEST_RUN_MS = 2 * 60 * MINUTE_MS
/** Meta keeps what it counted for 30 days. */
const KEPT_MS = 29 * DAY_MS

const Id = z.string().regex(/^\d+$/)
/** A report run that Meta works at. Its figures may be as old as `asked_at`, however late they are read. */
const Run = z.object({ id: Id, asked_at: z.iso.datetime() })
type Run = z.output<typeof Run>
/** `days_a_run`: how many days this and the following runs of the read have, fewer after each failure. */
export const RunPlace = ListPlace.extend({ days_a_run: z.int().positive(), run: Run.exactOptional() })
export type RunPlace = z.output<typeof RunPlace>
export const isRunPlace = (place: RunPlace | ListPlace): place is RunPlace => 'days_a_run' in place

const Created = z.looseObject({ report_run_id: Id })
const Progress = z.looseObject({
  async_status: z.string(),
  async_percent_completion: z.number().default(0),
  error_code: z.int().nullable().catch(null),
  error_subcode: z.int().nullable().catch(null),
})
type Progress = z.output<typeof Progress>

export const firstRun = (days: Days): RunPlace => ({
  ...daysFrom(days.since, DAYS_A_RUN, days),
  days_a_run: DAYS_A_RUN,
})

/**
 * What is left of `days` from `start` on, counted by Meta in the background: ≤ 120 days a run, oldest first, ≤ 500 rows a
 * page. While a run is not done the last step has no rows and says how long to wait. A run that fails is asked for again
 * with half the days, at last as lists.
 */
export async function* walkRuns(
  source: Source,
  days: Days,
  start: RunPlace,
): AsyncGenerator<Step<RunPlace | ListPlace>> {
  let place: RunPlace | ListPlace | null = start
  while (place && isRunPlace(place)) {
    const at: RunPlace = place
    let run = at.run
    try {
      run ??= await create(source, at)
      const { state, waitMs } = await look(source, run)
      if (state === 'running') {
        yield waiting({ ...at, run }, waitMs)
        return
      }
      if (state === 'done') {
        place = following(at, days)
        for await (const step of walkRun(source, { ...at, run })) yield { ...step, next: step.next ?? place }
        continue
      }
    } catch (error) {
      const waitMs = waitOf(error)
      if (run && !at.run && waitMs !== null) {
        // Thrown, it would take the run's name with it, and the next slice would ask for another.
        yield waiting({ ...at, run }, waitMs)
        return
      }
      if (!wantsLess(error) && !isGone(error)) throw error
    }
    place = smaller(at, days)
  }
  if (place) yield* walkLists(source, days, place)
}

const waiting = (next: RunPlace & { run: Run }, waitMs: number): Step<RunPlace> => ({
  nodes: [],
  fetchedAt: next.run.asked_at,
  next,
  waitMs,
})

async function create({ graph, account }: Source, days: Days): Promise<Run> {
  const { json, fetchedAt } = await graph({ path: `${account}/insights`, form: insightsOf(days) })
  const created = Created.safeParse(json)
  if (!created.success)
    throw new AppError('PROVIDER_BAD_RESPONSE', 'Meta did not name the report run it was asked for.')
  return { id: created.data.report_run_id, asked_at: fetchedAt }
}

type Look = { state: 'running' | 'done' | 'failed'; waitMs: number }

async function look({ graph }: Source, run: Run): Promise<Look> {
  const { json, fetchedAt } = await graph({ path: run.id })
  const progress = Progress.safeParse(json)
  if (!progress.success) throw new AppError('PROVIDER_BAD_RESPONSE', 'Meta did not tell how far the report run is.')
  const ageMs = Date.parse(fetchedAt) - Date.parse(run.asked_at)
  const state = stateOf(progress.data, ageMs)
  if (state === 'failed') logFailure(progress.data, run)
  return { state, waitMs: Math.min(Math.max(Math.ceil(ageMs / 2), SHORTEST_WAIT_MS), LONGEST_WAIT_MS) }
}

/** Done is what is called so and is whole. */
function stateOf({ async_status: status, async_percent_completion: percent }: Progress, ageMs: number): Look['state'] {
  if (status === 'Job Failed' || status === 'Job Skipped' || ageMs > KEPT_MS) return 'failed'
  if (status === 'Job Completed' && percent === 100) return 'done'
  return ageMs > (percent === 0 ? STUCK_MS : LONGEST_RUN_MS) ? 'failed' : 'running'
}

function logFailure(progress: Progress, run: Run): void {
  const { async_status: status, async_percent_completion: percent, error_code, error_subcode } = progress
  log('WARNING', 'A report run of Meta came to nothing.', {
    report_run_id: run.id,
    status,
    percent,
    error_code,
    error_subcode,
  })
}

const walkRun = ({ graph }: Source, start: RunPlace & { run: Run }): AsyncIterable<Step<RunPlace>> =>
  walk<RunPlace>({
    start,
    limit: INSIGHT_PAGE,
    ask: async ({ after }, limit) => {
      const query = { limit: String(limit), ...(after !== undefined && { after }) }
      const { json } = await graph({ path: `${start.run.id}/insights`, query })
      return { json, fetchedAt: start.run.asked_at }
    },
    beginning: ({ after: _, ...place }) => place,
    following: () => null,
    shorter: () => null,
  })

const following = ({ until, days_a_run }: RunPlace, days: Days): RunPlace | null =>
  until < days.until ? { ...daysFrom(addDays(until, 1), days_a_run, days), days_a_run } : null

function smaller({ since, days_a_run }: RunPlace, days: Days): RunPlace | ListPlace {
  const half = Math.floor(days_a_run / 2)
  if (half < FEWEST_DAYS_A_RUN) return firstList({ ...days, since })
  return { ...daysFrom(since, half, days), days_a_run: half }
}
