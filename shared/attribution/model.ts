/** A touch as the models see it. Touches of one channel are one player to Markov and Shapley. */
export type Step = {
  channel: string
  is_direct: boolean
  /** Milliseconds since the epoch. */
  at_ms: number
}

/** What conversions would be lost without a channel, as a share of all lost that way: the values of a fit sum to 1. */
export type Effects = ReadonlyMap<string, number>
export const NO_EFFECTS: Effects = new Map()

/** How what an order earned is split over its touches. `name` is stored with every credit. */
export type Model = {
  name: string
  /**
   * Of steps by time (at least one): a weight each, ≥ 0, not all 0. Only their ratio matters. Same input, same weights.
   * `effects` are those of the fit that is in force; only Markov reads them.
   */
  weigh: (steps: readonly Step[], effects: Effects) => readonly number[]
}
