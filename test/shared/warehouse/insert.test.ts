import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { insertRows } from '../../../shared/warehouse/insert.ts'
import { query } from '../../../shared/warehouse/query.ts'
import type { WarehouseRow } from '../../../shared/warehouse/tables.ts'
import { asSystem } from '../../support/tenants.ts'
import { eventRow } from './rows.ts'
import { lostAnswer, refusal, rowErrors, useWarehouse } from './use-warehouse.ts'

const warehouse = useWarehouse()
type EventRow = WarehouseRow<'observability_events'>

const insert = (tenantId: string, rows: readonly EventRow[]) =>
  asSystem(tenantId, () => insertRows(tenantId, 'observability_events', rows))
const storedIds = async (tenantId: string) => {
  const sql = 'select event_id from observability_events order by event_id'
  const rows = await asSystem(tenantId, () => query(tenantId, { sql, row: z.object({ event_id: z.string() }) }))
  return rows.map((row) => row.event_id)
}
const idsOf = (rows: readonly EventRow[]) => rows.map((row) => row.event_id).sort()
const some = (count: number) => Array.from({ length: count }, () => eventRow())

test('rows arrive as they were, in requests of at most 500', async () => {
  const tenantId = await warehouse.tenant()
  const rows = [
    eventRow({ tokens_used: 2n ** 60n, cost_usd: '0.000000001', error_message: 'a "quoted" word' }),
    ...some(1000),
  ]
  expect(await insert(tenantId, rows)).toEqual({ inserted: 1001, rejected: [] })
  expect(warehouse.inserts.map(({ rows: sent }) => sent.length)).toEqual([500, 500, 1])
  expect(await storedIds(tenantId)).toEqual(idsOf(rows))
  const Row = z.object({
    tokens_used: z.bigint(),
    cost_usd: z.string(),
    error_message: z.string(),
    timestamp: z.string(),
  })
  const sql = 'select tokens_used, cost_usd, error_message, `timestamp` from observability_events where tokens_used > 0'
  expect(await asSystem(tenantId, () => query(tenantId, { sql, row: Row }))).toEqual([
    {
      tokens_used: 2n ** 60n,
      cost_usd: '0.000000001',
      error_message: 'a "quoted" word',
      timestamp: '2026-11-01T10:00:00.000Z',
    },
  ])
})

test('a request stays under 9 MB', async () => {
  const tenantId = await warehouse.tenant()
  const large = Array.from({ length: 5 }, () => eventRow({ error_message: 'x'.repeat(4_000_000) }))
  await insert(tenantId, large)
  expect(warehouse.inserts.map(({ rows }) => rows.length)).toEqual([2, 2, 1])
})

test('the same rows again carry the same insertIds, and nothing is added', async () => {
  const tenantId = await warehouse.tenant()
  const rows = some(3)
  await Promise.all(Array.from({ length: 8 }, () => insert(tenantId, rows)))
  expect(await storedIds(tenantId)).toEqual(idsOf(rows))
  const insertIds = new Set(warehouse.inserts.flatMap((body) => body.rows.map((row) => row.insertId)))
  expect(insertIds.size).toBe(3)
})

test('only the rows that failed for a passing reason are sent again, with their insertIds', async () => {
  const tenantId = await warehouse.tenant()
  const rows = some(4)
  warehouse.faults.push(async (given) => {
    const { body } = given
    await warehouse.rest('POST', pathOf(tenantId), { rows: body.rows.filter((_, index) => index % 2 === 0) })
    return rowErrors({ index: 1, reason: 'stopped' }, { index: 3, reason: 'backendError' })(given)
  })
  expect(await insert(tenantId, rows)).toEqual({ inserted: 4, rejected: [] })
  const [first, second] = warehouse.inserts
  expect(second?.rows).toEqual([first?.rows[1], first?.rows[3]])
  expect(await storedIds(tenantId)).toEqual(idsOf(rows))
})

const pathOf = (tenantId: string) =>
  `/bigquery/v2/projects/pulsepoint-test/datasets/dataset_tenant_${tenantId.replaceAll('-', '_')}/tables/observability_events/insertAll`

test('a poison row is reported with its reason and the others arrive', async () => {
  const tenantId = await warehouse.tenant()
  const rows = [eventRow(), eventRow({ metadata: 'not JSON' }), eventRow()]
  const result = await insert(tenantId, rows)
  expect(result).toEqual({
    inserted: 2,
    rejected: [{ key: rows[1]?.event_id, reason: expect.stringMatching(/^invalid: metadata /) }],
  })
  expect(warehouse.inserts).toHaveLength(1)
  expect(await storedIds(tenantId)).toEqual(idsOf(rows.filter((_, index) => index !== 1)))
})

test('rows that BigQuery keeps leaving out are tried four times, then the delivery fails as retryable', async () => {
  const tenantId = await warehouse.tenant()
  warehouse.faults.push(...Array.from({ length: 4 }, () => rowErrors({ index: 0, reason: 'backendError' })))
  await expect(insert(tenantId, some(1))).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: true })
  expect(warehouse.inserts).toHaveLength(4)
})

test('a request that is too large is halved, and a row that is too large alone is reported', async () => {
  const tenantId = await warehouse.tenant()
  const [first, second, third] = [eventRow(), eventRow(), eventRow()]
  const tooLarge = refusal(413, 'requestTooLarge')
  warehouse.faults.push(tooLarge, ({ forward }) => forward(), tooLarge)
  const result = await insert(tenantId, [first, second, third])
  expect(result).toEqual({
    inserted: 2,
    rejected: [{ key: third.event_id, reason: expect.stringContaining('tooLarge') }],
  })
  expect(await storedIds(tenantId)).toEqual(idsOf([first, second]))
})

test('an answer that is lost does not double the rows', async () => {
  const tenantId = await warehouse.tenant()
  const rows = some(2)
  warehouse.faults.push(lostAnswer)
  await insert(tenantId, rows)
  expect(warehouse.inserts.length).toBeGreaterThan(1)
  expect(await storedIds(tenantId)).toEqual(idsOf(rows))
})

test('a missing table is made with its view, partitions and clustering', async () => {
  const tenantId = uuidv7()
  const datasetId = `dataset_tenant_${tenantId.replaceAll('-', '_')}`
  const base = '/bigquery/v2/projects/pulsepoint-test/datasets'
  await warehouse.rest('POST', base, { datasetReference: { datasetId } })
  const rows = some(2)
  expect(await insert(tenantId, rows)).toEqual({ inserted: 2, rejected: [] })
  const table = await (await warehouse.rest('GET', `${base}/${datasetId}/tables/observability_events`)).json()
  expect(table).toMatchObject({
    timePartitioning: { type: 'MONTH', field: 'recorded_at' },
    clustering: { fields: ['brand_id', 'timestamp'] },
  })
  const sql = 'select count(*) as n from observability_events_latest'
  expect(await asSystem(tenantId, () => query(tenantId, { sql, row: z.object({ n: z.bigint() }) }))).toEqual([
    { n: 2n },
  ])
})

test('a table that is older than the code gets the column it lacks', async () => {
  const tenantId = await warehouse.tenant()
  const datasetId = `dataset_tenant_${tenantId.replaceAll('-', '_')}`
  const old = uuidv7()
  const oldId = `dataset_tenant_${old.replaceAll('-', '_')}`
  const base = '/bigquery/v2/projects/pulsepoint-test/datasets'
  const Table = z.object({ schema: z.object({ fields: z.array(z.looseObject({ name: z.string() })) }) })
  const { schema } = Table.parse(
    await (await warehouse.rest('GET', `${base}/${datasetId}/tables/observability_events`)).json(),
  )
  await warehouse.rest('POST', base, { datasetReference: { datasetId: oldId } })
  await warehouse.rest('POST', `${base}/${oldId}/tables`, {
    tableReference: { tableId: 'observability_events' },
    schema: { fields: schema.fields.filter(({ name }) => name !== 'accuracy_score') },
  })
  const rows = [eventRow({ accuracy_score: '0.5' })]
  expect(await insert(old, rows)).toEqual({ inserted: 1, rejected: [] })
  expect(await storedIds(old)).toEqual(idsOf(rows))
})

test('while the dataset does not exist, the delivery fails as retryable', async () => {
  await expect(insert(uuidv7(), some(1))).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: true })
})

test('nobody writes to or reads from the warehouse of another tenant', async () => {
  const [mine, theirs] = [await warehouse.tenant(), await warehouse.tenant()]
  const rows = some(1)
  await insert(mine, rows)
  expect(await storedIds(theirs)).toEqual([])
  await expect(asSystem(theirs, () => insertRows(mine, 'observability_events', rows))).rejects.toMatchObject({
    code: 'NO_ACTOR',
  })
  const read = { sql: 'select 1 as one', row: z.object({ one: z.bigint() }) }
  await expect(asSystem(theirs, () => query(mine, read))).rejects.toMatchObject({ code: 'NO_ACTOR' })
})
