import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { type Caller, requireAccess } from './bigquery-access.ts'
import { resultBody } from './bigquery-result.ts'
import { bindings, QueryParameter, toDuckDbSql } from './bigquery-sql.ts'
import { quoted, type Warehouse } from './warehouse.ts'

export const QueryBody = z.object({
  query: z.string(),
  queryParameters: z.array(QueryParameter).default([]),
  useLegacySql: z.literal(false),
  defaultDataset: z.object({ datasetId: z.string() }).optional(),
  formatOptions: z.object({ useInt64Timestamp: z.boolean().default(false) }).default({ useInt64Timestamp: false }),
})

const CHANGES = /^\s*(delete|update)\b/i

/** jobs.query: the caller's SELECT, or a DELETE or UPDATE of a function. */
export function openQueries({ read, write }: Warehouse) {
  return async (caller: Caller, body: z.output<typeof QueryBody>) => {
    const parameters = new Map(body.queryParameters.map((parameter) => [parameter.name, parameter]))
    const { sql, used } = toDuckDbSql(body.query, parameters)
    const { values, types } = bindings(used)
    const defaultDataset = body.defaultDataset?.datasetId

    async function run(db: DuckDBConnection) {
      await requireAccess(db, { caller, sql, defaultDataset })
      if (defaultDataset) await db.run(`use ${quoted(defaultDataset)}`).catch(refuse)
      return db.runAndReadAll(sql, values, types).catch(refuse)
    }

    if (!CHANGES.test(sql)) return read(async (db) => resultBody(await run(db), body.formatOptions.useInt64Timestamp))
    const { rowsChanged } = await write(run)
    return { schema: { fields: [] }, numDmlAffectedRows: String(rowsChanged), totalRows: '0' }
  }
}

function refuse(cause: Error): never {
  const missing = /^Catalog Error: Table with name .* does not exist/.test(cause.message)
  throw missing
    ? new ApiError('NOT_FOUND', cause.message)
    : new ApiError('INVALID_ARGUMENT', cause.message, 'invalidQuery')
}
