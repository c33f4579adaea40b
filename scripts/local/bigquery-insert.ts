import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import * as z from 'zod'
import { gathering } from '../../shared/warehouse/gather.ts'
import { ApiError } from './api-error.ts'
import type { Field, Table } from './bigquery-resources.ts'
import { TO_DUCKDB } from './bigquery-types.ts'
import { CATALOG, type Warehouse } from './warehouse.ts'

/** Source: cloud.google.com/bigquery/quotas#streaming_inserts (50,000 rows and 10 MB a request). */
const MAX_ROWS = 50_000
/** Google remembers an insertId for at least a minute; here it is an hour. */
const INSERT_ID_KEPT_MS = 3_600_000

export const InsertAllBody = z.object({
  rows: z.array(z.object({ insertId: z.string().optional(), json: z.record(z.string(), z.unknown()) })).min(1),
  skipInvalidRows: z.boolean().default(false),
  ignoreUnknownValues: z.boolean().default(false),
})

type InsertRow = z.output<typeof InsertAllBody>['rows'][number]
interface RowErrors {
  index: number
  errors: { reason: 'invalid' | 'stopped'; location: string; debugInfo: ''; message: string }[]
}
interface GoodRow {
  insertId: string | undefined
  /** In the order of the columns. */
  values: DuckDBValue[]
}

interface Appending {
  table: Table
  rows: readonly GoodRow[]
}

/** insertAll over the warehouse; rows whose insertId the table has seen are left out. */
export async function openInserts({ read, write }: Warehouse) {
  const seen = await read(loadInsertIds)

  function forgetOld(ids: Map<string, number>, nowMs: number) {
    for (const [id, atMs] of ids) {
      if (nowMs - atMs < INSERT_ID_KEPT_MS) break
      ids.delete(id)
    }
  }

  /** Requests that wait for the one under way share the next transaction: it costs as much for one row as for hundreds. */
  const append = gathering<Appending, void>(async (asked) => {
    const nowMs = Date.now()
    await write(
      async (db) => {
        const added: [tableId: string, insertId: string][] = []
        for (const [tableId, { table, rows }] of byTable(asked)) {
          const ids = seen.get(tableId) ?? new Map<string, number>()
          seen.set(tableId, ids)
          forgetOld(ids, nowMs)
          const fresh = unseen(rows, ids)
          await appendTo(db, table, (appender) => fresh.forEach((row) => void appendRow(appender, row.values)))
          for (const { insertId } of fresh) if (insertId !== undefined) added.push([tableId, insertId])
        }
        const receivedAt = new DuckDBTimestampTZValue(BigInt(nowMs) * 1_000n)
        await appendTo(db, { datasetId: CATALOG, tableId: 'insert_ids' }, (appender) =>
          added.forEach((each) => void appendRow(appender, [...each, receivedAt])),
        )
        return added
      },
      (added) => added.forEach(([tableId, insertId]) => void seen.get(tableId)?.set(insertId, nowMs)),
    )
  })

  return async function insertAll(
    table: Table,
    body: z.output<typeof InsertAllBody>,
  ): Promise<{ insertErrors?: RowErrors[] }> {
    if (body.rows.length > MAX_ROWS)
      throw new ApiError('INVALID_ARGUMENT', `too many rows present in the request, limit: ${MAX_ROWS}`)
    if (table.view) throw new ApiError('INVALID_ARGUMENT', 'Cannot add rows to a view.')
    const fields = table.schema?.fields ?? []
    const checked = body.rows.map((row, index) =>
      check(row, { index, fields, ignoreUnknown: body.ignoreUnknownValues }),
    )
    const insertErrors = checked.flatMap((row) => ('errors' in row ? [row] : []))
    const good = checked.flatMap((row) => ('errors' in row ? [] : [row]))
    if (insertErrors.length > 0 && !body.skipInvalidRows)
      return { insertErrors: withStopped(insertErrors, body.rows.length) }
    if (good.length > 0) await append('all tables', { table, rows: good })
    return insertErrors.length > 0 ? { insertErrors } : {}
  }
}

async function loadInsertIds(db: DuckDBConnection) {
  await db.run(
    `delete from "${CATALOG}".insert_ids where received_at < now() - interval ${INSERT_ID_KEPT_MS} milliseconds`,
  )
  const rows = await db.runAndReadAll(
    `select table_id, insert_id, epoch_ms(received_at) from "${CATALOG}".insert_ids order by received_at`,
  )
  const seen = new Map<string, Map<string, number>>()
  for (const [tableId, insertId, atMs] of rows.getRows()) {
    const ids = seen.get(String(tableId)) ?? new Map<string, number>()
    seen.set(String(tableId), ids.set(String(insertId), Number(atMs)))
  }
  return seen
}

function byTable(asked: readonly Appending[]): Map<string, { table: Table; rows: GoodRow[] }> {
  const tables = new Map<string, { table: Table; rows: GoodRow[] }>()
  for (const { table, rows } of asked) {
    const tableId = `${table.datasetId}.${table.tableId}`
    const gathered = tables.get(tableId) ?? { table, rows: [] }
    tables.set(tableId, gathered)
    gathered.rows.push(...rows)
  }
  return tables
}

/** Rows whose id is neither known nor that of an earlier row of the request. */
function unseen(rows: readonly GoodRow[], known: ReadonlyMap<string, number>): GoodRow[] {
  const inRequest = new Set<string>()
  return rows.filter(({ insertId }) => {
    if (insertId === undefined) return true
    const isNew = !known.has(insertId) && !inRequest.has(insertId)
    inRequest.add(insertId)
    return isNew
  })
}

async function appendTo(
  db: DuckDBConnection,
  { datasetId, tableId }: Pick<Table, 'datasetId' | 'tableId'>,
  fill: (appender: DuckDBAppender) => void,
) {
  const appender = await db.createAppender(tableId, datasetId)
  try {
    fill(appender)
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

function appendRow(appender: DuckDBAppender, values: readonly DuckDBValue[]) {
  for (const value of values) appendOne(appender, value)
  appender.endRow()
}

/** appendValue() wraps each in an object that the garbage collector frees: it took as long as all the rest. */
function appendOne(appender: DuckDBAppender, value: DuckDBValue) {
  if (value === null) appender.appendNull()
  else if (typeof value === 'string') appender.appendVarchar(value)
  else if (typeof value === 'bigint') appender.appendBigInt(value)
  else if (typeof value === 'number') appender.appendDouble(value)
  else if (value instanceof DuckDBTimestampTZValue) appender.appendTimestamp(new DuckDBTimestampValue(value.micros))
  else if (value instanceof DuckDBDateValue) appender.appendDate(value)
  else appender.appendValue(value)
}

interface CheckOptions {
  index: number
  fields: readonly Field[]
  ignoreUnknown: boolean
}

function check({ insertId, json }: InsertRow, { index, fields, ignoreUnknown }: CheckOptions): GoodRow | RowErrors {
  const errors: RowErrors['errors'] = []
  const invalid = (location: string, message: string) =>
    errors.push({ reason: 'invalid', location, debugInfo: '', message })
  const values = fields.map((field): DuckDBValue => {
    const given = json[field.name] ?? null
    if (given === null) {
      if (field.mode === 'REQUIRED') invalid(field.name, `Missing required field: ${field.name}.`)
      return null
    }
    const value = TO_DUCKDB[field.type](given)
    if (value === undefined) invalid(field.name, problemWith(field, given))
    return value ?? null
  })
  if (!ignoreUnknown) {
    const known = new Set(fields.map(({ name }) => name))
    for (const name of Object.keys(json)) if (!known.has(name)) invalid(name, `no such field: ${name}.`)
  }
  return errors.length > 0 ? { index, errors } : { insertId, values }
}

function problemWith({ name, type }: Field, value: unknown): string {
  if (Array.isArray(value)) return `Array specified for non-repeated field: ${name}.`
  if (typeof value === 'object') return 'This field is not a record.'
  return `Cannot convert value to ${type.toLowerCase()} (bad value): ${value}`
}

// One bad row refuses the whole request; Google marks the good ones "stopped".
function withStopped(bad: readonly RowErrors[], rowCount: number): RowErrors[] {
  const byIndex = new Map(bad.map((row) => [row.index, row]))
  return Array.from({ length: rowCount }, (_, index): RowErrors => {
    return byIndex.get(index) ?? { index, errors: [{ reason: 'stopped', location: '', debugInfo: '', message: '' }] }
  })
}
