import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { datasetId } from '../../../shared/warehouse/dataset.ts'
import { encode } from '../../../shared/warehouse/encode.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { definitionOf, tablesOf } from '../../../shared/warehouse/tables.ts'
import { viewOf } from '../../../shared/warehouse/views.ts'
import { alertRow } from './rows.ts'
import { useWarehouse } from './use-warehouse.ts'

const warehouse = useWarehouse()
const Resource = z.object({
  tableReference: z.object({ tableId: z.string() }),
  schema: z.unknown(),
  timePartitioning: z.unknown(),
  clustering: z.unknown(),
})
const Listed = z.object({ tables: z.array(Resource.pick({ tableReference: true })) })
const get = async <T extends z.ZodType>(path: string, as: T): Promise<z.output<T>> =>
  as.parse(await (await warehouse.rest('GET', `/bigquery/v2/projects/pulsepoint-test/datasets/${path}`)).json())

test.each([
  ['a tenant', uuidv7()],
  ['the platform', PLATFORM_TENANT_ID],
])(
  'the dataset of %s has the tables that are declared, with their columns, types, partitions and clusters, and their views',
  async (_, tenantId) => {
    await provisionTenant(tenantId)
    const dataset = datasetId(tenantId)
    const { tables } = await get(`${dataset}/tables`, Listed)
    const names = tables.map(({ tableReference }) => tableReference.tableId)
    expect(names.sort()).toEqual(
      tablesOf(tenantId)
        .flatMap((table) => [table, viewOf(table)])
        .sort(),
    )
    for (const table of tablesOf(tenantId)) {
      const { tableReference: __, ...made } = await get(`${dataset}/tables/${table}`, Resource)
      expect([table, made]).toEqual([table, definitionOf(table)])
    }
  },
)

test('a row that says nothing of a column is no row', () => {
  const row = { recorded_at: '2026-11-01T10:00:00.000Z', ...alertRow() }
  const { resolved_at: _, ...forgetful } = row
  expect(encode('alerts', row).json).not.toHaveProperty('resolved_at')
  expect(() => encode('alerts', forgetful)).toThrow(/alerts says nothing of its column resolved_at/)
})
