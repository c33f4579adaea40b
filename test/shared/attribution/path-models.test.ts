import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PATH_MODELS, type ValuedPath } from '../../../shared/attribution/path-models.ts'

type Name = keyof typeof PATH_MODELS
const path = (text: string, conversions = 1, { value = 0, nulls = 0 } = {}): ValuedPath => ({
  channels: text.split(' > '),
  conversions,
  value,
  nulls,
})
const earned = (name: Name, paths: readonly ValuedPath[]) => {
  const model = PATH_MODELS[name]()
  for (const one of paths) model.add(one)
  return model.earned()
}
const conversions = (name: Name, paths: readonly ValuedPath[]): Record<string, number> =>
  Object.fromEntries([...earned(name, paths)].map(([channel, one]) => [channel, one.conversions]))

/** Paths over few channels, with whole and fractional weights, and at least one conversion. */
const anyPaths = (channels: number) =>
  fc
    .array(
      fc.record({
        channels: fc.array(fc.integer({ min: 1, max: channels }).map(String), { minLength: 1, maxLength: 6 }),
        conversions: fc.oneof(fc.nat(5), fc.double({ min: 0.1, max: 3, noNaN: true })),
        value: fc.nat(100),
        nulls: fc.nat(4),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .filter((paths) => paths.some((one) => one.conversions > 0))
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)
const expectClose = (actual: Record<string, number>, expected: Record<string, number>): void => {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const [channel, number] of Object.entries(expected)) expect(actual[channel]).toBeCloseTo(number, 8)
}

describe('heuristic models of paths', () => {
  const paths = [path('a > b > a', 3, { value: 30 }), path('b', 1, { value: 4 }), path('c > a', 0, { nulls: 7 })]
  test.each([
    ['first', { a: 3, b: 1, c: 0 }],
    ['last', { a: 3, b: 1, c: 0 }],
    ['linear', { a: 2, b: 2, c: 0 }],
    ['position', { a: 2.4, b: 1.6, c: 0 }],
    ['shapley', { a: 1.5, b: 2.5, c: 0 }],
  ] as const)('%s', (name, expected) => {
    expectClose(conversions(name, paths), expected)
  })
  test('values are split like the conversions of their own path', () => {
    expect(earned('linear', paths).get('b')).toEqual({ conversions: 2, value: 14 })
  })
  test('the last of a path is its last channel, even one that is named direct', () => {
    expect(conversions('last', [path('ads > direct')])).toEqual({ ads: 0, direct: 1 })
  })
})

describe('Markov', () => {
  test('worked example: half of what comes by a converts at once, half goes on to b', () => {
    // start -> a 2/3, b 1/3; a -> conversion 1/2, b 1/2; b -> conversion 1/2, null 1/2. In all 2/3·3/4 + 1/3·1/2 = 2/3.
    const paths = [path('a'), path('a > b'), path('b', 0, { nulls: 1 })]
    // Without a only start -> b -> conversion is left, 1/6: effect 3/4. Without b only start -> a -> conversion, 1/3: effect 1/2.
    expectClose(conversions('markov', paths), { a: (2 * 3) / 5, b: (2 * 2) / 5 })
  })

  test('worked example with a loop: a > b > a', () => {
    // a -> b 1/2, conversion 1/2; b -> a 1. All converts; without a nothing does, without b half of it.
    expectClose(conversions('markov', [path('a > b > a')]), { a: 2 / 3, b: 1 / 3 })
  })

  test('three channels and paths that end in nothing, against fractions worked out by hand', () => {
    const paths = [path('c1 > c2 > c3', 1), path('c1', 0, { nulls: 1 }), path('c2 > c3', 0, { nulls: 1 })]
    // start -> c1 2/3, c2 1/3; c1 -> c2 1/2, null 1/2; c2 -> c3 1; c3 -> conversion 1/2, null 1/2: 1/3 converts, by c2 and c3
    // always; without c1 only 1/6. Effects 1/2, 1, 1.
    expectClose(conversions('markov', paths), { c1: 0.2, c2: 0.4, c3: 0.4 })
  })

  test('the value goes by the same effects as the conversions', () => {
    const all = earned('markov', [path('a', 1, { value: 100 }), path('a > b', 1, { value: 10 })])
    for (const one of all.values()) expect(one.value).toBeCloseTo((one.conversions / 2) * 110, 10)
  })

  test('a repeat is a transition to itself: it makes a path longer, not another', () => {
    const once = [path('a > b', 2, { nulls: 1 }), path('b > c', 1, { nulls: 3 })]
    const repeated = [path('a > a > b > b', 2, { nulls: 1 }), path('b > c > c > c', 1, { nulls: 3 })]
    expectClose(conversions('markov', repeated), conversions('markov', once))
  })

  test('paths that never convert earn nothing, and neither does a path without weight', () => {
    expect(conversions('markov', [path('a > b', 0, { nulls: 5 }), path('c', 0)])).toEqual({ a: 0, b: 0, c: 0 })
    expectClose(conversions('markov', [path('a'), path('b > a', 0)]), { a: 1, b: 0 })
  })

  test('hundreds of channels in a ring, solved exactly: all are worth the same', () => {
    const size = 300
    const ring = Array.from({ length: size }, (_, at) => path(`${at} > ${(at + 1) % size}`, 1, { nulls: 1 }))
    for (const number of Object.values(conversions('markov', ring))) expect(number).toBeCloseTo(1, 9)
  })

  test('agrees with the textbook: the chain is followed with and without each channel', () => {
    fc.assert(
      fc.property(anyPaths(5), (paths) => {
        const total = sum(paths.map((one) => one.conversions))
        const channels = [...new Set(paths.flatMap((one) => one.channels))]
        const all = followed(paths, null)
        const effects = channels.map((channel) => [channel, 1 - followed(paths, channel) / all] as const)
        const lost = sum(effects.map(([, effect]) => effect))
        const expected = Object.fromEntries(effects.map(([channel, effect]) => [channel, (effect / lost) * total]))
        expectClose(conversions('markov', paths), expected)
      }),
      { numRuns: 60 },
    )
  })
})

/** The share of all paths that converts when what enters `removed` is lost, by following the chain until nothing moves. */
function followed(paths: readonly ValuedPath[], removed: string | null): number {
  const flows = new Map<string, Map<string, number>>()
  for (const { channels, conversions: converted, nulls } of paths) {
    const add = (from: string, to: string, weight: number): void => {
      const next = flows.get(from) ?? new Map<string, number>()
      flows.set(from, next.set(to, (next.get(to) ?? 0) + weight))
    }
    for (const [at, channel] of channels.entries())
      add(at === 0 ? 'start' : (channels[at - 1] ?? ''), channel, converted + nulls)
    add(channels.at(-1) ?? '', 'conversion', converted)
    add(channels.at(-1) ?? '', 'null', nulls)
  }
  let [converted, moving] = [0, new Map([['start', 1]])]
  while (sum(moving.values()) > 1e-13) {
    const after = new Map<string, number>()
    for (const [from, mass] of moving) {
      const next = flows.get(from) ?? new Map<string, number>()
      const leaving = sum(next.values())
      for (const [to, weight] of next) {
        const moved = leaving === 0 ? 0 : (mass * weight) / leaving
        if (to === 'conversion') converted += moved
        else if (to !== 'null' && to !== removed) after.set(to, (after.get(to) ?? 0) + moved)
      }
    }
    moving = after
  }
  return converted
}

describe('Shapley', () => {
  test('is the textbook value of v(S) = conversions of the paths that S covers', () => {
    fc.assert(
      fc.property(anyPaths(6), (paths) => {
        const channels = [...new Set(paths.flatMap((one) => one.channels))]
        expectClose(conversions('shapley', paths), textbook(channels, paths))
      }),
      { numRuns: 60 },
    )
  })
})

/** φ(i) = Σ over S without i of |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S)). */
function textbook(channels: readonly string[], paths: readonly ValuedPath[]): Record<string, number> {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
  const worth = (mask: number): number =>
    sum(
      paths
        .filter((one) => one.channels.every((channel) => mask & (1 << channels.indexOf(channel))))
        .map((one) => one.conversions),
    )
  const valueFor = (at: number): number => {
    let value = 0
    for (let mask = 0; mask < 1 << channels.length; mask += 1) {
      if (mask & (1 << at)) continue
      const others = channels.filter((_, other) => mask & (1 << other)).length
      const weight = (factorial(others) * factorial(channels.length - others - 1)) / factorial(channels.length)
      value += weight * (worth(mask | (1 << at)) - worth(mask))
    }
    return value
  }
  return Object.fromEntries(channels.map((channel, at) => [channel, valueFor(at)]))
}

test('the order of the paths changes nothing', () => {
  const names = Object.keys(PATH_MODELS) as Name[] // its own keys
  fc.assert(
    fc.property(anyPaths(4), (paths) => {
      for (const name of names) expectClose(conversions(name, paths.toReversed()), conversions(name, paths))
    }),
    { numRuns: 60 },
  )
})

test('every model hands out all conversions and all value, to nobody less than nothing', () => {
  fc.assert(
    fc.property(anyPaths(5), (paths) => {
      for (const name of Object.keys(PATH_MODELS) as Name[]) {
        const all = [...earned(name, paths).values()]
        expect(sum(all.map((one) => one.conversions))).toBeCloseTo(sum(paths.map((one) => one.conversions)), 8)
        expect(sum(all.map((one) => one.value))).toBeCloseTo(sum(paths.map((one) => one.value)), 6)
        expect(all.every((one) => one.conversions >= 0 && one.value >= 0)).toBe(true)
      }
    }),
  )
})
