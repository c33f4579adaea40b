import type { AnyOperation } from './call.ts'
import { offeredOperations } from './offered.ts'

/** What the AI may call of what this process serves: reads that are offered to it by name. */
export const readableOperations = (): readonly AnyOperation[] =>
  offeredOperations().filter(({ surfaces }) => surfaces.includes('ai'))
