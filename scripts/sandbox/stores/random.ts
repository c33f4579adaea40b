/** A seeded source of chance: the same seed parts give the same sequence on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number
  /** Whole number in [min, max]. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** Index into `cumulative` (ascending, last = total), drawn by weight. */
  weighted(cumulative: readonly number[]): number
  /** Mean 0, standard deviation 1. */
  normal(): number
}

/** FNV-1a over the parts, so that neighbouring seeds start far apart. */
function hash(parts: readonly (string | number)[]): number {
  let h = 0x811c9dc5
  for (const c of parts.join('\u0000')) {
    h = Math.imul(h ^ c.charCodeAt(0), 0x01000193)
  }
  return h >>> 0
}

export function random(...seed: (string | number)[]): Random {
  let state = hash(seed)
  // mulberry32: 32 bits of state, passes the usual small tests, and is fast.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('pick from an empty list')
      // The index is within the list by construction.
      return list[Math.floor(next() * list.length)] as (typeof list)[number]
    },
    weighted: (cumulative) => firstAbove(cumulative, next() * (cumulative.at(-1) ?? 0)),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}

/** Running sums, for `weighted`. */
export function cumulate(weights: readonly number[]): number[] {
  let sum = 0
  return weights.map((weight) => {
    sum += weight
    return sum
  })
}

function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}
