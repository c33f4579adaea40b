import { v7 as uuidv7 } from 'uuid'
import { beforeAll, expect, test } from 'vitest'
import { dropExpired } from '../../../functions/maintain/chores/drop-expired.ts'
import { keepPartitions } from '../../../functions/maintain/chores/keep-partitions.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson } from '../../support/people.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'
import { setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
const DAY_MS = 86_400_000
const NOW = Date.parse('2027-03-10T12:00:00Z')
const daysAgo = (days: number) => new Date(NOW - days * DAY_MS)
const run = (chore: { run: (deadline: number) => Promise<object> }) =>
  asSystem(PLATFORM_TENANT_ID, () => chore.run(Date.now() + 30_000))

beforeAll(async () => {
  setClock(new Date(NOW))
  await database.asAdmin('set role pulsepoint_owner')
  await database.asAdmin('select ensure_event_partitions($1, $2)', [daysAgo(120), daysAgo(-1)])
  await database.asAdmin('reset role')
})

test('partitions exist four weeks ahead; facts go after 90 days, telemetry after 7, whole', async () => {
  const { tenantId } = await createTenant('kept')
  const event = (kind: string, days: number) =>
    database.asAdmin(
      `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id) values ($1, $2, $3, $4, $5, 'r')`,
      [tenantId, uuidv7(), kind, `${kind}-${days}`, daysAgo(days)],
    )
  for (const days of [0, 6.9, 9, 110]) await event('telemetry', days)
  for (const days of [0, 8, 89.9, 98]) await event('fact', days)
  expect(await run(keepPartitions)).toMatchObject({ dropped: expect.arrayContaining(['observability_facts_20261130']) })
  const left = await database.asAdmin<{ event_type: string }>(
    'select event_type from observability_events where tenant_id = $1 order by event_type',
    [tenantId],
  )
  expect(left.map(({ event_type }) => event_type)).toEqual([
    'fact-0',
    'fact-8',
    'fact-89.9',
    'telemetry-0',
    'telemetry-6.9',
  ])
  const [ahead] = await database.asAdmin(
    `select to_regclass('observability_telemetry_20270406') is not null as telemetry, to_regclass('observability_facts_20270405') is not null as facts`,
  )
  expect(ahead).toEqual({ telemetry: true, facts: true })
  expect(await run(keepPartitions)).toEqual({ dropped: [] })
})

test('expired rows go, in every tenant, whatever its status; what is still good for something stays', async () => {
  const tenants = [await createTenant('expired one'), await createTenant('suspended'), await createTenant('deleting')]
  const statuses = ['active', 'suspended', 'deleting']
  for (const [at, { tenantId }] of tenants.entries()) {
    await database.asAdmin('update tenants set status = $2 where id = $1', [tenantId, statuses[at]])
    const { userId } = await createPerson(tenantId)
    await database.asAdmin(
      `insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
       select $1, uuidv7(), $2, hash, expires_at, expires_at from (values ('old', $3::timestamptz), ('old', $3), ('new', $4)) as v (hash, expires_at)`,
      [tenantId, userId, daysAgo(8), daysAgo(6)],
    )
    await database.asAdmin(
      `insert into idempotency_keys (tenant_id, actor, key, request_hash, claim_id, state, started_at, expires_at)
       values ($1, 'a', 'old', 'h', uuidv7(), 'running', $2, $2), ($1, 'a', 'new', 'h', uuidv7(), 'running', $3, $3)`,
      [tenantId, daysAgo(1), daysAgo(-1)],
    )
    await database.asAdmin(
      `insert into webhook_receipts (tenant_id, source, delivery_id, topic, received_at)
       values ($1, 'n8n', 'old', 't', $2), ($1, 'n8n', 'new', 't', $3)`,
      [tenantId, daysAgo(31), daysAgo(29)],
    )
  }
  expect(await run(dropExpired)).toMatchObject({ tenants: expect.any(Number) })
  for (const { tenantId } of tenants) {
    const [left] = await database.asAdmin(
      `select (select array_agg(refresh_hash) from sessions where tenant_id = $1) as sessions,
         (select array_agg(key) from idempotency_keys where tenant_id = $1) as keys,
         (select array_agg(delivery_id) from webhook_receipts where tenant_id = $1) as receipts`,
      [tenantId],
    )
    expect(left).toEqual({ sessions: ['new'], keys: ['new'], receipts: ['new'] })
  }
})
