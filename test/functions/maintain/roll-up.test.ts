import { v7 as uuidv7 } from 'uuid'
import { beforeAll, expect, test } from 'vitest'
import { rollUpDays } from '../../../functions/maintain/chores/roll-up-days.ts'
import { tellDays } from '../../../functions/maintain/chores/tell-days.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { tenantDays } from '../../../shared/warehouse/queries/tenant-days.ts'
import { useWarehouse } from '../../shared/warehouse/use-warehouse.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
const warehouse = useWarehouse()
const MORNING = '2026-11-12T03:30:00Z'

beforeAll(async () => {
  setClock(MORNING)
  await database.asAdmin('set role pulsepoint_owner')
  await database.asAdmin(`select ensure_event_partitions('2026-11-01', '2026-11-20')`)
  await database.asAdmin('reset role')
})

type Event = { at: string; ms?: number; tokens?: number; usd?: string; metadata?: object }

const happened = ({ tenantId }: TestTenant, type: string, { at, ms, tokens, usd, metadata = {} }: Event) =>
  database.asAdmin(
    `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id, duration_ms, tokens_used, cost_usd, metadata)
     values ($1, $2, $3, $4, $5, 'r', $6, $7, $8, $9)`,
    [
      ...[tenantId, uuidv7(), type.startsWith('api.') ? 'telemetry' : 'fact', type, at],
      ...[ms ?? null, tokens ?? null, usd ?? null, JSON.stringify(metadata)],
    ],
  )
const run = async () => {
  const morning = Date.now() + 60_000
  await asSystem(PLATFORM_TENANT_ID, () => rollUpDays.run(morning))
  return asSystem(PLATFORM_TENANT_ID, () => tellDays.run(morning))
}
const told = ({ tenantId }: TestTenant) =>
  asSystem(PLATFORM_TENANT_ID, () =>
    tenantDays({ since: '2026-11-01', until: '2026-11-30', tenant_id: tenantId, after: null }),
  )
const founded = async (name: string, at: string): Promise<TestTenant> => {
  const tenant = await createTenant(name)
  await database.asAdmin('update tenants set created_at = $2 where id = $1', [tenant.tenantId, at])
  return tenant
}

test('a tenant’s day is its figures, by day in UTC, and nothing that was said', async () => {
  const tenant = await founded('figures', '2026-11-10T12:00:00Z')
  const other = await founded('quiet', '2026-11-11T12:00:00Z')
  for (let ms = 100; ms >= 1; ms -= 1) await happened(tenant, 'api.response', { at: '2026-11-11T00:00:00Z', ms })
  await happened(tenant, 'api.response', { at: '2026-11-12T00:00:00Z', ms: 9_000 })
  await happened(tenant, 'api.error', { at: '2026-11-11T23:59:59.999Z' })
  await happened(tenant, 'ai.question_asked', { at: '2026-11-11T10:00:00Z', metadata: { question: 'secret words' } })
  for (const rating of [5, 4, 3])
    await happened(tenant, 'ai.feedback_provided', { at: '2026-11-11T11:00:00Z', metadata: { rating } })
  await happened(tenant, 'ai.tokens_used', { at: '2026-11-11T10:00:01Z', tokens: 1_000, usd: '0.000000001' })
  await happened(tenant, 'ai.tokens_used', { at: '2026-11-11T10:00:02Z', tokens: 1, usd: '1.1' })
  const synced = { metadata: { integration_id: tenant.integrationId } }
  await happened(tenant, 'data.sync_completed', { at: '2026-11-10T23:00:00Z', ...synced })
  await happened(tenant, 'data.sync_failed', { at: '2026-11-11T23:00:00Z', ...synced })
  await run()
  const none = {
    requests: 0,
    errors: 0,
    p50_ms: null,
    p95_ms: null,
    p99_ms: null,
    questions: 0,
    ratings: 0,
    accurate: 0,
  }
  const free = { tokens: 0, cost_usd: '0' }
  expect(await told(tenant)).toEqual([
    {
      ...{
        day: '2026-11-11',
        tenant_id: tenant.tenantId,
        requests: 100,
        errors: 1,
        p50_ms: 50,
        p95_ms: 95,
        p99_ms: 99,
      },
      ...{
        questions: 1,
        ratings: 3,
        accurate: 2,
        tokens: 1_001,
        cost_usd: '1.100000001',
        syncs_ok: 0,
        syncs_failed: 1,
      },
      oldest_data_s: 25 * 3600,
    },
    {
      ...{ day: '2026-11-10', tenant_id: tenant.tenantId, ...none, ...free, syncs_ok: 1, syncs_failed: 0 },
      oldest_data_s: 3600,
    },
  ])
  expect((await told(other)).map(({ day, requests }) => [day, requests])).toEqual([['2026-11-11', 0]])
  expect(JSON.stringify(warehouse.inserts)).not.toContain('secret words')
  await expect(
    asSystem(tenant.tenantId, () => tenantDays({ since: '2026-11-01', until: '2026-11-30', after: null })),
  ).rejects.toMatchObject({ code: 'NO_ACTOR' })
})

test('a day that is made again is told again only where it differs, and counts once, also after a stop in the middle', async () => {
  const tenant = await founded('again', '2026-11-11T00:00:00Z')
  await happened(tenant, 'api.response', { at: '2026-11-11T10:00:00Z', ms: 5 })
  warehouse.faults.push(async ({ forward }) => {
    await forward()
    return Response.json({ error: { code: 403, message: 'stopped' } }, { status: 403 })
  })
  await expect(run()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await run()
  expect(await run()).toEqual({ told: 0 })
  expect((await told(tenant)).map(({ day, requests }) => [day, requests])).toEqual([['2026-11-11', 1]])
  await happened(tenant, 'api.response', { at: '2026-11-11T10:00:01Z', ms: 5 })
  setClock('2026-11-12T04:00:00Z')
  expect(await run()).toEqual({ told: 1 })
  expect((await told(tenant)).map(({ day, requests }) => [day, requests])).toEqual([['2026-11-11', 2]])
})

test('days that were missed are made within the week that telemetry is kept, also of who is suspended by then', async () => {
  const tenant = await founded('missed', '2026-11-01T00:00:00Z')
  await database.asAdmin("update tenants set status = 'suspended' where id = $1", [tenant.tenantId])
  await happened(tenant, 'api.response', { at: '2026-11-07T10:00:00Z', ms: 5 })
  await run()
  const days = await told(tenant)
  expect(days.map(({ day }) => day.slice(-2))).toEqual(['11', '10', '09', '08', '07', '06', '05'])
  expect(days.map(({ requests }) => requests)).toEqual([0, 0, 0, 0, 1, 0, 0])
})
