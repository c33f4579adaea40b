import { expect, test, vi } from 'vitest'
import type { CampaignDay } from '../../../shared/recommendations/campaign-day.ts'
import { seededRandom } from '../../../shared/recommendations/random.ts'
import { type Response, responseOf, type Silence } from '../../../shared/recommendations/response.ts'
import { CLEARLY } from '../../../shared/recommendations/rules/budget.ts'

// Two hundred campaigns a test are a second of work, and many on a busy machine.
vi.setConfig({ testTimeout: 120_000 })
const SEEDS = 200
const DAYS = 182
type Truth = { net: (spend: number) => number; slope: (spend: number) => number }

/** Between two orders of a Poisson process, one a unit of time. */
const gap = (next: () => number): number => -Math.log(1 - next())

/** A campaign order by order, which is nothing that the fitter assumes: Poisson orders, baskets with a tail, season, steps of the budget. */
function campaign(seed: string, truth: Truth): { days: CampaignDay[]; level: number } {
  const next = seededRandom(`world ${seed}`)
  const [amplitude, phase] = [0.15 * next(), 6.28 * next()]
  const weekday = Array.from({ length: 7 }, () => 0.75 + 0.5 * next())
  const weekdayMean = weekday.reduce((sum, value) => sum + value, 0) / 7
  let budget = 200
  const season = (index: number) => 1 + amplitude * Math.sin((6.28 * index) / 365 + phase)
  const days = Array.from({ length: DAYS }, (_, index) => {
    if (index % 14 === 0) budget = index >= DAYS - 28 ? 400 : 80 * 5 ** next()
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

const hill: Truth = {
  net: (s) => (900 * s ** 1.3) / (70 ** 1.3 + s ** 1.3),
  slope: (s) => (900 * 1.3 * 70 ** 1.3 * s ** 0.3) / (70 ** 1.3 + s ** 1.3) ** 2,
}
/** Nearer to its ceiling than any of the fitter's shapes is with the same start. */
const root: Truth = {
  net: (s) => (900 * s) / Math.hypot(100, s),
  slope: (s) => (900 * 100 ** 2) / Math.hypot(100, s) ** 3,
}
const linear: Truth = { net: (s) => 3 * s, slope: () => 3 }
const unrelated: Truth = { net: () => 600, slope: () => 0 }

type Judged = { response: Response | Silence; covers: boolean }
const judge = (truth: Truth, name: string): Judged[] =>
  Array.from({ length: SEEDS }, (_, seed) => {
    const { days, level } = campaign(`${name} ${seed}`, truth)
    const response = responseOf(`${name} ${seed}`, days)
    if (typeof response === 'string') return { response, covers: false }
    const slope = truth.slope(response.spend) * level
    return { response, covers: response.marginal.low <= slope && slope <= response.marginal.high }
  })
/** Of whom something is said. */
const told = (judged: readonly Judged[]): Judged[] => judged.filter(({ response }) => typeof response !== 'string')

test.each([
  ['linear', linear],
  ['unrelated', unrelated],
])('of a return that bends nowhere (%s) nothing is said but in one case of twenty', (name, truth) => {
  expect(told(judge(truth, name)).length / SEEDS).toBeLessThanOrEqual(0.05)
})

test.each([
  ['hill', hill],
  ['root', root],
])('a saturated campaign (%s) is seen, and the interval holds the true slope', (name, truth) => {
  const judged = told(judge(truth, name))
  const named = judged.filter(({ response }) => typeof response !== 'string' && response.marginal.high < CLEARLY.losing)
  expect(named.length / SEEDS).toBeGreaterThanOrEqual(0.8)
  expect(judged.filter(({ covers }) => covers).length / judged.length).toBeGreaterThanOrEqual(0.7)
})

test('of few days, or of a spend that hardly varies, nothing is said; the same days say the same', () => {
  const { days } = campaign('one', hill)
  expect(responseOf('one', days.slice(-55))).toBe('too few days')
  expect(
    responseOf(
      'one',
      days.map((day) => ({ ...day, spend: 100 + (day.spend % 20) })),
    ),
  ).toBe('spend hardly varied')
  expect(JSON.stringify(responseOf('one', days))).toBe(JSON.stringify(responseOf('one', days)))
})
