import type { Touch } from './journey.ts'

/** How an order's net is split over its touches. `name` is stored with every credit. */
export type Model = {
  name: string
  /** Of touches by time (at least one): a weight each, ≥ 0, not all 0. Only their ratio matters. Same touches, same weights. */
  weigh: (touches: readonly Touch[]) => readonly number[]
}
