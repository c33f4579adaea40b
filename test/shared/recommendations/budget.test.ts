import { expect, test, vi } from 'vitest'
import type { Campaign } from '../../../shared/recommendations/campaign.ts'
import { EFFECT_DAYS, type Margin, type Recommendation } from '../../../shared/recommendations/recommendation.ts'
import { budgetRule } from '../../../shared/recommendations/rules/budget.ts'
import { campaign, hill, linear, rising, root, type Truth, unrelated, weak } from './world.ts'

// Two hundred brands a test are a second of work, and many on a busy machine.
vi.setConfig({ testTimeout: 120_000 })
const SEEDS = 200

const named = (name: string, truth: Truth, now = 400): Campaign => ({
  provider: 'meta',
  campaign_id: name,
  name,
  budget: null,
  days: campaign(name, truth, now).days,
})
const advise = (campaigns: readonly Campaign[], margin: Margin = null): Recommendation[] =>
  budgetRule(campaigns, { brandId: 'b', margin })

test.each([
  ['linear', linear],
  ['unrelated', unrelated],
])('where returns bend nowhere (%s) nothing is advised but in one case of twenty', (name, truth) => {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => advise([named(`${name} ${seed}`, truth)]))
  expect(seeds.filter((advice) => advice.length > 0).length / SEEDS).toBeLessThanOrEqual(0.05)
})

test.each([
  ['hill', hill],
  ['root', root],
])(
  'a saturated campaign (%s) is the one that is named, and what less spend brings lies in the range',
  (name, truth) => {
    const advice = Array.from({ length: SEEDS }, (_, seed) => {
      const planted = `${name} ${seed}`
      const given = advise([named(`beside ${seed}`, linear), named(planted, truth)])
      return given.map((one) => ({ ...one, planted, level: campaign(planted, truth).level }))
    }).flat()
    const right = advice.filter(({ where, planted }) => where.length === 1 && where[0]?.campaign === planted)
    expect(right.length / SEEDS).toBeGreaterThanOrEqual(0.8)
    expect(advice.length - right.length).toBeLessThanOrEqual(0.05 * SEEDS)
    const covered = right.filter(({ where, effect, level }) => {
      const [from, to] = [where[0]?.budget_from ?? 0, where[0]?.budget_to ?? 0]
      const gain = EFFECT_DAYS * (level * (truth.net(to) - truth.net(from)) - (to - from))
      return effect && effect.low <= gain && gain <= effect.high
    })
    expect(covered.length / right.length).toBeGreaterThanOrEqual(0.7)
    const slopes = right.filter(({ evidence: [seen], level }) => {
      const slope = truth.slope(Number(seen?.spend_a_day)) * level
      return Number(seen?.marginal_return_low) <= slope && slope <= Number(seen?.marginal_return_high)
    })
    expect(slopes.length / right.length).toBeGreaterThanOrEqual(0.7)
  },
)

test('what a saturated campaign loses a rising one gets, unit for unit and no more than a step', () => {
  const [advice, ...others] = advise([named('spring', rising, 200), named('autumn', hill)])
  expect(others).toEqual([])
  expect(advice).toMatchObject({
    kind: 'shift_budget',
    cause: 'budget:b:meta:autumn>meta:spring',
    where: [{ campaign: 'autumn' }, { campaign: 'spring' }],
    basis: 'revenue',
    confidence: 'high',
  })
  const [giver, taker] = advice?.where.map(({ budget_from: from, budget_to: to }) => ({ from, to })) ?? []
  const [less, more] = [Number(giver?.from) - Number(giver?.to), Number(taker?.to) - Number(taker?.from)]
  expect(less).toBeCloseTo(more, 1)
  expect(less).toBeGreaterThan(0)
  expect([less / Number(giver?.from), more / Number(taker?.from)].every((share) => share < 0.301)).toBe(true)
})

test('a rising campaign alone is to get more, within the spends that were seen; a set budget moves in proportion', () => {
  const spring = named('spring', rising, 200)
  const [advice] = advise([{ ...spring, budget: 500 }])
  expect(advice).toMatchObject({ kind: 'scale_budget', where: [{ campaign: 'spring', budget_from: 500 }] })
  expect(Number(advice?.where[0]?.budget_to)).toBeCloseTo(650, 1)
  expect(advise([named('at its end', rising, 400)])).toEqual([])
})

test('a campaign whose first units do not pay for the whole is to be paused, and saves what it loses', () => {
  const [advice, ...others] = advise([named('winter', weak)])
  expect(others).toEqual([])
  expect(advice).toMatchObject({ kind: 'pause_campaign', where: [{ campaign: 'winter', budget_to: 0 }] })
  const lost = EFFECT_DAYS * (Number(advice?.where[0]?.budget_from) - weak.net(400))
  expect(Number(advice?.effect?.low)).toBeGreaterThan(0.7 * lost)
  expect(Number(advice?.effect?.high)).toBeLessThan(1.3 * lost)
})

test('goods that cost most of their price turn a raise into a cut, and the effect into profit', () => {
  expect(advise([named('spring', rising, 200)], 0.5)).toMatchObject([{ kind: 'scale_budget', basis: 'profit' }])
  expect(advise([named('spring', rising, 200)], 0.2)).toMatchObject([{ kind: 'reduce_budget', basis: 'profit' }])
})
