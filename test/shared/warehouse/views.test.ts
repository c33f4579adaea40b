import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { clock } from '../../../shared/clock.ts'
import { insertRows } from '../../../shared/warehouse/insert.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { query } from '../../../shared/warehouse/query.ts'
import { definitionOf, fieldsOf, WAREHOUSE_TABLE_NAMES } from '../../../shared/warehouse/tables.ts'
import { asSystem } from '../../support/tenants.ts'
import { adsRow, alertRow, eventRow, storeRow } from './rows.ts'
import { useWarehouse } from './use-warehouse.ts'

const warehouse = useWarehouse()
const Ads = z.object({ day: z.string(), campaign_id: z.string(), spend_micros: z.bigint(), version: z.bigint() })
const latestAds = (tenantId: string, brandId: string) =>
  asSystem(tenantId, () =>
    query(tenantId, {
      sql: `select \`day\`, campaign_id, spend_micros, version from unified_performance_latest
        where brand_id = @brand_id and part = 'ads' order by \`day\`, campaign_id`,
      params: { brand_id: brandId },
      row: Ads,
    }),
  )

test('a day shows its newest version alone: a campaign that this version lacks is gone', async () => {
  const tenantId = await warehouse.tenant()
  const [brand_id, other] = [uuidv7(), uuidv7()]
  await asSystem(tenantId, async () => {
    await insertRows(tenantId, 'unified_performance', [
      adsRow({ brand_id, campaign_id: 'kept', version: 7n }),
      adsRow({ brand_id, campaign_id: 'vanished', version: 7n }),
      storeRow({ brand_id, version: 7n }),
      adsRow({ brand_id, day: '2026-11-02', version: 7n }),
      storeRow({ brand_id, day: '2026-11-02', version: 7n }),
      adsRow({ brand_id: other, version: 3n }),
      storeRow({ brand_id: other, version: 3n }),
    ])
    await insertRows(tenantId, 'unified_performance', [
      adsRow({ brand_id, campaign_id: 'kept', version: 8n, spend_micros: 2_000_000n }),
      storeRow({ brand_id, version: 8n }),
    ])
    // A late copy of an old version changes nothing.
    await insertRows(tenantId, 'unified_performance', [
      adsRow({ brand_id, campaign_id: 'vanished', version: 6n }),
      storeRow({ brand_id, version: 6n }),
    ])
  })
  expect(await latestAds(tenantId, brand_id)).toEqual([
    { day: '2026-11-01', campaign_id: 'kept', spend_micros: 2_000_000n, version: 8n },
    { day: '2026-11-02', campaign_id: 'c1', spend_micros: 1_000_000n, version: 7n },
  ])
  expect(await latestAds(tenantId, other)).toHaveLength(1)
})

test('a version counts once its store row is there; until then the one before is shown whole', async () => {
  const tenantId = await warehouse.tenant()
  const brand_id = uuidv7()
  const insert = (...rows: Parameters<typeof adsRow>[0][]) =>
    asSystem(tenantId, () => insertRows(tenantId, 'unified_performance', rows.map(adsRow)))
  const store = (version: bigint) =>
    asSystem(tenantId, () => insertRows(tenantId, 'unified_performance', [storeRow({ brand_id, version })]))
  await insert({ brand_id, version: 1n }, { brand_id, version: 1n, campaign_id: 'c2' })
  await store(1n)
  await insert({ brand_id, version: 2n })
  expect((await latestAds(tenantId, brand_id)).map(({ version }) => version)).toEqual([1n, 1n])
  await store(2n)
  expect((await latestAds(tenantId, brand_id)).map(({ version }) => version)).toEqual([2n])
})

test('copies that BigQuery did not recognise by insertId are shown once', async () => {
  const tenantId = await warehouse.tenant()
  const brand_id = uuidv7()
  const event = eventRow()
  const tables = `/bigquery/v2/projects/pulsepoint-test/datasets/dataset_tenant_${tenantId.replaceAll('-', '_')}/tables`
  const append = (table: string, row: object) =>
    warehouse.rest('POST', `${tables}/${table}/insertAll`, { rows: [1, 2].map(() => ({ json: row })) })
  const plain = (row: object) =>
    JSON.parse(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))
  const recorded_at = clock.now().toISOString()
  await append('unified_performance', plain({ ...adsRow({ brand_id }), recorded_at }))
  await append('unified_performance', plain({ ...storeRow({ brand_id }), recorded_at }))
  await append('observability_events', plain({ ...event, recorded_at }))
  expect(await latestAds(tenantId, brand_id)).toHaveLength(1)
  const sql = "select event_id, json_value(metadata, '$.user_id') as user_id from observability_events_latest"
  const row = z.object({ event_id: z.string(), user_id: z.string() })
  expect(await asSystem(tenantId, () => query(tenantId, { sql, row }))).toEqual([
    { event_id: event.event_id, user_id: 'u1' },
  ])
  const all = 'select event_id from observability_events'
  expect(
    await asSystem(tenantId, () => query(tenantId, { sql: all, row: z.object({ event_id: z.string() }) })),
  ).toHaveLength(2)
})

test('an alert is shown in its last state, whatever the order of arrival', async () => {
  const tenantId = await warehouse.tenant()
  const alert = alertRow({ status: 'resolved', resolved_at: '2026-11-01T11:00:00.000Z', version: 3n })
  await asSystem(tenantId, async () => {
    await insertRows(tenantId, 'alerts', [alert])
    await insertRows(tenantId, 'alerts', [{ ...alert, status: 'open', resolved_at: null, version: 1n }])
  })
  const sql = 'select status, resolved_at from alerts_latest'
  const row = z.object({ status: z.string(), resolved_at: z.string() })
  expect(await asSystem(tenantId, () => query(tenantId, { sql, row }))).toEqual([
    { status: 'resolved', resolved_at: '2026-11-01T11:00:00.000Z' },
  ])
})

test('provisioning twice, and at the same time, changes nothing', async () => {
  const tenantId = await warehouse.tenant()
  await asSystem(tenantId, () => insertRows(tenantId, 'observability_events', [eventRow()]))
  await Promise.all([provisionTenant(tenantId), provisionTenant(tenantId)])
  const sql = 'select count(*) as n from observability_events_latest'
  expect(await asSystem(tenantId, () => query(tenantId, { sql, row: z.object({ n: z.bigint() }) }))).toEqual([
    { n: 1n },
  ])
})

test.each(WAREHOUSE_TABLE_NAMES)(
  '%s: key, clustering and partition name columns that exist and are never null',
  (name) => {
    const required = new Set(fieldsOf(name).flatMap(({ name: column, mode }) => (mode === 'REQUIRED' ? [column] : [])))
    const { clustering, timePartitioning } = definitionOf(name)
    expect(required).toContain(timePartitioning.field)
    const columns = fieldsOf(name).map((field) => field.name)
    for (const column of clustering.fields) expect(columns).toContain(column)
  },
)

test('an empty list as a parameter matches nothing', async () => {
  const tenantId = await warehouse.tenant()
  const sql = 'select 1 as one from observability_events where event_id in unnest(@ids)'
  const read = { sql, params: { ids: [] }, row: z.object({ one: z.bigint() }) }
  expect(await asSystem(tenantId, () => query(tenantId, read))).toEqual([])
})
