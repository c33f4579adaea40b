/** Small and fast, and the same everywhere for the same seed (mulberry32): numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FLOW_SEED repeats a run; the seed is printed. */
export function printedSeed(): number {
  const seed = Number(process.env.FLOW_SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`seed ${seed} (FLOW_SEED=${seed} repeats this run)`)
  return seed
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = items.map((item) => ({ item, order: random() }))
  return copy.sort((a, b) => a.order - b.order).map(({ item }) => item)
}
