import { daysBetween, type Moment } from '../meta/account-day.ts'
import type { TikTokReport } from '../world.ts'

/** Share of a day's conversions that is known so many account days later; complete from day 8. */
const KNOWN_AFTER_DAYS = [0.4, 0.65, 0.78, 0.86, 0.91, 0.95, 0.975, 0.99]
/** How much too high spend still is so many account days later; settled from day 2. */
const SPEND_ABOVE_AFTER_DAYS = [0.02, 0.01]
/** Counted conversions, each with what they were worth. */
const CONVERSIONS: Readonly<Record<string, string | null>> = {
  conversion: null,
  complete_payment: 'total_complete_payment_rate',
  total_purchase: 'total_purchase_value',
  onsite_shopping: 'total_onsite_shopping_value',
}
const AS_IT_GOES = ['impressions', 'clicks']

type Metric = string | number | null
type Metrics = Readonly<Record<string, Metric>>

/** What `moment` shows of a row: a share of today, conversions as far as they are known; null of a day that is to come. */
export function metricsAt({ dimensions, metrics }: TikTokReport, moment: Moment): Metrics | null {
  const age = daysBetween(dimensions.stat_time_day.slice(0, 10), moment.today)
  if (age < 0) return null
  const passed = age === 0 ? moment.passed : 1
  const shown: Record<string, Metric> = { ...metrics }
  for (const name of AS_IT_GOES) shown[name] = scaled(metrics[name], passed, Math.floor)
  shown.spend = scaled(metrics.spend, passed * (1 + (SPEND_ABOVE_AFTER_DAYS[age] ?? 0)), Math.round)
  const known = passed * (KNOWN_AFTER_DAYS[age] ?? 1)
  for (const [count, value] of Object.entries(CONVERSIONS)) {
    shown[count] = scaled(metrics[count], known, Math.floor)
    const share = Number(shown[count]) / Number(metrics[count])
    if (value !== null && Number.isFinite(share)) shown[value] = scaled(metrics[value], share, Math.round)
  }
  return shown
}

/** With as many digits as it had. What is no figure ("-", null) stays as it is. */
function scaled(metric: Metric | undefined, factor: number, round: (n: number) => number): Metric {
  if (metric === undefined) return '-'
  if (factor === 1 || metric === null || !Number.isFinite(Number(metric))) return metric
  const digits = String(metric).split('.')[1]?.length ?? 0
  const result = (round(Number(metric) * factor * 10 ** digits) / 10 ** digits).toFixed(digits)
  return typeof metric === 'number' ? Number(result) : result
}
