import type { BigQuery } from '@google-cloud/bigquery'
import { bigqueryClient, testCloud } from './clients.ts'

/** A column of every type that the product uses. */
export const FIELDS = [
  { name: 'id', type: 'STRING', mode: 'REQUIRED' },
  { name: 'version', type: 'INT64' },
  { name: 'roas', type: 'FLOAT64' },
  { name: 'active', type: 'BOOL' },
  { name: 'spend', type: 'NUMERIC' },
  { name: 'occurred_at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE' },
  { name: 'payload', type: 'JSON' },
]
/** A row of it; `spend` and the dates come back as the client's classes. */
export const ROW = {
  id: 'a',
  version: 1,
  roas: 2.5,
  active: true,
  spend: '12.345678901',
  occurred_at: '2026-11-20T10:00:00.123456Z',
  day: '2026-11-20',
  payload: '{"k":[1,"ü"]}',
}

/** A cloud and Google's client of its BigQuery. */
export async function testWarehouse(stateDir?: string) {
  const cloud = await testCloud(stateDir === undefined ? {} : { stateDir })
  return { cloud, bigquery: bigqueryClient(cloud.port) }
}

/** The dataset tenant_a with the empty table facts. */
export async function withTable() {
  const { cloud, bigquery } = await testWarehouse()
  await bigquery.createDataset('tenant_a')
  await bigquery.dataset('tenant_a').createTable('facts', {
    schema: FIELDS,
    timePartitioning: { type: 'DAY', field: 'occurred_at' },
    clustering: { fields: ['id'] },
  })
  const table = bigquery.dataset('tenant_a').table('facts')
  const insert = (rows: { insertId?: string; json: object }[], options: object = {}) =>
    table.insert(rows, { raw: true, ...options })
  return { cloud, bigquery, table, insert }
}

/** The rows of a query, in its order. */
export async function rowsOf(
  bigquery: BigQuery,
  query: string,
  params?: Record<string, unknown>,
  types?: Record<string, string | string[]>,
) {
  const [rows] = await bigquery.query({ query, ...(params && { params }), ...(types && { types }) })
  return rows
}
