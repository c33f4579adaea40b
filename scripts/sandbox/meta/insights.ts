import type { MetaInsight } from '../world.ts'
import { type Moment, momentIn } from './account-day.ts'
import { type InsightsRow, writeRow } from './insights-fields.ts'
import { type InsightsQuery, insightsQuery } from './insights-query.ts'
import { type AdvertisingStore, accountOf, accountSettings, campaignsOf, type GraphObject } from './objects.ts'
import { type Page, pageOf } from './paging.ts'
import type { Parameters } from './parameters.ts'
import { deliveryAt, sum } from './restatement.ts'

const LARGEST_PAGE = 500

export type Insights = {
  /** Days in the account's time zone, both included. */
  since: string
  until: string
  /** What makes each row, oldest day first. */
  groups: readonly (readonly MetaInsight[])[]
  write: (group: readonly MetaInsight[]) => GraphObject
}

/** Insights of the account as known at `now`. Days and campaigns without delivery have no row. */
export function insightsAt(store: AdvertisingStore, parameters: Parameters, now: Date): Insights {
  const { currency, timeZone } = accountSettings(store)
  const moment = momentIn(timeZone, now)
  const query = insightsQuery(parameters, moment)
  const delivered = rowsBetween(store.meta.insights, query).filter((row) => hasDelivery(row, moment, currency))
  const account = accountOf(store)
  const campaigns = new Map(campaignsOf(store).map((campaign) => [campaign.id, campaign]))
  const describe = (rows: readonly MetaInsight[]): InsightsRow => ({
    account,
    campaign: query.level === 'campaign' ? campaignOf(rows, campaigns) : null,
    since: query.daily ? (rows[0]?.date_start ?? query.since) : query.since,
    until: query.daily ? (rows[0]?.date_start ?? query.until) : query.until,
    currency,
    delivery: sum(rows.map((row) => deliveryAt(row, moment, currency))),
    windows: query.windows,
  })
  const { since, until } = query
  return { since, until, groups: grouped(delivered, query), write: (rows) => writeRow(describe(rows), query.fields) }
}

export const insightsPage = ({ groups, write }: Insights, call: { url: URL; token: string }): Page<GraphObject> =>
  pageOf(groups, { ...call, largest: LARGEST_PAGE, write })

/** A name in a row is the one of its last day, even if the campaign is no longer listed. */
function campaignOf(rows: readonly MetaInsight[], campaigns: ReadonlyMap<unknown, GraphObject>): GraphObject {
  const last = rows.at(-1)
  return { ...campaigns.get(last?.campaign_id), id: last?.campaign_id, name: last?.campaign_name }
}

function hasDelivery(row: MetaInsight, moment: Moment, currency: string): boolean {
  // Only today's row can be too young to show; the short cut saves the backfill of a large account most of its time.
  if (row.date_start < moment.today) return Number(row.spend) > 0 || Number(row.impressions) > 0
  const { spend_minor, impressions } = deliveryAt(row, moment, currency)
  return spend_minor > 0 || impressions > 0
}

/** `rows` are sorted by day, so both ends are found by bisection. */
function rowsBetween(rows: readonly MetaInsight[], { since, until }: InsightsQuery): readonly MetaInsight[] {
  return rows.slice(
    firstIndex(rows, (row) => row.date_start >= since),
    firstIndex(rows, (row) => row.date_start > until),
  )
}

function firstIndex(rows: readonly MetaInsight[], isBeyond: (row: MetaInsight) => boolean): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row && isBeyond(row)) high = middle
    else low = middle + 1
  }
  return low
}

function grouped(rows: readonly MetaInsight[], { level, daily }: InsightsQuery): MetaInsight[][] {
  const groups = Map.groupBy(rows, (row) =>
    [daily ? row.date_start : '', level === 'campaign' ? row.campaign_id : ''].join('/'),
  )
  return [...groups.values()]
}
