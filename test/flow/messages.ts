import { v7 as uuidv7 } from 'uuid'
import type { TestDatabase } from '../support/database.ts'
import type { TestTenant } from '../support/tenants.ts'
import { requested } from './scripted.ts'
import type { Message } from './world.ts'

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
export async function messagesOf(database: TestDatabase, tenant: TestTenant, count: number): Promise<Message[]> {
  const { tenantId, brandId } = tenant
  const failing = await failingConnections(database, tenant, Math.ceil(count / 20))
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

async function failingConnections(
  database: TestDatabase,
  { tenantId, brandId }: TestTenant,
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7())
  await database.asAdmin(
    `insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, next_due_at, created_at)
     select $1, $2, id, 'shopify', id::text, 'shop', now(), now() from unnest($3::uuid[]) as id`,
    [tenantId, brandId, ids],
  )
  return ids
}
