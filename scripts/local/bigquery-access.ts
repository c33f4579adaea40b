import type { DuckDBConnection } from '@duckdb/node-api'
import * as z from 'zod'
import { PLATFORM_TENANT_ID } from '../../shared/tenant.ts'
import { ApiError } from './api-error.ts'

/** Who asks: a tenant's principal by its id, or (null) a function as itself. */
export type Caller = string | null

/** As infra grants them: the platform is a tenant too, whose dataset the platform itself has made. */
const PLATFORM = 'pulsepoint_platform'
const datasetOf = (tenantId: string): string =>
  tenantId === PLATFORM_TENANT_ID ? PLATFORM : `dataset_tenant_${tenantId.replaceAll('-', '_')}`
const isTenants = (dataset: string): boolean => dataset === PLATFORM || dataset.startsWith('dataset_tenant_')

/** Throws PERMISSION_DENIED for a tenant's principal: whatever is no query needs more than a reader. */
export function requireWriter(caller: Caller): void {
  if (caller !== null) throw denied('change datasets or tables')
}

interface Asked {
  caller: Caller
  /** In DuckDB's spelling. */
  sql: string
  defaultDataset: string | undefined
}

/**
 * Lets a tenant's principal read its own dataset and nothing else, and a function as itself change tenants' rows, but read
 * none. Throws PERMISSION_DENIED. Stricter than Google in one thing: those few functions that write there could read there, too.
 */
export async function requireAccess(db: DuckDBConnection, { caller, sql, defaultDataset }: Asked): Promise<void> {
  const read = await datasetsRead(db, sql)
  if (read === null) return requireWriter(caller)
  for (const dataset of [...read, ''].map((name) => name || defaultDataset)) {
    if (dataset === undefined) continue
    const may = caller === null ? !isTenants(dataset) : dataset === datasetOf(caller)
    if (!may) throw denied(`query the dataset ${dataset}, or it does not exist`)
  }
}

const Node = z.looseObject({ type: z.literal('BASE_TABLE'), schema_name: z.string() })

/** As DuckDB itself reads the statement, '' for the default dataset; null when it is no SELECT. */
async function datasetsRead(db: DuckDBConnection, sql: string): Promise<string[] | null> {
  const answer = await db.runAndReadAll(`select json_serialize_sql('${sql.replaceAll("'", "''")}'::varchar)`)
  const tree: unknown = JSON.parse(String(answer.getRows()[0]?.[0]))
  const failed = z.looseObject({ error: z.literal(true), error_type: z.string() }).safeParse(tree).data
  // What is no SQL at all fails by itself, with a better message.
  if (failed) return failed.error_type === 'parser' ? [] : null
  return tablesIn(tree)
}

function tablesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const table = Node.safeParse(node).data
  return [...(table ? [table.schema_name] : []), ...Object.values(node).flatMap(tablesIn)]
}

const denied = (what: string): ApiError =>
  new ApiError('PERMISSION_DENIED', `Access Denied: User does not have permission to ${what}.`)
