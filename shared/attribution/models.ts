import { last } from './last.ts'
import type { Model } from './model.ts'

/** Every model that orders are credited by. */
export const MODELS: readonly Model[] = [last]
