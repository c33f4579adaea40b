import * as z from 'zod'
import { countDays, type Days } from '../../../shared/sync/account-days.ts'
import type { Json } from '../../../shared/sync/connector.ts'
import type { Source } from './graph.ts'
import { firstList, ListPlace, walkLists } from './lists.ts'
import { firstRun, isRunPlace, RunPlace, walkRuns } from './runs.ts'
import type { Step } from './walk.ts'

/** The daily 28 days and a month are answered at once; for more than this Meta counts in the background. */
const DAYS_AT_ONCE = 31

/** The longer shape first: the shorter one would take it and drop what it does not know. */
const InsightPlace = z.union([RunPlace, ListPlace])
export type InsightPlace = z.output<typeof InsightPlace>

/** Rows a campaign and day, oldest days first. A place before what Meta still keeps is no use: the read begins anew. */
export function walkInsights(source: Source, days: Days, resume: Json | null): AsyncIterable<Step<InsightPlace>> {
  const kept = InsightPlace.safeParse(resume).data
  const first = countDays(days) > DAYS_AT_ONCE ? firstRun(days) : firstList(days)
  const start = kept && kept.since >= days.since ? kept : first
  return isRunPlace(start) ? walkRuns(source, days, start) : walkLists(source, days, start)
}
