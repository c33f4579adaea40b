import type { Result } from '../../shared/ai/cell.ts'
import { resultOf } from '../../shared/ai/result.ts'
import { type AnyOperation, call } from '../../shared/operations/call.ts'

/** A read that a text rests on. */
export type Look = { operation: AnyOperation; input: Readonly<Record<string, unknown>> }

/** What the reads find, as the results r1, r2 … in their order. */
export const lookAt = (looks: readonly Look[]): Promise<Result[]> =>
  Promise.all(
    looks.map(async ({ operation, input }, at) => {
      const of = { id: `r${at + 1}`, tool: operation.name, arguments: input, subject: null }
      return resultOf(of, await call(operation, input))
    }),
  )
