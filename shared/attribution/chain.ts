/** A path with how often it ended in a conversion and how often in none; weights may be fractions. */
export type WeightedPath = { channels: readonly string[]; conversions: number; nulls: number }

/** Weighted transitions of order 1 between channels, by their index. A repeat is a transition of the channel to itself. */
export type Chain = {
  /** Index by channel, in the order of appearance. */
  channels: Map<string, number>
  starts: number[]
  /** Of each channel: weight by the channel that comes next. */
  next: Map<number, number>[]
  conversions: number[]
  nulls: number[]
}

export const emptyChain = (): Chain => ({ channels: new Map(), starts: [], next: [], conversions: [], nulls: [] })

/** Adds a path of at least one channel. Without any weight it only makes its channels known. */
export function addPath(chain: Chain, { channels, conversions, nulls }: WeightedPath): void {
  const weight = conversions + nulls
  let before: number | null = null
  for (const channel of channels) {
    const index = indexOf(chain, channel)
    if (before === null) add(chain.starts, index, weight)
    else if (weight > 0) {
      const next = chain.next[before]
      next?.set(index, (next.get(index) ?? 0) + weight)
    }
    before = index
  }
  if (before === null) return
  add(chain.conversions, before, conversions)
  add(chain.nulls, before, nulls)
}

function indexOf(chain: Chain, channel: string): number {
  const known = chain.channels.get(channel)
  if (known !== undefined) return known
  const index = chain.channels.size
  chain.channels.set(channel, index)
  for (const weights of [chain.starts, chain.conversions, chain.nulls]) weights.push(0)
  chain.next.push(new Map())
  return index
}

function add(weights: number[], index: number, weight: number): void {
  weights[index] = (weights[index] ?? 0) + weight
}
