import { invalidParameter } from './errors.ts'
import { pageSize } from './parameters.ts'

export type Page<T> = { data: T[]; paging?: Paging }
type Paging = { cursors: { before: string; after: string }; next?: string; previous?: string }

/** The part of `rows` that `limit`, `after` and `before` ask for, each row written by `write` only when it is sent. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  call: { url: URL; token: string; largest: number; write: (row: Row) => T },
): Page<T> {
  const query = call.url.searchParams
  const limit = pageSize(query, call.largest)
  const after = query.get('after')
  const before = query.get('before')
  const end = before === null ? rows.length : position(before)
  const start = after !== null ? position(after) + 1 : before !== null ? Math.max(0, end - limit) : 0
  const sent = rows.slice(start, Math.min(start + limit, end))
  if (sent.length === 0) return { data: [] }
  const cursors = { before: cursor(start), after: cursor(start + sent.length - 1) }
  const next = start + sent.length < rows.length ? { next: link(call, { after: cursors.after }) } : {}
  const previous = start > 0 ? { previous: link(call, { before: cursors.before }) } : {}
  return { data: sent.map(call.write), paging: { cursors, ...next, ...previous } }
}

/** Row numbers in base64 with `ZD` for `=`, as insights' cursors are. */
const cursor = (row: number) => Buffer.from(String(row)).toString('base64').replaceAll('=', 'ZD')

function position(text: string): number {
  const row = Buffer.from(text.replaceAll('ZD', '='), 'base64').toString()
  if (!/^[0-9]{1,9}$/.test(row)) throw invalidParameter('Invalid cursors values')
  return Number(row)
}

/** The same call at another cursor. Meta puts the token into the link even when it came in a header. */
function link(call: { url: URL; token: string }, at: Record<string, string>): string {
  const url = new URL(call.url)
  for (const name of ['access_token', 'after', 'before']) url.searchParams.delete(name)
  url.searchParams.set('access_token', call.token)
  for (const [name, value] of Object.entries(at)) url.searchParams.set(name, value)
  return url.href
}
