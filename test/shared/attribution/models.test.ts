import { describe, expect, test } from 'vitest'
import { first } from '../../../shared/attribution/first.ts'
import { last } from '../../../shared/attribution/last.ts'
import { linear } from '../../../shared/attribution/linear.ts'
import { markov } from '../../../shared/attribution/markov.ts'
import { type Effects, type Model, NO_EFFECTS, type Step, USUAL } from '../../../shared/attribution/model.ts'
import { position } from '../../../shared/attribution/position.ts'
import { shapley } from '../../../shared/attribution/shapley.ts'
import { timeDecay } from '../../../shared/attribution/time-decay.ts'

/** 'ads ads! email': a touch a day; direct has its own name. */
const steps = (text: string): Step[] =>
  text.split(' ').map((channel, day) => ({ channel, is_direct: channel === 'direct', at_ms: day * 86_400_000 }))
const rounded = (share: number): number => Number(share.toFixed(12))
/** Weights as shares of the whole. */
const shares = (model: Model, path: readonly Step[], effects: Effects = NO_EFFECTS): number[] => {
  const weights = model.weigh(path, { ...USUAL, effects })
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => rounded(weight / sum))
}

describe('last', () => {
  test('the last touch that is not direct takes all', () => {
    expect(shares(last, steps('ads email direct'))).toEqual([0, 1, 0])
    expect(shares(last, steps('email ads'))).toEqual([0, 1])
  })
  test('when all are direct, the last of them', () => {
    expect(shares(last, steps('direct direct'))).toEqual([0, 1])
  })
})

test('first: the first touch takes all, direct or not', () => {
  expect(shares(first, steps('direct ads email'))).toEqual([1, 0, 0])
})

test('linear: the same to every touch', () => {
  expect(shares(linear, steps('ads email ads ads'))).toEqual([0.25, 0.25, 0.25, 0.25])
})

test.each([
  ['one', [1]],
  ['one two', [0.5, 0.5]],
  ['one two three', [0.4, 0.2, 0.4]],
  ['one two three four', [0.4, 0.1, 0.1, 0.4]],
  ['one two three four five six', [0.4, 0.05, 0.05, 0.05, 0.05, 0.4]],
])('position of %s', (path, expected) => {
  expect(shares(position, steps(path))).toEqual(expected)
})

describe('time decay', () => {
  test('a touch seven days earlier weighs half, fourteen days a quarter', () => {
    const path = [0, 7, 14].map((day) => ({ channel: 'ads', is_direct: false, at_ms: day * 86_400_000 }))
    expect(shares(timeDecay, path)).toEqual([1 / 7, 2 / 7, 4 / 7].map(rounded))
  })
  test('of a half-life of a day, seven days make a hundred and twenty-eighth', () => {
    const path = [0, 7].map((day) => ({ channel: 'ads', is_direct: false, at_ms: day * 86_400_000 }))
    expect(timeDecay.weigh(path, { ...USUAL, halfLifeDays: 1 })).toEqual([1 / 128, 1])
  })
  test('days are of 24 hours: across the change to summer time, too', () => {
    const [before, after] = ['2026-03-28T12:00:00+01:00', '2026-03-29T12:00:00+02:00'].map((at) => Date.parse(at))
    const path = [before, after].map((at_ms) => ({ channel: 'ads', is_direct: false, at_ms: at_ms ?? 0 }))
    const [earlier, later] = timeDecay.weigh(path, USUAL)
    expect(Number(earlier) / Number(later)).toBeCloseTo(2 ** (-(23 / 24) / 7), 12)
  })
})

test('shapley: the same to every channel, its touches share', () => {
  expect(shares(shapley, steps('ads email ads'))).toEqual([0.25, 0.5, 0.25])
})

describe('markov', () => {
  const effects = new Map([
    ['ads', 0.6],
    ['email', 0.3],
    ['organic', 0.1],
    ['gone', 0],
  ])
  test('by the effects of the channels, normalised; touches of one channel share', () => {
    expect(shares(markov, steps('ads email'), effects)).toEqual([2 / 3, 1 / 3].map(rounded))
    expect(shares(markov, steps('ads ads email'), effects)).toEqual([1 / 3, 1 / 3, 1 / 3].map(rounded))
  })
  test('a channel that the fit has not seen counts like the average channel', () => {
    expect(shares(markov, steps('new email organic'), effects).map((share) => share.toFixed(4))).toEqual([
      '0.3846',
      '0.4615',
      '0.1538',
    ])
  })
  test('without a fit, or without any effect, channels share equally', () => {
    expect(shares(markov, steps('ads email ads'))).toEqual([0.25, 0.5, 0.25])
    expect(shares(markov, steps('gone gone'), effects)).toEqual([0.5, 0.5])
  })
})
