import { badParameter } from './errors.ts'
import type { Parameters } from './parameters.ts'

const DEFAULT_PAGE = 10
const LARGEST_PAGE = 1000

export type Page<T> = {
  list: T[]
  page_info: { page: number; page_size: number; total_number: number; total_page: number }
}

/** The part of `rows` that `page` and `page_size` ask for, each row written only when it is sent; none beyond the last. */
export function pageOf<Row, T>(rows: readonly Row[], query: Parameters, write: (row: Row) => T): Page<T> {
  const page = whole(query, 'page', { fallback: 1, largest: 1_000_000 })
  const page_size = whole(query, 'page_size', { fallback: DEFAULT_PAGE, largest: LARGEST_PAGE })
  const total_page = Math.ceil(rows.length / page_size)
  return {
    list: rows.slice((page - 1) * page_size, page * page_size).map(write),
    page_info: { page, page_size, total_number: rows.length, total_page },
  }
}

function whole(query: Parameters, name: string, { fallback, largest }: { fallback: number; largest: number }): number {
  const text = query.get(name)
  if (text === null) return fallback
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badParameter(`${name}: Not a valid integer.`)
  if (Number(text) > largest) throw badParameter(`${name}: Must be greater than or equal to 1 and at most ${largest}.`)
  return Number(text)
}
