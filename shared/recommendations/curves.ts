import type { CampaignDay } from './campaign-day.ts'
import { seededRandom } from './random.ts'
import { SHAPES, type Shape } from './shape.ts'
import { solve } from './solve.ts'
import { type Observation, sumOf, weeklySums } from './sums.ts'

/** Net a day of a spend a day, on the level of the last weeks. */
export type Curve = { net: (spend: number) => number; slope: (spend: number) => number }

const RESAMPLES = 60
const WEEK = 7

/**
 * One curve for each resampling of whole weeks (neighbouring days are alike): a shape that fits, weekdays taken out,
 * times a trend of second degree. Seeded by the campaign. Fewer curves when resamples tell nothing.
 */
export function fitCurves(seed: string, days: readonly CampaignDay[], currentDays: number): Curve[] {
  const usual = days.reduce((sum, { spend }) => sum + spend, 0) / days.length
  const weeks = Math.ceil(days.length / WEEK)
  const observed = observationsOf(days)
  const sums = SHAPES.map(({ net }) => weeklySums(observed, (spend) => net(spend / usual)))
  const next = seededRandom(seed)
  const now = timeAt(days.length - currentDays / 2, days.length)
  return Array.from({ length: RESAMPLES }, () => {
    const candidates = candidatesOf(sums, draw(weeks, next), now)
    const chosen = choose(candidates, { days: days.length, share: next() })
    return chosen && chosen.scale > 0 ? [curveOf(chosen, usual)] : []
  }).flat()
}

/** How often each week is in the resample. */
function draw(weeks: number, next: () => number): Uint8Array {
  const drawn = new Uint8Array(weeks)
  for (let at = 0; at < weeks; at += 1) {
    const week = Math.floor(next() * weeks)
    drawn[week] = (drawn[week] ?? 0) + 1
  }
  return drawn
}

type Candidate = { error: number; scale: number; shape: Shape }

function candidatesOf(sums: readonly Float64Array[], drawn: Uint8Array, now: number): Candidate[] {
  return SHAPES.flatMap((shape, at) => {
    const weekly = sums[at]
    const fitted = weekly && solve(sumOf(weekly, drawn))
    if (!fitted) return []
    const [level, slope, bend] = fitted.trend
    return [{ error: fitted.error, scale: level + slope * now + bend * now * now, shape }]
  })
}

/** One of the shapes, by likelihood: to take the best each time would hide how little the days tell them apart. */
function choose(candidates: readonly Candidate[], { days, share }: { days: number; share: number }): Candidate | null {
  const least = Math.min(...candidates.map(({ error }) => error))
  const weights = candidates.map(({ error }) => (least / error) ** (days / 2))
  let left = share * weights.reduce((sum, weight) => sum + weight, 0)
  const chosen = weights.findIndex((weight) => {
    left -= weight
    return left <= 0
  })
  return candidates[chosen] ?? null
}

function curveOf({ scale, shape }: Candidate, usual: number): Curve {
  return {
    net: (spend) => scale * shape.net(spend / usual),
    slope: (spend) => (scale * shape.slope(spend / usual)) / usual,
  }
}

/** From -1 to 1 over the days. */
const timeAt = (index: number, days: number): number => (2 * index) / days - 1

/** With net of the day's weekday against an average one; 1 for all where nothing was ever credited on some. */
function observationsOf(days: readonly CampaignDay[]): Observation[] {
  const weekdays = days.map(({ day }) => new Date(day).getUTCDay())
  const all = mean(days)
  const factors = Array.from({ length: WEEK }, (_, of) => mean(days.filter((_, at) => weekdays[at] === of)) / all)
  const isKnown = factors.every((factor) => factor > 0)
  return days.map(({ spend, net }, at) => {
    const factor = isKnown ? (factors[weekdays[at] ?? 0] ?? 1) : 1
    return { spend, net, factor, time: timeAt(at, days.length), week: Math.floor(at / WEEK) }
  })
}

const mean = (days: readonly CampaignDay[]): number => days.reduce((sum, { net }) => sum + net, 0) / days.length
