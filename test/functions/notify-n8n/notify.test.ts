import { createHmac } from 'node:crypto'
import { serve } from '@hono/node-server'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handlers } from '../../../functions/notify-n8n/handlers.ts'
import { n8nSandbox } from '../../../scripts/sandbox/n8n.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const deliver = deliverTo('notify-n8n', handlers)
const n8n = n8nSandbox()
let origin = ''
let close = async () => {}
let tenant: TestTenant
let token = ''
let secret = ''
let count = 0

beforeAll(async () => {
  origin = await new Promise((resolve) => {
    const server = serve({ fetch: n8n.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    )
    close = () => new Promise((closed) => void server.close(() => closed()))
  })
  process.env.WEBHOOK_PRIVATE_ORIGINS = origin
  forgetConfig()
})
afterAll(async () => {
  delete process.env.WEBHOOK_PRIVATE_ORIGINS
  forgetConfig()
  await close()
})
beforeEach(async () => {
  tenant = await createTenant(`n8n ${++count}`)
  await asSystem(tenant.tenantId, () => transaction(addTenantKey))
  token = (await signIn(tenant.tenantId, 'admin')).token
  const set = await setUrl(`${origin}/webhook/`)
  secret = String((set.body as { secret: string }).secret) // the operation's output
})

const setUrl = (url: string | null) =>
  call('/api/integrations/webhooks', { method: 'PUT', token, body: { purpose: 'n8n', url } })
const callsOf = ({ tenantId }: TestTenant) => n8n.calls().filter(({ text }) => text.includes(tenantId))
const completed = (rows_written: number) =>
  delivery('data.sync_completed', {
    tenantId: tenant.tenantId,
    data: {
      integration_id: tenant.integrationId,
      run_id: uuidv7(),
      platform: 'shopify',
      rows_read: 5,
      rows_written,
      pages: 1,
    },
  })

test('a sync that wrote rows tells n8n once, signed with the secret that was shown once', async () => {
  expect(secret).toMatch(/^whsec_/)
  await deliver(completed(0))
  await deliverEightfold(deliver, completed(3))
  const [told, ...others] = callsOf(tenant)
  expect(others).toEqual([])
  expect(told).toMatchObject({
    path: 'data-available',
    body: { tenant_id: tenant.tenantId, brand_id: tenant.brandId, platform: 'shopify', records_count: 3 },
  })
  const signed = `${told?.id}.${told?.timestamp}.${told?.text}`
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  expect(told?.signature).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  const log = await call('/api/alerts/deliveries', { token })
  expect(log.body).toMatchObject({
    deliveries: [{ channel: 'n8n', subject_id: told?.id, status: 'sent', http_status: 200 }],
  })
  expect(JSON.stringify((await call('/api/integrations/webhooks', { token })).body)).not.toContain('whsec_')
})

test('recommendations of one run are one call, whichever of their facts comes first', async () => {
  const ids = [uuidv7(), uuidv7()]
  for (const [index, id] of ids.entries())
    await database.asAdmin(
      `insert into recommendations (tenant_id, brand_id, recommendation_id, kind, cause, title, body, currency, basis, confidence, created_at, updated_at)
       values ($1, $2, $3, $4, $4, 'Do it', '{}', 'USD', 'revenue', 'low', '2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z')`,
      [tenant.tenantId, tenant.brandId, id, index === 0 ? 'stock_conflict' : 'shift_budget'],
    )
  for (const recommendation_id of ids.toReversed())
    await deliver(
      delivery('recommendation.generated', {
        tenantId: tenant.tenantId,
        data: { recommendation_id, kind: 'shift_budget', cause: 'c', title: 'Do it' },
      }),
    )
  expect(callsOf(tenant)).toMatchObject([
    {
      path: 'recommendations-ready',
      body: { urgent: true, recommendations: ids.map((recommendation_id) => ({ recommendation_id })) },
    },
  ])
})

test('a receiver that refuses is noted and not asked again; without a URL nothing is sent', async () => {
  await setUrl(`${origin}/nowhere`)
  await deliver(completed(1))
  const { body } = await call('/api/alerts/deliveries', { token })
  expect(body).toMatchObject({ deliveries: [{ channel: 'n8n', status: 'failed', http_status: 404, attempts: 1 }] })
  await setUrl(null)
  await deliver(completed(1))
  expect(callsOf(tenant)).toEqual([])
  expect((await setUrl('http://10.0.0.1/x')).status).toBe(400)
})

test.each([
  'https://127.0.0.1/x',
  'https://169.254.169.254/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://10.0.0.1',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://localhost/x',
])('an address that is not public is refused when it is set: %s', async (url) => {
  const refused = await setUrl(url)
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'INPUT_INVALID' } } })
  expect(refused.body).toHaveProperty('error.details.fields.url', [expect.stringMatching(/^Expected a public address/)])
})

test('a public address is taken, as a name or a number', async () => {
  for (const url of ['https://n8n.example.com/webhook', 'https://1.1.1.1/x', 'https://[2606:4700:4700::1111]/x'])
    expect(await setUrl(url)).toMatchObject({ status: 200, body: { url } })
})
