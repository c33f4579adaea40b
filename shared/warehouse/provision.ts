import * as z from 'zod'
import { bigQuery } from '../cloud/bigquery.ts'
import { config } from '../config.ts'
import { asUnavailable, available, type Dataset, datasetId, datasetOf } from './dataset.ts'
import { ALREADY_EXISTS, FORBIDDEN, statusOf } from './google-error.ts'
import { definitionOf, fieldsOf, tablesOf, type WarehouseTable } from './tables.ts'
import { viewOf, viewSql } from './views.ts'

const Field = z.object({ name: z.string(), type: z.string(), mode: z.string().default('NULLABLE') })
const TableMetadata = z.object({ schema: z.object({ fields: z.array(Field) }) })

/**
 * Makes the tenant's dataset, tables and views, or brings those that exist up to date (added columns, new view SQL).
 * Where infrastructure code makes the datasets, this identity may not, and the one that is there is used. Throws UNAVAILABLE,
 * also while there is none.
 */
export async function provisionTenant(tenantId: string): Promise<void> {
  const client = await bigQuery()
  const location = config('GOOGLE_CLOUD_REGION')
  await create(client.createDataset(datasetId(tenantId), { location }), [ALREADY_EXISTS, FORBIDDEN])
  const dataset = await datasetOf(tenantId)
  await Promise.all(tablesOf(tenantId).map((table) => ensureTable(dataset, table)))
}

/** Creates the table and its view, or adds the columns that it lacks. Throws UNAVAILABLE, also while the dataset does not exist. */
export async function ensureTable(dataset: Dataset, table: WarehouseTable): Promise<void> {
  const made = await create(dataset.createTable(table, definitionOf(table)))
  if (!made) await addMissingColumns(dataset, table)
  const query = viewSql(table, { project: config('GOOGLE_CLOUD_PROJECT'), dataset: dataset.id ?? '' })
  const view = { query, useLegacySql: false }
  const madeView = await create(dataset.createTable(viewOf(table), { view }))
  if (!madeView) await available(dataset.table(viewOf(table)).setMetadata({ view }))
}

async function addMissingColumns(dataset: Dataset, name: WarehouseTable): Promise<void> {
  const table = dataset.table(name)
  const [metadata] = await available(table.getMetadata())
  const { fields } = TableMetadata.parse(metadata).schema
  const known = new Set(fields.map((field) => field.name))
  const missing = fieldsOf(name).filter((field) => !known.has(field.name))
  if (missing.length > 0) await available(table.setMetadata({ schema: { fields: [...fields, ...missing] } }))
}

/** False when it was there already: BigQuery refused with one of these statuses. */
async function create(work: Promise<unknown>, refusals: readonly number[] = [ALREADY_EXISTS]): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (refusals.includes(statusOf(error) ?? 0)) return false
    throw asUnavailable(error)
  }
}
