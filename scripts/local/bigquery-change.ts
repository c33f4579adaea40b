import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { ApiError } from './api-error.ts'
import { quoted } from './warehouse.ts'

/** Google's own limit is between 30 and 90 minutes: the product has to bear the longer one. Source: BigQuery's DML limitations. */
const BUFFER_MS = 90 * 60_000
/** When a row was appended, in every table of the product. A table without it changes at any time. */
const RECORDED = 'recorded_at'
const TARGET = /^\s*(?:delete\s+from|update)\s+((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i

/** Whether the statement (in DuckDB's spelling) changes rows. */
export const isChange = (sql: string): boolean => TARGET.test(sql)

interface Change {
  sql: string
  values: Record<string, DuckDBValue>
  types: Record<string, DuckDBType>
  nowMs: number
}

/** Carries it out and counts the rows; within a transaction. Throws INVALID_ARGUMENT when one of them is still in the streaming buffer. */
export async function change(db: DuckDBConnection, { sql, values, types, nowMs }: Change): Promise<number> {
  const table = TARGET.exec(sql)?.[1] ?? ''
  if (!(await hasRecorded(db, table))) return (await db.run(sql, values, types)).rowsChanged
  const changed = await db.runAndReadAll(`${sql} returning epoch_ms(${quoted(RECORDED)})`, values, types)
  const rows = changed.getRows()
  if (rows.some(([ms]) => Number(ms) > nowMs - BUFFER_MS)) {
    const what = `UPDATE or DELETE statement over table ${table.replaceAll('"', '')}`
    throw new ApiError('INVALID_ARGUMENT', `${what} would affect rows in the streaming buffer, which is not supported`)
  }
  return rows.length
}

async function hasRecorded(db: DuckDBConnection, table: string): Promise<boolean> {
  const described = await db.runAndReadAll(`describe ${table}`)
  return described.getRows().some(([name]) => name === RECORDED)
}
