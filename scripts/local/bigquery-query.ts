import type { DuckDBConnection } from '@duckdb/node-api'
import * as z from 'zod'
import { ApiError } from './api-error.ts'
import { type Caller, requireAccess } from './bigquery-access.ts'
import { change, isChange } from './bigquery-change.ts'
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

/** jobs.query: the caller's SELECT, or a DELETE or UPDATE of a function. */
export function openQueries({ read, write }: Warehouse, now: () => number) {
  return async (caller: Caller, body: z.output<typeof QueryBody>) => {
    const parameters = new Map(body.queryParameters.map((parameter) => [parameter.name, parameter]))
    const { sql, used } = toDuckDbSql(body.query, parameters)
    const { values, types } = bindings(used)
    const defaultDataset = body.defaultDataset?.datasetId

    async function within<T>(db: DuckDBConnection, work: () => Promise<T>): Promise<T> {
      await requireAccess(db, { caller, sql, defaultDataset })
      if (defaultDataset) await db.run(`use ${quoted(defaultDataset)}`).catch(refuse)
      return work().catch(refuse)
    }

    if (!isChange(sql)) {
      const result = await read((db) => within(db, () => db.runAndReadAll(sql, values, types)))
      return resultBody(result, body.formatOptions.useInt64Timestamp)
    }
    const changed = await write((db) => within(db, () => change(db, { sql, values, types, nowMs: now() })))
    return { schema: { fields: [] }, numDmlAffectedRows: String(changed), totalRows: '0' }
  }
}

function refuse(cause: Error): never {
  if (cause instanceof ApiError) throw cause
  const missing = /^Catalog Error: Table with name .* does not exist/.test(cause.message)
  throw missing
    ? new ApiError('NOT_FOUND', cause.message)
    : new ApiError('INVALID_ARGUMENT', cause.message, 'invalidQuery')
}
