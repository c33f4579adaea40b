import * as z from 'zod'
import { daysBetween, momentIn } from '../meta/account-day.ts'
import { badParameter } from './errors.ts'
import { advertiserRows, levelOf, type ReportRow } from './levels.ts'
import { type Page, pageOf } from './paging.ts'
import { checkNames, checkServed, namesIn, type Parameters, required } from './parameters.ts'
import { metricsAt } from './restatement.ts'
import { type AdvertisingStore, settingsOf } from './stores.ts'

const MOST_DAYS = 30
const DEFAULT_METRICS = ['spend', 'impressions']
const METRICS = new Set(
  (
    'campaign_name objective_type spend cash_spend voucher_spend billed_cost impressions clicks ctr cpc cpm reach frequency ' +
    'conversion complete_payment total_complete_payment_rate complete_payment_roas total_purchase total_purchase_value ' +
    'onsite_shopping total_onsite_shopping_value onsite_shopping_roas video_play_actions video_watched_2s likes shares'
  ).split(' '),
)
const SERVED = [
  'page',
  'page_size',
  'advertiser_id',
  'service_type',
  'report_type',
  'data_level',
  'dimensions',
  'metrics',
]

/** `report/integrated/get/` of campaigns or the advertiser by day, as known at `now`. What had no delivery has no row. */
export function reportPage(store: AdvertisingStore, query: Parameters, now: Date): Page<object> {
  checkServed(query, [...SERVED, 'start_date', 'end_date'])
  checkKind(query)
  const level = levelOf(query)
  const metrics = namesIn(query, 'metrics') ?? DEFAULT_METRICS
  checkNames(metrics, METRICS, 'metrics')
  const { since, until } = daysOf(query)
  const moment = momentIn(settingsOf(store).timeZone, now)
  const rows = store.tiktok.reports.flatMap((report): ReportRow[] => {
    const day = report.dimensions.stat_time_day.slice(0, 10)
    const shown = day >= since && day <= until ? metricsAt(report, moment) : null
    return shown && isDelivery(shown) ? [{ dimensions: report.dimensions, metrics: shown }] : []
  })
  const leveled = level === 'AUCTION_CAMPAIGN' ? rows : advertiserRows(rows, store.tiktok.advertiser_id)
  return pageOf(leveled, query, ({ dimensions, metrics: shown }) => ({
    dimensions,
    metrics: Object.fromEntries(metrics.map((name) => [name, name in shown ? shown[name] : '-'])),
  }))
}

const isDelivery = ({ spend, impressions }: Readonly<Record<string, unknown>>): boolean =>
  Number(spend) > 0 || Number(impressions) > 0

function checkKind(query: Parameters): void {
  if ((query.get('service_type') ?? 'AUCTION') !== 'AUCTION') throw badParameter('service_type: must be AUCTION')
  if (query.get('report_type') !== 'BASIC') throw badParameter('report_type: must be BASIC')
}

function daysOf(query: Parameters): { since: string; until: string } {
  const since = required(query.get('start_date'), 'start_date')
  const until = required(query.get('end_date'), 'end_date')
  const Day = z.iso.date()
  if (!Day.safeParse(since).success || !Day.safeParse(until).success)
    throw badParameter('start_date: Not a valid date.')
  if (since > until) throw badParameter('start_date must not be later than end_date')
  if (daysBetween(since, until) >= MOST_DAYS) throw badParameter('max time span is 30 days when use stat_time_day')
  return { since, until }
}
