import type pg from 'pg'
import { type Row, type TableName, tableOf } from '../../../shared/db/tables.ts'

/** What node-postgres asks of a query that it does not know; COPY needs the connection itself. */
type Wire = { query(text: string): void; sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }

/** `copy … from stdin` of bytes in COPY's text format. node-postgres speaks the protocol but offers no call for it. */
export function copyIn(client: pg.Client, table: TableName, chunks: readonly Buffer[]): Promise<void> {
  const columns = Object.keys(tableOf(table).columns).join(', ')
  return new Promise((resolve, reject) => {
    let failure: Error | null = null
    const query = {
      submit: (wire: Wire) => wire.query(`copy ${table} (${columns}) from stdin`),
      handleCopyInResponse: (wire: Wire) => {
        for (const chunk of chunks) wire.sendCopyFromChunk(chunk)
        wire.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      handleError: (error: Error) => {
        failure = error
        reject(error)
      },
      handleReadyForQuery: () => {
        if (failure === null) resolve()
      },
    }
    // The package's types leave out what it calls besides submit(), and the methods of its connection.
    client.query(query as unknown as pg.Submittable)
  })
}

/** Rows of one table in COPY's text format, each with its owner. */
export const copyText = <T extends TableName>(table: T, rows: readonly Row<T>[], owner: object): Buffer =>
  Buffer.from(rows.map((row) => `${lineOf(table, { ...row, ...owner })}\n`).join(''))

const lineOf = (table: TableName, row: Readonly<Record<string, unknown>>): string =>
  Object.keys(tableOf(table).columns)
    .map((column) => field(row[column]))
    .join('\t')

function field(value: unknown): string {
  if (value === null || value === undefined) return '\\N'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPED[character] ?? character)
}
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
