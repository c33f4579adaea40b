import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import { type WarehouseTable, warehouseTable } from './tables.ts'

/** BigQuery recommends 500 rows a request. */
const MAX_BATCH_ROWS = 500
/** BigQuery takes 10 MB a request. */
const MAX_BATCH_BYTES = 9_000_000

/** A row as insertAll takes it; rows of one key and version have one insertId. */
export type Encoded = { key: string; insertId: string; json: Record<string, unknown>; bytes: number }

/** Throws INTERNAL for a row that says nothing of a column: a statement that forgot it would leave it empty for ever. */
export function encode(table: WarehouseTable, row: Readonly<Record<string, unknown>>): Encoded {
  const { columns, key: keyColumns, version } = warehouseTable(table)
  const forgotten = Object.keys(columns).find((column) => row[column] === undefined)
  if (forgotten) throw new AppError('INTERNAL', `A row of ${table} says nothing of its column ${forgotten}.`)
  // What is left out is null; most columns of most rows are.
  const given = Object.entries(row).filter(([, value]) => value !== null)
  const json = Object.fromEntries(
    given.map(([column, value]) => [column, typeof value === 'bigint' ? value.toString() : value]),
  )
  const key = [...keyColumns, ...(version ? [version] : [])].map((column) => String(row[column])).join('/')
  // BigQuery caps an insertId at 128 characters, which a campaign's key passes.
  const insertId = createHash('sha256').update(key).digest('base64url')
  return { key, insertId, json, bytes: Buffer.byteLength(JSON.stringify({ insertId, json })) + 1 }
}

/** In requests that BigQuery takes, each row once. */
export function batches(rows: readonly Encoded[]): Encoded[][] {
  const made: Encoded[][] = []
  let open: Encoded[] = []
  let bytes = 0
  for (const row of new Map(rows.map((each) => [each.insertId, each])).values()) {
    if (open.length > 0 && (open.length === MAX_BATCH_ROWS || bytes + row.bytes > MAX_BATCH_BYTES)) {
      made.push(open)
      open = []
      bytes = 0
    }
    open.push(row)
    bytes += row.bytes
  }
  return open.length > 0 ? [...made, open] : made
}
