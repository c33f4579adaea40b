import * as z from 'zod'
import { addDays, type Moment, monthsBefore } from './account-day.ts'
import { GraphError, invalidParameter } from './errors.ts'
import { INSIGHT_FIELDS } from './insights-fields.ts'
import { jsonParameter, type Parameters, requestedFields } from './parameters.ts'

export type InsightsQuery = {
  level: 'campaign' | 'account'
  /** false: one row for the whole range. */
  daily: boolean
  /** Days in the account's time zone, both included. */
  since: string
  until: string
  fields: readonly string[]
  windows: readonly string[]
}

const OLDEST_MONTHS = 37
const WINDOWS = ['1d_click', '7d_click', '28d_click', '1d_view', '7d_view', '28d_view', 'default'] as const
const Windows = z.array(z.enum(WINDOWS))
const Day = z.iso.date()
const TimeRange = z.object({ since: Day, until: Day })
/** First and last day of each preset, in days before the account's today. */
const PRESETS: Record<string, readonly [number, number]> = {
  today: [0, 0],
  yesterday: [1, 1],
  last_3d: [3, 1],
  last_7d: [7, 1],
  last_14d: [14, 1],
  last_28d: [28, 1],
  last_30d: [30, 1],
  last_90d: [90, 1],
}
/** Parameters that change the rows and that the sandbox has no data for: refused, since ignoring them would lie. */
const NOT_SERVED = ['breakdowns', 'action_breakdowns', 'filtering', 'sort', 'time_ranges', 'summary_action_breakdowns']

/** Throws (#100) for a parameter that Meta would refuse too, and 3018 for a range that starts too early. */
export function insightsQuery(query: Parameters, moment: Moment): InsightsQuery {
  const refused = NOT_SERVED.find((name) => query.has(name))
  if (refused) throw invalidParameter(`Param ${refused} is not supported`)
  const windows = jsonParameter(
    query,
    'action_attribution_windows',
    Windows,
    `Param action_attribution_windows must be an array of {${WINDOWS.join(', ')}}`,
  )
  return {
    level: levelOf(query),
    daily: isDaily(query),
    ...rangeOf(query, moment),
    fields: fieldsOf(query),
    windows: windows ?? [],
  }
}

function levelOf(query: Parameters): InsightsQuery['level'] {
  const level = query.get('level') ?? 'account'
  if (level === 'campaign' || level === 'account') return level
  throw invalidParameter('Param level must be one of {campaign, account}')
}

function isDaily(query: Parameters): boolean {
  const increment = query.get('time_increment') ?? 'all_days'
  if (increment === '1' || increment === 'all_days') return increment === '1'
  throw invalidParameter('Param time_increment must be 1 or all_days')
}

function fieldsOf(query: Parameters): string[] {
  const fields = requestedFields(query) ?? ['account_id', 'campaign_id']
  const unknown = fields.find((field) => !INSIGHT_FIELDS.has(field))
  if (unknown === undefined) return fields
  throw invalidParameter(
    `${unknown} is not valid for fields param. please check ` +
      'https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values',
  )
}

function rangeOf(query: Parameters, { today }: Moment): { since: string; until: string } {
  const range = timeRange(query) ?? presetRange(query, today)
  if (range.since > range.until) throw invalidParameter('Param time_range: since must not be later than until')
  if (range.since < monthsBefore(today, OLDEST_MONTHS)) {
    throw new GraphError(
      3018,
      `(#3018) The start date of the time range cannot be beyond ${OLDEST_MONTHS} months from the current date`,
    )
  }
  return range
}

function timeRange(query: Parameters) {
  const [since, until] = [query.get('time_range[since]'), query.get('time_range[until]')]
  if (since === null && until === null) {
    return jsonParameter(query, 'time_range', TimeRange, 'param time_range must be non-empty.')
  }
  const range = TimeRange.safeParse({ since, until })
  if (!range.success) throw invalidParameter('param time_range must be non-empty.')
  return range.data
}

function presetRange(query: Parameters, today: string) {
  const preset = PRESETS[query.get('date_preset') ?? 'last_30d']
  if (!preset) throw invalidParameter(`Param date_preset must be one of {${Object.keys(PRESETS).join(', ')}}`)
  return { since: addDays(today, -preset[0]), until: addDays(today, -preset[1]) }
}
