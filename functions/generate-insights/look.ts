import type { Result } from '../../shared/ai/cell.ts'
import { isObject, resultOf } from '../../shared/ai/result.ts'
import { type AnyOperation, call } from '../../shared/operations/call.ts'

/** A read that a text rests on. `without`: parts of its answer that say what another one says, or nothing here. */
export type Look = {
  operation: AnyOperation
  input: Readonly<Record<string, unknown>>
  without?: readonly string[]
}

/** Of get_metrics: the whole alone, or its rows alone. Ids are nobody's words. */
export const WHOLE = ['brand_id', 'needs_settings', 'rows', 'rows_left_out']
export const ROWS = ['brand_id', 'needs_settings', 'freshness', 'total']

/** What the reads find, as the results r1, r2 … in their order. */
export const lookAt = (looks: readonly Look[]): Promise<Result[]> =>
  Promise.all(
    looks.map(async ({ operation, input, without = [] }, at) => {
      const of = { id: `r${at + 1}`, tool: operation.name, arguments: input, subject: null }
      return resultOf(of, left(await call(operation, input), without))
    }),
  )

const left = (output: unknown, without: readonly string[]): unknown =>
  isObject(output) ? Object.fromEntries(Object.entries(output).filter(([key]) => !without.includes(key))) : output
