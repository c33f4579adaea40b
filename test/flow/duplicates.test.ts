import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { z } from 'zod'
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
import { printedSeed, randomOf, shuffled } from './random.ts'
import { connectedTenant, requested, scriptedShop } from './scripted.ts'
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

type Fact = { id: string; type: string; at: Date; data: object }

const envelope = (tenantId: string, event: { id: string; type: string; at: string; class: string }) => ({
  'Content-Type': 'application/json',
  'ce-id': event.id,
  'ce-type': event.type,
  'ce-source': '//pulsepoint/test',
  'ce-specversion': '1.0',
  'ce-time': event.at,
  'ce-tenantid': tenantId,
  'ce-class': event.class,
})

/** What happened at one tenant: sign-ins, and connections of which every second one recovered after its failure. */
function factsOf(count: number, failing: readonly string[]): Fact[] {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 19, 12, 0, minute))
  const result = (integration_id: string) => ({
    integration_id,
    run_id: uuidv7(),
    platform: 'shopify',
    rows_read: 1,
    rows_written: 1,
    pages: 1,
  })
  const failures = failing.flatMap((id, n): Fact[] => {
    const failed = { ...result(id), code: 'PROVIDER_UNAVAILABLE', message: 'Down.' }
    const fact = { id: uuidv7(), type: 'data.sync_failed', at: at(n), data: failed }
    if (n % 2 === 0) return [fact]
    return [fact, { id: uuidv7(), type: 'data.sync_completed', at: at(n + 1), data: result(id) }]
  })
  const others = Array.from(
    { length: Math.max(0, count - failures.length) },
    (_, n): Fact => ({
      id: uuidv7(),
      type: 'auth.login',
      at: at(n),
      data: { user_id: uuidv7() },
    }),
  )
  return [...failures, ...others]
}

/** So many messages of one tenant, with the facts that they tell of already recorded. */
async function messagesOf(tenant: TestTenant, count: number): Promise<Message[]> {
  const { tenantId, brandId } = tenant
  const failing = await failingConnections(tenant, Math.ceil(count / 20))
  const facts = factsOf(Math.floor(count * 0.85), failing)
  await database.asAdmin(
    `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id, metadata)
     select $1, id, 'fact', type, at, 'r', data
     from jsonb_to_recordset($2::jsonb) as f (id uuid, type text, at timestamptz, data jsonb)`,
    [tenantId, JSON.stringify(facts)],
  )
  const told = facts.map(
    ({ id, type, at, data }): Message => ({
      topic: 'pulsepoint-events',
      attributes: envelope(tenantId, { id, type, at: at.toISOString(), class: 'fact' }),
      data,
    }),
  )
  const { id, type, occurredAt, data } = requested(tenant)
  const hour: Message = {
    topic: type,
    attributes: envelope(tenantId, { id, type, at: occurredAt, class: 'pipeline' }),
    data,
  }
  const synced = Array.from(
    { length: Math.max(1, count - told.length - 1) },
    (): Message => ({
      topic: 'rows.synced',
      attributes: envelope(tenantId, { id: uuidv7(), type: 'rows.synced', at: occurredAt, class: 'pipeline' }),
      data: { brand_id: brandId },
    }),
  )
  return [hour, ...synced, ...told]
}

async function failingConnections({ tenantId, brandId }: TestTenant, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7())
  await database.asAdmin(
    `insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, next_due_at, created_at)
     select $1, $2, id, 'shopify', id::text, 'shop', now(), now() from unnest($3::uuid[]) as id`,
    [tenantId, brandId, ids],
  )
  return ids
}

async function makeTenants(name: string): Promise<TestTenant[]> {
  const tenants: TestTenant[] = []
  for (let n = 0; n < TENANTS; n += 1) tenants.push(await connectedTenant(`${name} ${n}`))
  await Promise.all(tenants.map(({ tenantId }) => provisionTenant(tenantId)))
  return tenants
}

async function messagesOfAll(tenants: readonly TestTenant[]): Promise<Message[]> {
  const messages: Message[] = []
  for (const tenant of tenants) messages.push(...(await messagesOf(tenant, MESSAGES / TENANTS)))
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
