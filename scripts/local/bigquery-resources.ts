import * as z from 'zod'
import { ApiError } from './api-error.ts'
import { toDuckDbSql } from './bigquery-sql.ts'
import { ColumnTypeName, DUCKDB_TYPE } from './bigquery-types.ts'
import { CATALOG, quoted, type Warehouse } from './warehouse.ts'

const Identifier = z.string().regex(/^\w{1,1024}$/)
const Field = z.object({
  name: z.string().regex(/^[A-Za-z_]\w{0,299}$/),
  type: ColumnTypeName,
  mode: z.enum(['NULLABLE', 'REQUIRED']).default('NULLABLE'),
  description: z.string().optional(),
})
export type Field = z.output<typeof Field>

const Schema = z.object({ fields: z.array(Field) })
const View = z.object({ query: z.string(), useLegacySql: z.literal(false) })
/** What a table's resource says beside its reference; the client may send more, which is ignored. */
const Definition = z.object({
  schema: Schema.optional(),
  view: View.optional(),
  timePartitioning: z
    .object({ type: z.string(), field: z.string().optional(), expirationMs: z.string().optional() })
    .optional(),
  clustering: z.object({ fields: z.array(z.string()).max(4) }).optional(),
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
})
export const DatasetBody = z.object({ datasetReference: z.object({ datasetId: Identifier }) })
export const TableBody = Definition.extend({ tableReference: z.object({ tableId: Identifier }) })
export const TablePatch = Definition.pick({ schema: true, view: true, description: true, labels: true })

export interface Table extends z.output<typeof Definition> {
  datasetId: string
  tableId: string
}

export type Resources = Awaited<ReturnType<typeof openResources>>

/** Datasets (DuckDB schemas), tables and views: their definitions as given, kept beside what DuckDB knows of them. */
export async function openResources({ read, write }: Warehouse) {
  const stored = await read(async (db) => ({
    datasets: (await db.runAndReadAll(`select id from "${CATALOG}".datasets`)).getRows(),
    tables: (await db.runAndReadAll(`select id, resource from "${CATALOG}".tables order by id`)).getRows(),
  }))
  const datasets = new Set(stored.datasets.map(([id]) => String(id)))
  const tables = new Map(
    stored.tables.map(([id, resource]): [string, Table] => [String(id), parseStored(String(resource))]),
  )

  async function save(statements: readonly string[], table: Table) {
    const id = key(table.datasetId, table.tableId)
    await write(async (db) => {
      for (const statement of statements) await db.run(statement).catch(refuse)
      await db.run(`insert or replace into "${CATALOG}".tables values ($id, $resource)`, {
        id,
        resource: JSON.stringify(table),
      })
    })
    tables.set(id, table)
    return table
  }

  function find(datasetId: string, tableId: string): Table {
    requireDataset(datasetId)
    const table = tables.get(key(datasetId, tableId))
    if (!table) throw new ApiError('NOT_FOUND', `Not found: Table ${datasetId}.${tableId}`)
    return table
  }

  function requireDataset(datasetId: string) {
    if (!datasets.has(datasetId)) throw new ApiError('NOT_FOUND', `Not found: Dataset ${datasetId}`)
  }

  return {
    find,
    requireDataset,
    /** By name. */
    list(datasetId: string): Table[] {
      requireDataset(datasetId)
      return [...tables.values()].filter((table) => table.datasetId === datasetId)
    },
    async createDataset(id: string) {
      if (datasets.has(id)) throw new ApiError('ALREADY_EXISTS', `Already Exists: Dataset ${id}`)
      datasets.add(id) // at once, so that a second request meanwhile is told; writes queue up behind this one
      await write(async (db) => {
        await db.run(`create schema ${quoted(id)}`)
        await db.run(`insert into "${CATALOG}".datasets values ($id)`, { id })
      })
    },
    /** With all its tables and views. */
    async removeDataset(id: string) {
      requireDataset(id)
      datasets.delete(id)
      for (const [name, table] of tables) if (table.datasetId === id) tables.delete(name)
      await write(async (db) => {
        await db.run(`drop schema ${quoted(id)} cascade`)
        await db.run(`delete from "${CATALOG}".tables where starts_with(id, $prefix)`, { prefix: `${id}.` })
        await db.run(`delete from "${CATALOG}".datasets where id = $id`, { id })
      })
    },
    async create(table: Table): Promise<Table> {
      const { datasetId, tableId } = table
      requireDataset(datasetId)
      if (tables.has(key(datasetId, tableId))) {
        throw new ApiError('ALREADY_EXISTS', `Already Exists: Table ${datasetId}.${tableId}`)
      }
      const statement = createStatement(table)
      tables.set(key(datasetId, tableId), table) // at once, as above
      return save([statement], table).catch((error: unknown) => {
        tables.delete(key(datasetId, tableId))
        throw error
      })
    },
    /** Adds columns at the end or replaces a view's query. Throws INVALID_ARGUMENT on any other change of the schema. */
    async patch(old: Table, change: z.output<typeof TablePatch>): Promise<Table> {
      const table: Table = { ...old, ...definedOf(change) }
      if (old.view) return save([createStatement(table)], table)
      const added = addedFields(old.schema?.fields ?? [], table.schema?.fields ?? [])
      if (added.length === 0) return save([], table)
      const alter = added.map(
        (field) => `alter table ${pathOf(table)} add column ${quoted(field.name)} ${DUCKDB_TYPE[field.type]}`,
      )
      return save(alter, table)
    },
  }
}

const key = (datasetId: string, tableId: string) => `${datasetId}.${tableId}`
/** The table's name in DuckDB SQL. */
export const pathOf = ({ datasetId, tableId }: Pick<Table, 'datasetId' | 'tableId'>) =>
  `${quoted(datasetId)}.${quoted(tableId)}`

function createStatement(table: Table): string {
  if (table.view) return `create or replace view ${pathOf(table)} as ${toDuckDbSql(table.view.query, new Map()).sql}`
  const columns = (table.schema?.fields ?? []).map((field) => `${quoted(field.name)} ${DUCKDB_TYPE[field.type]}`)
  if (columns.length === 0) throw new ApiError('INVALID_ARGUMENT', 'a table needs a schema with at least one field')
  return `create table ${pathOf(table)} (${columns.join(', ')})`
}

function addedFields(old: readonly Field[], wanted: readonly Field[]): Field[] {
  const known = new Map(old.map((field) => [field.name, field]))
  const kept = wanted.filter((field) => known.has(field.name))
  const same = kept.length === old.length && kept.every((field) => known.get(field.name)?.type === field.type)
  const added = wanted.filter((field) => !known.has(field.name))
  if (!same) throw new ApiError('INVALID_ARGUMENT', 'Provided Schema does not match: columns can only be added')
  if (added.some((field) => field.mode === 'REQUIRED'))
    throw new ApiError('INVALID_ARGUMENT', 'Cannot add required fields to an existing schema.')
  return added
}

function definedOf<T extends object>(change: T): Partial<T> {
  // Only drops entries whose value is undefined, so what is left is part of T.
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<T>
}

const Stored = Definition.extend({ datasetId: z.string(), tableId: z.string() })
const parseStored = (resource: string): Table => Stored.parse(JSON.parse(resource))

function refuse(cause: Error): never {
  throw new ApiError('INVALID_ARGUMENT', cause.message, 'invalidQuery')
}
