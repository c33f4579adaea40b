import { weighByChannel } from './by-channel.ts'
import type { Model } from './model.ts'

/** Raised when removal effects are computed in another way; stored with every fit. */
export const MARKOV_VERSION = 'markov-1'

/**
 * Each order by its channels' removal effects. A channel that the fit has not seen counts like the average of those that
 * it has: too new to be known is not worthless. Without any effect the channels share equally.
 */
export const markov: Model = {
  name: 'markov',
  weigh: (steps, { effects }) => {
    const unseen =
      effects.size === 0 ? 1 : [...effects.values()].reduce((sum, effect) => sum + effect, 0) / effects.size
    const weights = weighByChannel(steps, (channel) => effects.get(channel) ?? unseen)
    return weights.some((weight) => weight > 0) ? weights : weighByChannel(steps, () => 1)
  },
}
