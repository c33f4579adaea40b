import type { CampaignDay } from '../../../shared/recommendations/campaign-day.ts'
import { seededRandom } from '../../../shared/recommendations/random.ts'

const DAYS = 182
/** What a spend a day brings a day. */
export type Truth = { net: (spend: number) => number; slope: (spend: number) => number }

/** Between two orders of a Poisson process, one a unit of time. */
const gap = (next: () => number): number => -Math.log(1 - next())

export type World = {
  days: CampaignDay[]
  /** What the season makes of the truth in the last weeks. */
  level: number
}

/**
 * A campaign order by order, which is nothing that the fitter assumes: Poisson orders, baskets with a tail, season, steps of
 * the budget between 80 and 400. `now`: the budget of the last four weeks.
 */
export function campaign(seed: string, truth: Truth, now = 400): World {
  const next = seededRandom(`world ${seed}`)
  const [amplitude, phase] = [0.15 * next(), 6.28 * next()]
  const weekday = Array.from({ length: 7 }, () => 0.75 + 0.5 * next())
  const weekdayMean = weekday.reduce((sum, value) => sum + value, 0) / 7
  let budget = 200
  const season = (index: number) => 1 + amplitude * Math.sin((6.28 * index) / 365 + phase)
  const days = Array.from({ length: DAYS }, (_, index) => {
    if (index % 14 === 0) budget = index >= DAYS - 28 ? now : 80 * 5 ** next()
    const spend = budget * (0.9 + 0.2 * next())
    const mean = (truth.net(spend) * season(index) * (weekday[index % 7] ?? 1)) / weekdayMean
    let net = 0
    // Baskets of 40 on average.
    for (let at = gap(next); at < mean / 40; at += gap(next)) net += 30 * (1 - next()) ** -0.25
    const day = new Date(Date.UTC(2026, 4, 1) + index * 86_400_000).toISOString().slice(0, 10)
    return { day, spend, net }
  })
  return { days, level: season(DAYS - 14) }
}

export const hill: Truth = {
  net: (s) => (900 * s ** 1.3) / (70 ** 1.3 + s ** 1.3),
  slope: (s) => (900 * 1.3 * 70 ** 1.3 * s ** 0.3) / (70 ** 1.3 + s ** 1.3) ** 2,
}
/** Nearer to its ceiling than any of the fitter's shapes is with the same start. */
export const root: Truth = {
  net: (s) => (900 * s) / Math.hypot(100, s),
  slope: (s) => (900 * 100 ** 2) / Math.hypot(100, s) ** 3,
}
export const linear: Truth = { net: (s) => 3 * s, slope: () => 3 }
export const unrelated: Truth = { net: () => 600, slope: () => 0 }

const bending = (top: number, half: number): Truth => ({
  net: (s) => (top * s) / (half + s),
  slope: (s) => (top * half) / (half + s) ** 2,
})
/** Far from its bend at a spend of 200: one more unit brings three and a half. */
export const rising = bending(3_000, 350)
/** Never worth what it costs at a spend of 400. */
export const weak = bending(260, 60)
