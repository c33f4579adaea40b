import { describe, expect, it } from 'vitest'
import { type Episode, episodesOf, type Observed, WATCH, type Watch } from '../../../shared/metrics/anomaly.ts'

const DAYS = 200
/** Where faults begin: long after the baseline is full. */
const FAULT = 150
const watch: Watch = { ...WATCH, minChange: 100 }

/** Small and seeded (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const dayOf = (index: number): string => new Date(Date.UTC(2026, 0, 1) + index * 86_400_000).toISOString().slice(0, 10)

/**
 * A shop counted order by order, which is nothing that the detector assumes: Poisson orders around a season and a weekday,
 * basket values with a heavy tail, some days with an extra wholesale order, and days that were not seen.
 */
function shop(seed: number, fault: (index: number) => number): { series: Observed[]; wholesale: Set<string> } {
  const next = random(seed)
  const rate = 20 + 60 * next()
  const weekday = Array.from({ length: 7 }, () => 0.6 + 0.8 * next())
  const [amplitude, phase, growth] = [0.25 * next(), 6.28 * next(), 0.4 * (next() - 0.3)]
  const orders = (mean: number): number => {
    let [count, product] = [0, next()]
    for (const limit = Math.exp(-mean); product > limit; product *= next()) count += 1
    return count
  }
  const wholesale = new Set<string>()
  const series = Array.from({ length: DAYS }, (_, index) => {
    const season = 1 + amplitude * Math.sin((6.28 * index) / 365 + phase) + (growth * index) / DAYS
    const count = orders(rate * season * (weekday[index % 7] ?? 1) * fault(index))
    let value = 0
    for (let order = 0; order < count; order += 1) value += 20 / (1 - next()) ** 0.4
    if (next() < 0.01) {
      value += 40 * rate
      wholesale.add(dayOf(index))
    }
    return { day: dayOf(index), value: next() < 0.02 ? null : Math.round(value * 100) / 100 }
  })
  return { series, wholesale }
}

const seeds = Array.from({ length: 40 }, (_, index) => index + 1)
const during = (episodes: readonly Episode[], days: number): Episode[] =>
  episodes.filter(({ raised }) => raised.day >= dayOf(FAULT) && raised.day < dayOf(FAULT + days))

describe('what stands out, on shops the detector was not made for', () => {
  it('is hardly ever chance: less than one such episode in 500 days', () => {
    const judged = seeds.length * (DAYS - watch.baselineDays)
    const chance = seeds.flatMap((seed) => {
      const { series, wholesale } = shop(seed, () => 1)
      return episodesOf(series, watch).filter(
        ({ since, raised }) => !wholesale.has(since) && !wholesale.has(raised.day),
      )
    })
    expect(chance.length / judged).toBeLessThan(1 / 500)
  })

  it('is nearly always found: a checkout that fails for three days, in at least nine of ten shops', () => {
    const found = seeds.filter((seed) => {
      const { series } = shop(seed, (index) => (index >= FAULT && index < FAULT + 3 ? 0.1 : 1))
      return during(episodesOf(series, watch), 3).some(({ direction }) => direction === 'below')
    })
    expect(found.length / seeds.length).toBeGreaterThanOrEqual(0.9)
  })

  it('is raised once for a new level, and ends as one', () => {
    const shifted = seeds.map((seed) => {
      const episodes = episodesOf(shop(seed, (index) => (index >= FAULT ? 2.5 : 1)).series, watch)
      return episodes.filter(({ raised, direction }) => raised.day >= dayOf(FAULT) && direction === 'above')
    })
    expect(shifted.filter((episodes) => episodes.length >= 1).length / seeds.length).toBeGreaterThanOrEqual(0.95)
    expect(shifted.filter((episodes) => episodes.length > 1).length / seeds.length).toBeLessThanOrEqual(0.05)
    const [first] = shifted.flat()
    expect(first?.ended?.why).toBe('shift')
  })
})

const flat = (...values: readonly (number | null)[]): Observed[] =>
  [...Array.from({ length: 60 }, () => 1_000), ...values].map((value, index) => ({ day: dayOf(index), value }))

describe('a series that is nothing on most days', () => {
  const sparse = (seed: number, until: number): Observed[] => {
    const next = random(seed)
    return Array.from({ length: DAYS }, (_, index) => ({
      day: dayOf(index),
      value: index < until && next() < 0.3 ? 20 / (1 - next()) ** 0.4 : 0,
    }))
  }
  const nothingLeast: Watch = { ...WATCH, minChange: 0 }

  it('hardly ever stands out by chance: less than one such episode in 500 days', () => {
    const judged = seeds.length * (DAYS - watch.baselineDays)
    const chance = seeds.flatMap((seed) => episodesOf(sparse(seed, DAYS), nothingLeast))
    console.log(`${chance.length} episodes by chance in ${judged} sparse days, seeds 1 to ${seeds.length}`)
    expect(chance.length).toBeLessThan(judged / 500)
  })

  it('does when it begins to sell each day, until that is usual', () => {
    const series = sparse(1, FAULT).map((one, index) => (index < FAULT ? one : { ...one, value: 5_000 }))
    expect(episodesOf(series, nothingLeast)).toMatchObject([
      { direction: 'above', since: dayOf(FAULT), ended: { why: 'shift' } },
    ])
  })
})

describe('a series without any spread', () => {
  it('asks for the smallest change alone', () => {
    expect(episodesOf(flat(1_050, 1_099, 1_050), watch)).toEqual([])
    expect(episodesOf(flat(1_000, 1_150, 1_150), watch)).toMatchObject([{ direction: 'above', since: dayOf(61) }])
  })

  it('takes one day of three for chance, and two for an episode that two calm days end', () => {
    expect(episodesOf(flat(800, 1_000, 1_000), watch)).toEqual([])
    expect(episodesOf(flat(800, 1_000, 800, 1_000, 1_000), watch)).toMatchObject([
      {
        since: dayOf(60),
        raised: { day: dayOf(62), value: 800, expected: 1_000, z: null },
        ended: { day: dayOf(64), why: 'calm' },
      },
    ])
  })

  it('knows nothing of days that it did not see, nor of the first weeks', () => {
    expect(episodesOf(flat(null, 0, null), watch)).toEqual([])
    expect(episodesOf(flat(0, 0).slice(10), watch)).toEqual([])
  })
})
