import * as z from 'zod'
import { addDays, countDays, type Days, earlier } from '../../../shared/sync/account-days.ts'
import { INSIGHT_FIELDS, SPEND_FIELDS } from '../rows/nodes.ts'
import type { Source } from './graph.ts'
import { type Step, walk } from './walk.ts'

const DAYS_A_LIST = 30
export const INSIGHT_PAGE = 500
const WINDOWS = JSON.stringify(['1d_click', '7d_click', '1d_view'])

/** Where in the days of one answer; without `after` at its beginning. */
export const ListPlace = z.object({ since: z.iso.date(), until: z.iso.date(), after: z.string().exactOptional() })
export type ListPlace = z.output<typeof ListPlace>

/** A row a campaign and day, of these days. */
export const insightsOf = ({ since, until }: Days) => ({
  level: 'campaign',
  time_increment: '1',
  time_range: JSON.stringify({ since, until }),
  fields: INSIGHT_FIELDS,
  action_attribution_windows: WINDOWS,
})

/** A row a day of the whole account, of these days. */
export const spendOf = ({ since, until }: Days) => ({
  level: 'account',
  time_increment: '1',
  time_range: JSON.stringify({ since, until }),
  fields: SPEND_FIELDS,
  limit: String(INSIGHT_PAGE),
})

/** So many days from `since` on, as far as `days` go. */
export const daysFrom = (since: string, count: number, days: Days): Days => ({
  since,
  until: earlier(addDays(since, count - 1), days.until),
})

export const firstList = (days: Days): ListPlace => daysFrom(days.since, DAYS_A_LIST, days)

/** What is left of `days` from `start` on, answered at once: ≤ 30 days a list, oldest list first, ≤ 500 rows a page. */
export function walkLists({ graph, account }: Source, days: Days, start: ListPlace): AsyncIterable<Step<ListPlace>> {
  let daysAList = DAYS_A_LIST
  const from = (since: string): ListPlace => daysFrom(since, daysAList, days)
  return walk<ListPlace>({
    start,
    limit: INSIGHT_PAGE,
    ask: ({ since, until, ...after }, limit) =>
      graph({
        path: `${account}/insights`,
        query: { ...insightsOf({ since, until }), limit: String(limit), ...after },
      }),
    beginning: ({ since, until }) => ({ since, until }),
    following: ({ until }) => (until < days.until ? from(addDays(until, 1)) : null),
    shorter: (place) => {
      daysAList = Math.floor(countDays(place) / 2)
      return daysAList < 1 ? null : from(place.since)
    },
  })
}
