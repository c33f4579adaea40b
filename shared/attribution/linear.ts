import type { Model } from './model.ts'

/** The same to every touch: a channel that was touched twice gets twice as much. */
export const linear: Model = {
  name: 'linear',
  weigh: (steps) => steps.map(() => 1),
}
