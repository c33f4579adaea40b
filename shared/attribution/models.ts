import { first } from './first.ts'
import { last } from './last.ts'
import { linear } from './linear.ts'
import { markov } from './markov.ts'
import type { Model } from './model.ts'
import { position } from './position.ts'
import { shapley } from './shapley.ts'
import { timeDecay } from './time-decay.ts'

/** Every model that orders are credited by. All of them say who was there, none who caused the sale. */
export const MODELS: readonly Model[] = [last, first, linear, position, timeDecay, markov, shapley]
