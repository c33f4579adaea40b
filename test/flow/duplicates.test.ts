import { expect, test } from 'vitest'
import * as z from 'zod'
import { attributeBrand } from '../../functions/attribute-orders/attribute.ts'
import { handlers as deliverAlerts } from '../../functions/deliver-alerts/handlers.ts'
import { handlers as evaluateAlerts } from '../../functions/evaluate-alerts/handlers.ts'
import { handlers as sinkBigquery } from '../../functions/sink-bigquery/handlers.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { provisionTenant } from '../../shared/warehouse/provision.ts'
import { query } from '../../shared/warehouse/query.ts'
import { useDatabase } from '../support/database.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { digestOf, excludedColumns } from './digest.ts'
import { messagesOf } from './messages.ts'
import { printedSeed, randomOf, shuffled } from './random.ts'
import { connectedTenant, scriptedShop } from './scripted.ts'
import { type Message, useWorld } from './world.ts'

/** FLOW_MESSAGES=10000 is the full size (some minutes). */
const MESSAGES = Number(process.env.FLOW_MESSAGES ?? 200)
const MOST_DELIVERIES = 8
const TENANTS = 4

const shop = scriptedShop({ pages: 2, perPage: 260 })
const database = useDatabase()
const world = useWorld({
  'sync-shopify': {
    'sync.requested.shopify': (event) => syncConnection(shop, event, { mustStop: () => false }),
  },
  'attribute-orders': { 'rows.synced': attributeBrand },
  'evaluate-alerts': evaluateAlerts,
  'deliver-alerts': deliverAlerts,
  'sink-bigquery': sinkBigquery,
})

async function makeTenants(name: string): Promise<TestTenant[]> {
  const tenants: TestTenant[] = []
  for (let n = 0; n < TENANTS; n += 1) tenants.push(await connectedTenant(`${name} ${n}`))
  await Promise.all(tenants.map(({ tenantId }) => provisionTenant(tenantId)))
  return tenants
}

async function messagesOfAll(tenants: readonly TestTenant[]): Promise<Message[]> {
  const messages: Message[] = []
  for (const tenant of tenants) messages.push(...(await messagesOf(database, tenant, MESSAGES / TENANTS)))
  return messages
}

const warehouse = <Row extends z.ZodType>({ tenantId }: TestTenant, sql: string, row: Row) =>
  asSystem(tenantId, () => query(tenantId, { sql, row }))
const count = async (tenant: TestTenant, table: string, where = 'true'): Promise<number> => {
  const rows = await database.asAdmin<{ n: string }>(
    `select count(*) as n from ${table} where tenant_id = $1 and ${where}`,
    [tenant.tenantId],
  )
  return Number(rows[0]?.n)
}

/** The warehouse shows each fact once and each row of the read model once, in its newest version. */
async function expectExactWarehouse(tenant: TestTenant): Promise<void> {
  const Id = z.object({ event_id: z.string() })
  const ids = (await warehouse(tenant, 'select event_id from observability_events_latest', Id)).map(
    (row) => row.event_id,
  )
  const facts = await database.asAdmin<{ event_id: string }>(
    "select event_id from observability_events where tenant_id = $1 and class = 'fact'",
    [tenant.tenantId],
  )
  expect(ids.sort()).toEqual(facts.map((row) => row.event_id).sort())
  const Figures = z.object({ n: z.bigint(), orders: z.coerce.string() })
  const sql = 'select count(*) as n, sum(orders) as orders from unified_performance_latest'
  const [shown] = await warehouse(tenant, sql, Figures)
  const [stored] = await database.asAdmin<{ n: string; orders: string }>(
    'select count(*) as n, sum(orders) as orders from unified_performance where tenant_id = $1',
    [tenant.tenantId],
  )
  expect({ n: String(shown?.n), orders: Number(shown?.orders) }).toEqual({
    n: stored?.n,
    orders: Number(stored?.orders),
  })
  const [{ n } = { n: 0n }] = await warehouse(
    tenant,
    'select count(*) as n from alerts_latest',
    z.object({ n: z.bigint() }),
  )
  expect(Number(n)).toBe(await count(tenant, 'alerts'))
}

/** The fewest of any alert's event. */
async function deliveriesOfAlerts(tenants: readonly TestTenant[]): Promise<number> {
  const raised = await database.asAdmin<{ event_id: string }>(
    "select event_id from observability_events where event_type = 'alert.raised' and tenant_id = any($1::uuid[])",
    [tenants.map(({ tenantId }) => tenantId)],
  )
  return Math.min(...raised.map((row) => world.deliveries.get(row.event_id) ?? 0))
}

test(`${MESSAGES} messages, each delivered up to ${MOST_DELIVERIES} times, shuffled and at once: the state of one delivery each`, async () => {
  const random = randomOf(printedSeed())
  console.log(`compared without\n  ${excludedColumns()}`)
  const [once, often] = [await makeTenants('once'), await makeTenants('often')]
  const [single, repeated] = [await messagesOfAll(once), await messagesOfAll(often)]
  await world.publish(single)
  await world.settle()
  const messagesBefore = world.slack().length

  const copies = repeated.flatMap((message) =>
    Array.from({ length: 1 + Math.floor(random() * MOST_DELIVERIES) }, () => message),
  )
  const startedAt = performance.now()
  world.amplify(4)
  await world.publish(shuffled(copies, random))
  await world.settle()
  const seconds = (performance.now() - startedAt) / 1000

  const deliveries = repeated.map(({ attributes }) => world.deliveries.get(attributes['ce-id'] ?? '') ?? 0)
  const total = deliveries.reduce((sum, each) => sum + each, 0)
  console.log(
    `${repeated.length} messages, ${copies.length} copies, ${total} deliveries in ${seconds.toFixed(1)} s, at most ${Math.max(...deliveries)} of one`,
  )
  expect(total).toBeGreaterThan(2 * repeated.length)
  expect(world.deadLetters()).toBe(0)
  expect(await deliveriesOfAlerts(often)).toBeGreaterThanOrEqual(4)

  let alerts = 0
  for (const [n, tenant] of often.entries()) {
    const twin = once[n] ?? tenant
    expect(await digestOf(database, tenant)).toEqual(await digestOf(database, twin))
    await expectExactWarehouse(tenant)
    alerts += await count(tenant, 'alerts')
    const causes = await database.asAdmin('select distinct cause from alerts where tenant_id = $1', [tenant.tenantId])
    expect(causes).toHaveLength(await count(tenant, 'alerts'))
  }
  expect(alerts).toBeGreaterThan(0)
  expect(messagesBefore).toBe(alerts)
  expect(world.slack().length - messagesBefore).toBe(alerts)
  expect(await database.asAdmin('select event_id from outbox')).toEqual([])
}, 3_600_000)
