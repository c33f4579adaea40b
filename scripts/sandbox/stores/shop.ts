import type { DemoBrand } from './demo-brands.ts'
import { DAY } from './zone-time.ts'

export const HISTORY = 396 * DAY
export const FUTURE = 2 * DAY

export type Shop = {
  brand: DemoBrand
  seed: string
  /** Its place among all shops, from 1. */
  number: number
  /** Where its ids begin, far enough from those of other shops. */
  base: number
  /** ms, whole seconds: when the history ends. */
  epoch: number
  /** Orders until then. */
  count: number
}
