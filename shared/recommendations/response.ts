import type { CampaignDay } from './campaign-day.ts'
import { type Curve, fitCurves } from './curves.ts'
import { type Interval, intervalOf, quantile } from './quantile.ts'

/** What one campaign's spend brings, as far as its own days tell. All figures a day, in units of the brand's currency. */
export type Response = {
  /** Mean of the last 28 days with spend. */
  spend: number
  /** Net per unit of spend, over the same days: what was got, not what more would bring. */
  average: number
  /** Net of one more unit of spend a day, at `spend`. */
  marginal: Interval
  /** The spends seen, without the rarest: nothing is said of others. */
  seen: { from: number; to: number }
  days: number
  curves: readonly Curve[]
}
/** Why nothing can be said. */
export type Silence = 'too few days' | 'spend hardly varied' | 'no response seen' | 'no bend seen' | 'too uncertain'

/** What is looked at: half a year, so that one trend is enough. */
export const RESPONSE_DAYS = 182
const CURRENT_DAYS = 28
const LEAST_DAYS = 56
/** The 90th percentile of spend against the 10th. */
const LEAST_RATIO = 1.5
/** Growth of net in percent for one percent of spend: less is no response, more is none that bends. */
const ELASTICITY = { least: 0.05, most: 0.85 }
/** Of the resamples: with both limits, what only looks like a bend is rarer than one campaign in twenty. */
const SURE = 0.95
/** Width of the marginal return's interval in units of what a unit of spend costs, or of the average return if that is more. */
const MOST_WIDTH = 1

/**
 * The response of net to spend with an 80 % interval of its slope, or why there is none to speak of. The same days give the
 * same answer. Correlational: whoever spends more when more would be bought anyway makes spend look better than it is.
 */
export function responseOf(campaign: string, history: readonly CampaignDay[]): Response | Silence {
  const days = history.filter(({ spend }) => spend > 0).slice(-RESPONSE_DAYS)
  if (days.length < LEAST_DAYS) return 'too few days'
  const spends = days.map(({ spend }) => spend)
  const seen = { from: quantile(spends, 0.1), to: quantile(spends, 0.9) }
  if (seen.to < LEAST_RATIO * seen.from) return 'spend hardly varied'
  const recent = days.slice(-CURRENT_DAYS)
  const [spend, net] = [mean(recent.map((day) => day.spend)), mean(recent.map((day) => day.net))]
  const curves = fitCurves(campaign, days, CURRENT_DAYS)
  const elasticity = curves.map(
    (curve) => Math.log(curve.net(seen.to) / curve.net(seen.from)) / Math.log(seen.to / seen.from),
  )
  if (!(quantile(elasticity, 1 - SURE) > ELASTICITY.least)) return 'no response seen'
  if (!(quantile(elasticity, SURE) < ELASTICITY.most)) return 'no bend seen'
  const marginal = intervalOf(curves.map((curve) => curve.slope(spend)))
  const average = net / spend
  if (marginal.high - marginal.low > MOST_WIDTH * Math.max(1, average)) return 'too uncertain'
  return { spend, average, marginal, seen, days: days.length, curves }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
