import type { AnyOperation } from './call.ts'
import { OPERATIONS } from './index.ts'

/** What the AI may call: reads that are offered to it by name. */
export const READABLE: readonly AnyOperation[] = OPERATIONS.filter(({ surfaces }) => surfaces.includes('ai'))
