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

/** What a model goes by besides the steps: the effects of the fit in force (Markov) and the half-life (time decay). */
export type Tuning = { effects: Effects; halfLifeDays: number }
/** Where nothing was fitted and nobody has set anything. */
export const USUAL: Tuning = { effects: NO_EFFECTS, halfLifeDays: 7 }

/** How what an order earned is split over its touches. `name` is stored with every credit. */
export type Model = {
  name: string
  /** Of steps by time (at least one): a weight each, ≥ 0, not all 0. Only their ratio matters. Same input, same weights. */
  weigh: (steps: readonly Step[], tuning: Tuning) => readonly number[]
}
