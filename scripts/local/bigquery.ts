import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { ApiError, pathParam, readBody } from './api-error.ts'
import { type Caller, requireWriter } from './bigquery-access.ts'
import { InsertAllBody, openInserts } from './bigquery-insert.ts'
import { openQueries, QueryBody } from './bigquery-query.ts'
import { DatasetBody, openResources, type Table, TableBody, TablePatch } from './bigquery-resources.ts'
import type { Warehouse } from './warehouse.ts'

const MAX_INSERT_BYTES = 10 * 1024 * 1024
const BASE = '/bigquery/v2/projects/:project'
const TABLES = `${BASE}/datasets/:dataset/tables`

interface Surroundings {
  /** Who asks. */
  callerOf: (c: Context) => Caller
  /** The product's clock; ms since the epoch. */
  now: () => number
}

/** BigQuery's REST calls for datasets, tables, views, streaming inserts and synchronous queries. One project. */
export async function bigquery(warehouse: Warehouse, { callerOf, now }: Surroundings): Promise<Hono> {
  const resources = await openResources(warehouse)
  const insertAll = await openInserts(warehouse)
  const query = openQueries(warehouse, now)
  const table = (c: Context) => resources.find(pathParam(c, 'dataset'), pathParam(c, 'table'))

  return new Hono()
    .use('/bigquery/*', async (c, next) => {
      if (!c.req.path.endsWith('/queries')) requireWriter(callerOf(c))
      await next()
    })
    .post(`${BASE}/datasets`, async (c) => {
      const { datasetReference } = await readBody(c, DatasetBody)
      await resources.createDataset(datasetReference.datasetId)
      return c.json(datasetResource(c, datasetReference.datasetId))
    })
    .get(`${BASE}/datasets/:dataset`, (c) => {
      resources.requireDataset(pathParam(c, 'dataset'))
      return c.json(datasetResource(c, pathParam(c, 'dataset')))
    })
    .delete(`${BASE}/datasets/:dataset`, async (c) => {
      const inUse = resources.list(pathParam(c, 'dataset')).length > 0 && c.req.query('deleteContents') !== 'true'
      if (inUse) throw new ApiError('INVALID_ARGUMENT', 'Dataset is still in use', 'resourceInUse')
      await resources.removeDataset(pathParam(c, 'dataset'))
      return c.body(null, 204)
    })
    .post(TABLES, async (c) => {
      const { tableReference, ...definition } = await readBody(c, TableBody)
      const made = await resources.create({
        ...definition,
        datasetId: pathParam(c, 'dataset'),
        tableId: tableReference.tableId,
      })
      return c.json(tableResource(c, made))
    })
    .get(TABLES, (c) => {
      const tables = resources.list(pathParam(c, 'dataset')).map((each) => tableResource(c, each))
      return c.json({ kind: 'bigquery#tableList', tables, totalItems: tables.length })
    })
    .get(`${TABLES}/:table`, (c) => c.json(tableResource(c, table(c))))
    .patch(`${TABLES}/:table`, async (c) => {
      return c.json(tableResource(c, await resources.patch(table(c), await readBody(c, TablePatch))))
    })
    .post(`${TABLES}/:table/insertAll`, async (c) => {
      const body = await readBody(c, InsertAllBody, MAX_INSERT_BYTES)
      return c.json({ kind: 'bigquery#tableDataInsertAllResponse', ...(await insertAll(table(c), body)) })
    })
    .post(`${BASE}/queries`, async (c) => {
      const result = await query(callerOf(c), await readBody(c, QueryBody))
      const jobReference = { projectId: pathParam(c, 'project'), jobId: `job_${randomUUID()}`, location: 'local' }
      return c.json({ kind: 'bigquery#queryResponse', jobReference, jobComplete: true, ...result })
    })
}

function datasetResource(c: Context, datasetId: string) {
  const projectId = pathParam(c, 'project')
  return { kind: 'bigquery#dataset', id: `${projectId}:${datasetId}`, datasetReference: { projectId, datasetId } }
}

function tableResource(c: Context, { datasetId, tableId, ...definition }: Table) {
  const projectId = pathParam(c, 'project')
  return {
    kind: 'bigquery#table',
    id: `${projectId}:${datasetId}.${tableId}`,
    tableReference: { projectId, datasetId, tableId },
    type: definition.view ? 'VIEW' : 'TABLE',
    ...definition,
  }
}
