import { addPath, emptyChain, type WeightedPath } from './chain.ts'
import { first } from './first.ts'
import { last } from './last.ts'
import { linear } from './linear.ts'
import { type Model, type Step, USUAL } from './model.ts'
import { position } from './position.ts'
import { removalEffects } from './removal-effects.ts'
import { shapley } from './shapley.ts'

/** An exported path: only the order of its channels is known, neither times nor which of them are direct. */
export type ValuedPath = WeightedPath & { value: number }
/** What a channel earned of all paths, unrounded. */
export type Earned = { conversions: number; value: number }

/** Credits any number of paths, one by one. */
export type PathModel = {
  add: (path: ValuedPath) => void
  /** By channel, in the order of appearance; channels of paths that never converted with 0. */
  earned: () => ReadonlyMap<string, Earned>
}

/** The models that need nothing but the order of the channels. */
export const PATH_MODELS = {
  first: () => pathByPath(first),
  last: () => pathByPath(last),
  linear: () => pathByPath(linear),
  position: () => pathByPath(position),
  markov: () => byRemoval(),
  shapley: () => pathByPath(shapley),
} as const satisfies Readonly<Record<string, () => PathModel>>

/** Each path by itself: its conversions and its value in the ratio of the model's weights. */
function pathByPath({ weigh }: Model): PathModel {
  const all = new Map<string, Earned>()
  return {
    add: ({ channels, conversions, value }) => {
      const weights = weigh(channels.map(stepOf), USUAL)
      const sum = weights.reduce((total, weight) => total + weight, 0)
      for (const [place, channel] of channels.entries()) {
        const share = (weights[place] ?? 0) / sum
        const earned = all.get(channel) ?? { conversions: 0, value: 0 }
        all.set(channel, { conversions: earned.conversions + share * conversions, value: earned.value + share * value })
      }
    },
    earned: () => all,
  }
}

/** All paths at once: their conversions, and their value, in the ratio of the removal effects. */
function byRemoval(): PathModel {
  const chain = emptyChain()
  const total = { conversions: 0, value: 0 }
  return {
    add: (path) => {
      addPath(chain, path)
      total.conversions += path.conversions
      total.value += path.value
    },
    earned: () =>
      new Map(
        [...removalEffects(chain)].map(([channel, effect]) => [
          channel,
          { conversions: effect * total.conversions, value: effect * total.value },
        ]),
      ),
  }
}

const stepOf = (channel: string): Step => ({ channel, is_direct: false, at_ms: 0 })
