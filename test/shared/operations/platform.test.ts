import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { flushTelemetry } from '../../../shared/events/telemetry.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { addDays } from '../../../shared/units.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()

let tenant: TestTenant
let operator: SignedIn

beforeAll(async () => {
  tenant = await createTenant('watched')
  await signIn(tenant.tenantId, 'admin')
  operator = await signIn(PLATFORM_TENANT_ID, 'operator')
})

const read = async (path: string): Promise<unknown> => {
  const answer = await call(path, { token: operator.token })
  expect([path, answer.status]).toEqual([path, 200])
  return answer.body
}
const facts = () =>
  database.asAdmin<{ action: string; user_id: string }>(
    `select metadata->>'action' as action, user_id from observability_events
     where tenant_id = $1 and event_type = 'admin.action' order by event_id`,
    [PLATFORM_TENANT_ID],
  )

describe('operators', () => {
  it('see who is there and how much they use, and leave a fact of each look', async () => {
    await flushTelemetry()
    const { tenants } = (await read('/api/admin/platform/tenants')) as { tenants: object[] }
    expect(tenants).toMatchObject([
      { id: tenant.tenantId, company_name: 'watched', users: 1, brands: 1, connections: { active: 1 } },
    ])
    expect(await read('/mcp/admin/platform/health')).toMatchObject({ connections: { active: 1, due: 1, late: 0 } })
    await read('/api/admin/platform/usage')
    expect(await facts()).toEqual(
      ['tenants', 'health', 'usage'].map((what) => ({ action: `platform.${what}_read`, user_id: operator.userId })),
    )
  })

  it('read a day as it was rolled up, and count what is under way, so that each day is there once', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const yesterday = addDays(today, -1)
    const { tenantId } = await createTenant('rolled up')
    await database.asAdmin(
      `insert into tenant_days (tenant_id, day, requests, errors, p95_ms, questions, ratings, accurate, tokens, cost_usd, syncs_ok, syncs_failed, version)
       select $1, day::date, 7, 1, 95, 2, 4, 3, 10, 0.5, 1, 0, 1 from unnest($2::text[]) day`,
      [tenantId, [addDays(today, -40), yesterday]],
    )
    for (const day of [yesterday, today])
      await database.asAdmin(
        `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id)
         values ($1, uuidv7(), 'telemetry', 'api.response', $2, 'r')`,
        [tenantId, `${day}T00:00:00Z`],
      )
    const { usage } = (await read(`/api/admin/platform/usage?since=${addDays(today, -60)}`)) as {
      usage: { tenant_id: string }[]
    }
    expect(usage.filter(({ tenant_id }) => tenant_id === tenantId)).toMatchObject([
      { day: today, company_name: 'rolled up', requests: 1, p95_ms: null, accuracy: null },
      { day: yesterday, requests: 7, p95_ms: 95, accuracy: 0.75, cost: { amount: '0.5' } },
      { day: addDays(today, -40), requests: 7 },
    ])
  })

  it('suspend and restore a tenant, but touch neither their own nor one that is being deleted', async () => {
    const change = (id: string, body: object) =>
      call(`/api/admin/platform/tenants/${id}`, { token: operator.token, method: 'PATCH', body })
    const changed = await change(tenant.tenantId, { status: 'suspended', subscription_tier: 'pro' })
    expect(changed).toMatchObject({ status: 200, body: { tenant: { status: 'suspended', subscription_tier: 'pro' } } })
    const { token } = await signIn(tenant.tenantId, 'admin')
    expect((await call('/api/brands', { token })).body).toHaveProperty('error.code', 'TENANT_INACTIVE')
    expect((await change(tenant.tenantId, { status: 'active' })).status).toBe(200)
    expect((await change(PLATFORM_TENANT_ID, { status: 'suspended' })).status).toBe(404)
    await database.asAdmin(`update tenants set status = 'deleting' where id = $1`, [tenant.tenantId])
    expect((await change(tenant.tenantId, { status: 'active' })).status).toBe(409)
    await database.asAdmin(`update tenants set status = 'active' where id = $1`, [tenant.tenantId])
  })
})

describe("the operators' role", () => {
  const asOperator = (text: ReturnType<typeof sql>) =>
    asSystem(PLATFORM_TENANT_ID, () => transaction((db) => db.query(text), { role: 'pulsepoint_operator' }))

  it.each([
    sql`select email from users`,
    sql`select name from brands`,
    sql`select account_name from integrations`,
    sql`select access_token_encrypted from integrations`,
    sql`select metadata from observability_events`,
    sql`select words from observability_events`,
    sql`select error_message from observability_events`,
    sql`select user_id from observability_events`,
    sql`select data from outbox`,
    sql`select * from orders`,
    sql`select * from alerts`,
    sql`select * from pending_actions`,
    sql`select * from tenant_keys`,
    sql`update tenants set company_name = 'mine'`,
    sql`delete from observability_events`,
  ])('is refused $text', async (statement) => {
    await expect(asOperator(statement)).rejects.toThrow('permission denied')
  })

  it('writes facts of the platform alone', async () => {
    const fact = (tenantId: string) => sql`
      insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id)
      values (${tenantId}, uuidv7(), 'fact', 'admin.action', now(), 'forged')`
    await expect(asOperator(fact(tenant.tenantId))).rejects.toThrow('row-level security')
    await expect(asOperator(fact(PLATFORM_TENANT_ID))).resolves.toEqual([])
  })
})
