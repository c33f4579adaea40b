import { expect, test } from 'vitest'
import * as z from 'zod'
import { handlers } from '../../../functions/sink-bigquery/handlers.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { query } from '../../../shared/warehouse/query.ts'
import { randomOf, shuffled } from '../../flow/random.ts'
import { type Fault, refusal, rowErrors, useWarehouse } from '../../shared/warehouse/use-warehouse.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'
import { type Delivery, deliverTo, delivery } from '../evaluate-alerts/deliveries.ts'

/** EVENTS=10000 for the full size. */
const EVENTS = Number(process.env.EVENTS ?? 60)
const AT_ONCE = 40

const database = useDatabase()
const warehouse = useWarehouse()
const deliver = deliverTo('sink-bigquery', handlers)
const Row = z.object({ event_id: z.string(), n: z.string() })

const dataOf = (n: number, integration_id: string) => ({
  integration_id,
  run_id: integration_id,
  platform: 'shopify',
  rows_read: n,
  rows_written: 0,
  pages: 1,
  code: 'PROVIDER_UNAVAILABLE',
  message: 'Down.',
})

/** The first row of a request is left out, the others are taken. */
const firstFails =
  (tenantId: string, reason: string): Fault =>
  async (given) => {
    const dataset = `dataset_tenant_${tenantId.replaceAll('-', '_')}`
    const table = `/bigquery/v2/projects/pulsepoint-test/datasets/${dataset}/tables/observability_events`
    const rows = given.body.rows.slice(1)
    if (rows.length > 0) await warehouse.rest('POST', `${table}/insertAll`, { rows })
    return rowErrors({ index: 0, reason })(given)
  }

const killASession = () =>
  database.asAdmin(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pulsepoint_app' and datname = current_database() limit 1`,
  )

/** All of them, a few at the same time, over sessions that are killed; what fails comes again after the others. */
async function deliverAll(deliveries: Delivery[], random: () => number): Promise<void> {
  const worker = async () => {
    for (let next = deliveries.pop(); next; next = deliveries.pop()) {
      const event = next
      await deliver(event).catch(() => deliveries.unshift(event))
      if (random() < 5 / EVENTS) await killASession()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

test('facts delivered up to eight times each, in any order, over a bad line and killed sessions, are in the warehouse once each', async () => {
  const random = randomOf(8)
  const { tenantId, integrationId } = await createTenant('disorder')
  await provisionTenant(tenantId)
  await asSystem(tenantId, () =>
    transaction(async (db) => {
      for (let n = 0; n < EVENTS; n += 1) await record(db, 'data.sync_failed', { data: dataOf(n, integrationId) })
    }),
  )
  const facts = await database.asAdmin<{ event_id: string; time: Date; n: string }>(
    `select event_id, "timestamp" as time, metadata ->> 'rows_read' as n from observability_events where tenant_id = $1`,
    [tenantId],
  )
  const repeated = facts.flatMap(({ event_id: id, time, n }) => {
    const data = dataOf(Number(n), integrationId)
    const event = delivery('data.sync_failed', { tenantId, id, time: time.toISOString(), data })
    return Array.from({ length: 1 + Math.floor(random() * 8) }, () => event)
  })
  const deliveries = shuffled(repeated, random)
  warehouse.faults.push(
    firstFails(tenantId, 'backendError'),
    refusal(403, 'quotaExceeded'),
    firstFails(tenantId, 'invalid'),
  )
  await deliverAll(deliveries, random)

  expect(warehouse.faults).toEqual([])
  const sql = "select event_id, json_value(metadata, '$.rows_read') as n from observability_events_latest"
  const rows = await asSystem(tenantId, () => query(tenantId, { sql, row: Row }))
  const inOrder = (all: z.output<typeof Row>[]) => all.map(({ event_id, n }) => `${event_id} ${n}`).sort()
  expect(rows).toHaveLength(EVENTS)
  expect(inOrder(rows)).toEqual(inOrder(facts))
  // They were gathered: far fewer requests than deliveries.
  expect(warehouse.inserts.length).toBeLessThan(repeated.length / 5)
}, 600_000)
