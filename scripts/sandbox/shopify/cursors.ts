import { rejected } from './errors.ts'
import type { Position } from './node-index.ts'

/** A place in a list: the last row seen, and how many rows the pages up to it held. */
export type Cursor = Position & { seen: number }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64')

function decode(cursor: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'))
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Not ours: answered below.
  }
  throw rejected('Invalid cursor for current pagination sort.', { code: 'BAD_REQUEST' })
}

function whole(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw rejected('Invalid cursor for current pagination sort.', { code: 'BAD_REQUEST' })
}

export const listCursor = ({ value, id, seen }: Cursor): string => encode({ last_id: id, last_value: value, seen })

export function readListCursor(cursor: string): Cursor {
  const { last_id, last_value, seen } = decode(cursor)
  return { id: whole(last_id), value: whole(last_value), seen: whole(seen) }
}

/** Nested lists are paged by offset; theirs is another shape, so that cursors of one list fail on another. */
export const nestedCursor = (offset: number): string => encode({ offset })

export const readNestedCursor = (cursor: string): number => whole(decode(cursor).offset)
