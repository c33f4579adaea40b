import { weighByChannel } from './by-channel.ts'
import type { Model } from './model.ts'

/**
 * The Shapley value of the game in which a set of channels is worth the conversions of all paths that it covers: of each
 * path every distinct channel gets the same, however often it was touched.
 */
export const shapley: Model = {
  name: 'shapley',
  weigh: (steps) => weighByChannel(steps, () => 1),
}
