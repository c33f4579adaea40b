import * as z from 'zod'
import { fieldErrors } from './call.ts'

/** Every list's input: at most 100 a page, continued from the `next_cursor` of the page before. */
export const PageInput = z.object({
  limit: z
    .int()
    .min(1)
    .max(100)
    .default(50)
    .describe('Entries on a page.')
    .meta({ examples: [50] }),
  cursor: z.string().max(1_000).optional().describe('`next_cursor` of the page before; opaque.'),
})
/** null: this was the last page. */
export const NextCursor = z.string().nullable()

/** A cursor holds the sort key of the last entry shown. */
export const encodeCursor = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The sort key in a cursor, or null without one. Throws INPUT_INVALID for a cursor we did not make. */
export function decodeCursor<T extends z.ZodType>(key: T, cursor: string | undefined): z.output<T> | null {
  if (cursor === undefined) return null
  const parsed = key.safeParse(jsonOrNull(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!parsed.success) throw fieldErrors({ cursor: ['Not a cursor of this list.'] })
  return parsed.data
}

/** One row more than asked for tells that there is another page. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => readonly string[],
): { rows: Row[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next_cursor: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
