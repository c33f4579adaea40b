import type { TikTokReport } from '../world.ts'
import { badParameter } from './errors.ts'
import { namesIn, type Parameters, required } from './parameters.ts'

/** Each level of a report that is served, and what its rows are by besides the day. */
const LEVELS = { AUCTION_CAMPAIGN: 'campaign_id', AUCTION_ADVERTISER: 'advertiser_id' } as const
export type Level = keyof typeof LEVELS

export type ReportRow = { dimensions: Readonly<Record<string, string>>; metrics: TikTokReport['metrics'] }

export function levelOf(query: Parameters): Level {
  const asked = query.get('data_level')
  if (asked !== 'AUCTION_CAMPAIGN' && asked !== 'AUCTION_ADVERTISER') throw badParameter('data_level: Invalid value.')
  const dimensions = required(namesIn(query, 'dimensions'), 'dimensions')
  const expected = [LEVELS[asked], 'stat_time_day']
  if (dimensions.toSorted().join() !== expected.join()) throw badParameter(`dimensions: must be ${expected.join(', ')}`)
  return asked
}

/** Rows of campaigns as those of their advertiser, a day each. */
export function advertiserRows(rows: readonly ReportRow[], advertiser_id: string): ReportRow[] {
  const days = Map.groupBy(rows, ({ dimensions }) => dimensions.stat_time_day ?? '')
  return [...days].map(([stat_time_day, its]) => {
    const names = new Set(its.flatMap(({ metrics }) => Object.keys(metrics)))
    const metrics = Object.fromEntries([...names].map((name) => [name, total(its.map((row) => row.metrics[name]))]))
    return { dimensions: { advertiser_id, stat_time_day }, metrics }
  })
}

/** "-" where nothing is a figure. */
function total(values: readonly (string | number | null | undefined)[]): string {
  const figures = values.filter((value) => value != null && Number.isFinite(Number(value))).map(String)
  const digits = Math.max(0, ...figures.map((figure) => figure.split('.')[1]?.length ?? 0))
  return figures.length === 0 ? '-' : figures.reduce((sum, figure) => sum + Number(figure), 0).toFixed(digits)
}
