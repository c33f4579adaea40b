import type { Model } from './model.ts'

/** All to the first touch, whatever it is. */
export const first: Model = {
  name: 'first',
  weigh: (steps) => steps.map((_, position) => (position === 0 ? 1 : 0)),
}
