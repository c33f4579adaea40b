import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { call as callOperation } from '../../../shared/operations/call.ts'
import { n8nSecretStatus } from '../../../shared/operations/integrations/n8n-secret-status.ts'
import { rotateN8nSecret } from '../../../shared/operations/integrations/rotate-n8n-secret.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { pulled } from '../../support/pulled.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { n8nHeaders, receiptsOf, useWebhooks } from './callers.ts'

const database = useDatabase()
const cloud = useCloud()
const post = useWebhooks(cloud)
const events = pulled(cloud, 'webhook.received')
const PATH = '/webhooks/n8n/data-sync'
const Secret = z.object({ secret: z.string().startsWith('whsec_'), secret_id: z.uuid() })

let count = 0
type Client = TestTenant & { secret: string }

const rotate = async (tenantId: string): Promise<string> =>
  Secret.parse(await asSystem(tenantId, () => callOperation(rotateN8nSecret, {}))).secret

async function client(): Promise<Client> {
  const tenant = await createTenant(`n8n ${++count}`)
  await asSystem(tenant.tenantId, () => transaction(addTenantKey))
  return { ...tenant, secret: await rotate(tenant.tenantId) }
}

const bodyOf = ({ tenantId, brandId }: TestTenant, more: object = {}): string =>
  JSON.stringify({
    tenant_id: tenantId,
    brand_id: brandId,
    sync_type: 'orders',
    records_count: 12,
    timestamp: '2026-11-20T09:30:00+01:00',
    ...more,
  })

let ours: Client
let theirs: Client
beforeAll(async () => {
  await events.listen()
  ours = await client()
  theirs = await client()
})

const send = (of: Client, given: Partial<Parameters<typeof n8nHeaders>[0]> = {}, path = PATH) => {
  const body = given.body ?? bodyOf(of)
  return post(path, n8nHeaders({ body, secret: of.secret, ...given }), body)
}

describe('a signed call', () => {
  test('is taken and handed on, with figures only', async () => {
    const tenant = await client()
    expect(await send(tenant, { id: 'msg_1' })).toEqual({ status: 202, body: { received: true, duplicate: false } })
    expect(await events.of(tenant)).toEqual([
      {
        source: 'n8n',
        topic: 'data-sync',
        delivery_id: 'msg_1',
        integration_id: null,
        brand_id: tenant.brandId,
        triggered_at: '2026-11-20T08:30:00.000Z',
        subject: { sync_type: 'orders', records_count: 12 },
      },
    ])
  })

  test('replayed, also eight times at once, is taken once', async () => {
    const tenant = await client()
    const id = uuidv7()
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(tenant, { id })))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202))
    expect(answers.filter(({ body }) => JSON.stringify(body).includes('"duplicate":false'))).toHaveLength(1)
    expect(await events.of(tenant)).toHaveLength(1)
  })

  test('may carry several signatures, as during a rotation at the sender', async () => {
    expect(await send(ours, { also: 'v1a,abc v1,AAAA ' })).toMatchObject({ status: 202 })
    expect(await send(ours, { also: 'v1,AAAA '.repeat(8) })).toMatchObject({ status: 401 })
  })

  test('is read as strictly as our own API', async () => {
    for (const [more, field] of [
      [{ surprise: 1 }, 'surprise'],
      [{ records_count: -1 }, 'records_count'],
      [{ sync_type: '<b>' }, 'sync_type'],
    ] as const) {
      const answer = await send(ours, { body: bodyOf(ours, more) })
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { details: { fields: { [field]: [expect.any(String)] } } } },
      })
    }
    const plain = { ...n8nHeaders({ body: bodyOf(ours), secret: ours.secret }), 'content-type': 'text/plain' }
    expect(await post(PATH, plain, bodyOf(ours))).toMatchObject({ status: 415 })
    expect(await send(ours, { body: bodyOf(ours, { sync_type: 'x'.repeat(1_100_000) }) })).toMatchObject({
      status: 413,
    })
  })

  test("knows another tenant's brand no better than an unknown one", async () => {
    const told = async (brand_id: string) => {
      const { status, body } = await send(ours, { body: bodyOf(ours, { brand_id }) })
      return { status, message: z.object({ error: z.object({ message: z.string() }) }).parse(body).error.message }
    }
    expect(await told(theirs.brandId)).toEqual(await told(uuidv7()))
    expect((await told(theirs.brandId)).status).toBe(404)
  })

  test('of a name that we do not know is not found', async () => {
    expect(await send(ours, {}, '/webhooks/n8n/constructor')).toMatchObject({ status: 404 })
  })

  test('of a suspended tenant is refused', async () => {
    const tenant = await client()
    await database.asAdmin("update tenants set status = 'suspended' where id = $1", [tenant.tenantId])
    expect(await send(tenant)).toMatchObject({ status: 403, body: { error: { code: 'TENANT_INACTIVE' } } })
  })
})

describe('refused with the same 401', () => {
  const now = () => Math.floor(Date.now() / 1000)
  const stranger = (): Client => ({ ...ours, tenantId: uuidv7() })
  test.each([
    ['an unknown tenant', () => send(stranger())],
    ["another tenant's secret", () => send(ours, { secret: theirs.secret })],
    ["our secret for another tenant's body", () => send(ours, { body: bodyOf(theirs) })],
    ['a time 301 seconds ago', () => send(ours, { at: now() - 302 })],
    ['a time 302 seconds ahead', () => send(ours, { at: now() + 302 })],
    ['an altered body', () => post(PATH, n8nHeaders({ body: bodyOf(ours), secret: ours.secret }), `${bodyOf(ours)} `)],
    [
      'another id',
      () => post(PATH, { ...n8nHeaders({ body: bodyOf(ours), secret: ours.secret }), 'webhook-id': 'x' }, bodyOf(ours)),
    ],
    ['no headers', () => post(PATH, { 'content-type': 'application/json' }, bodyOf(ours))],
    ['no JSON', () => send(ours, { body: 'hello' })],
    ['no tenant', () => send(ours, { body: '{"tenant_id": ["x"]}' })],
  ])('%s', async (_, attempt) => {
    const { status, body } = await attempt()
    expect(status).toBe(401)
    expect(body).toMatchObject({
      error: { code: 'UNAUTHENTICATED', message: 'The signature does not fit this request.' },
    })
  })

  test('and in the same time: a known tenant does not show in it', async () => {
    const took = async (attempt: () => Promise<unknown>) => {
      const startedAt = performance.now()
      await attempt()
      return performance.now() - startedAt
    }
    for (const tenant of [ours, stranger()])
      expect(await took(() => send(tenant, { secret: theirs.secret }))).toBeGreaterThan(95)
  })
})

describe('the secret', () => {
  test('is shown once, kept encrypted, and valid for 24 hours after the next', async () => {
    const tenant = await client()
    const first = tenant.secret
    const second = await rotate(tenant.tenantId)
    for (const secret of [first, second]) expect(await send(tenant, { secret })).toMatchObject({ status: 202 })
    const rows = await database.asAdmin('select * from n8n_secrets where tenant_id = $1', [tenant.tenantId])
    const facts = await database.asAdmin('select metadata from observability_events where tenant_id = $1', [
      tenant.tenantId,
    ])
    expect(JSON.stringify([rows, facts])).not.toContain(first.slice(6))
    expect(facts).toHaveLength(2)
    const status = await asSystem(tenant.tenantId, () => callOperation(n8nSecretStatus, {}))
    expect(status).toMatchObject({ previous_valid_until: expect.any(String) })
    await database.asAdmin(
      `update n8n_secrets set expires_at = now() - interval '1 s' where tenant_id = $1 and expires_at is not null`,
      [tenant.tenantId],
    )
    expect(await send(tenant, { secret: first })).toMatchObject({ status: 401 })
    expect(await send(tenant, { secret: second })).toMatchObject({ status: 202 })
  })

  test('made eight times at once leaves one current and one before', async () => {
    const tenant = await client()
    const secrets = await Promise.all(Array.from({ length: 8 }, () => rotate(tenant.tenantId)))
    const rows = await database.asAdmin(
      'select expires_at is null as current from n8n_secrets where tenant_id = $1 order by 1',
      [tenant.tenantId],
    )
    expect(rows).toEqual([{ current: false }, { current: true }])
    const taken = await Promise.all(secrets.map((secret) => send(tenant, { secret })))
    expect(taken.filter(({ status }) => status === 202)).toHaveLength(2)
  })

  test('is nobody’s before it was made', async () => {
    const tenant = await createTenant('without a secret')
    expect(await send({ ...tenant, secret: ours.secret })).toMatchObject({ status: 401 })
    expect(await receiptsOf(database, tenant.tenantId)).toEqual([])
  })
})
