import { serve } from '@hono/node-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handlers as deliverHandlers } from '../../../functions/deliver-alerts/handlers.ts'
import { handlers as evaluateHandlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { handlers as mailHandlers } from '../../../functions/send-mail/handlers.ts'
import { n8nSandbox } from '../../../scripts/sandbox/n8n.ts'
import { slackSandbox } from '../../../scripts/sandbox/slack.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { EventData } from '../../../shared/events/catalog.ts'
import { keepEndpoint } from '../../../shared/webhooks/endpoint.ts'
import { setSecret, useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { useMail } from '../../support/mail.ts'
import { createPerson } from '../../support/people.ts'
import { pulled } from '../../support/pulled.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery, recordedFact, setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
const cloud = useCloud()
const mail = useMail()
const letters = pulled(cloud, 'mail.requested')
const told = pulled(cloud, 'alert.raised')
const deliver = deliverTo('deliver-alerts', deliverHandlers)
const evaluate = deliverTo('evaluate-alerts', evaluateHandlers)
const sendMail = deliverTo('send-mail', mailHandlers)
const NOON = Date.parse('2026-11-10T12:00:00Z')
const minutesLater = (minutes: number) => setClock(new Date(NOON + minutes * 60_000))
const receiver = n8nSandbox()
const slack = slackSandbox({ burst: 100 })
let origin = ''
let close = async () => {}
let tenant: TestTenant
let count = 0

beforeAll(async () => {
  const app = { fetch: (request: Request) => (request.url.includes('/services/') ? slack : receiver).fetch(request) }
  origin = await new Promise((resolve) => {
    const server = serve({ ...app, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(`http://127.0.0.1:${port}`))
    close = () => new Promise((closed) => void server.close(() => closed()))
  })
  process.env.WEBHOOK_PRIVATE_ORIGINS = origin
  forgetConfig()
  await setSecret(cloud.current().url, 'SLACK_WEBHOOK_URL', `${origin}/services/T0001/B0001/abcdefghijklmnopqrstuvwx`)
  await letters.listen()
  await told.listen()
})
afterAll(async () => {
  delete process.env.WEBHOOK_PRIVATE_ORIGINS
  setClock(new Date())
  await close()
})
beforeEach(async () => {
  setClock(new Date(NOON))
  tenant = await createTenant(`Channels ${++count}`)
  await asSystem(tenant.tenantId, () => transaction(addTenantKey))
})

const needsReauth = async () => {
  const { tenantId, integrationId: integration_id } = tenant
  await database.asAdmin(`update integrations set status = 'needs_reauth' where integration_id = $1`, [integration_id])
  const data = { integration_id, platform: 'shopify', message: 'Token revoked.' }
  await evaluate(await recordedFact(database, 'integration.needs_reauth', { tenantId, data }))
}
/** Any event of the tenant: each is a look at what nobody took on. */
const anything = () => evaluate(delivery('telemetry.batch', { tenantId: tenant.tenantId, data: { events: [] } }))
const raisedData = async () => (await told.of(tenant)).map((data) => data as EventData<'alert.raised'>)
const deliverAll = async (type: 'alert.raised' | 'alert.escalated' = 'alert.raised') => {
  for (const data of (await raisedData()).slice(-1))
    await deliverEightfold(deliver, delivery(type, { tenantId: tenant.tenantId, data }))
}

test('a critical alert is a letter to each who may act, once, and a signed call', async () => {
  const admin = await createPerson(tenant.tenantId, { role: 'admin' })
  const manager = await createPerson(tenant.tenantId, { role: 'manager' })
  await createPerson(tenant.tenantId, { role: 'analyst' })
  await asSystem(tenant.tenantId, () => transaction((db) => keepEndpoint(db, 'alerts', `${origin}/webhook/alerts`)))
  await needsReauth()
  await deliverAll()
  for (const data of await letters.of(tenant))
    await deliverEightfold(
      sendMail,
      delivery('mail.requested', { tenantId: tenant.tenantId, data: data as EventData<'mail.requested'> }),
    )
  expect(
    mail
      .mails()
      .flatMap(({ to }) => to)
      .sort(),
  ).toEqual([admin.email, manager.email].sort())
  expect(mail.mails()[0]?.subject).toMatch(/must be authorised again \(Channels \d+\)$/)
  expect(mail.mails()[0]?.text).toContain('Reconnect the account under Integrations.')
  expect(mail.mails()[0]?.text).toContain("What it means: A provider refuses a connection's authorisation")
  const calls = receiver.calls().filter(({ text }) => text.includes(tenant.tenantId))
  expect(calls).toMatchObject([
    {
      path: 'alerts',
      body: {
        type: 'alert.raised',
        data: { rule: 'needs_reauth', severity: 'critical', status: 'open', explanation: { written_by: 'template' } },
      },
    },
  ])
})

test('nobody waits for a model: who is told at once reads our own words, who is told again what Claude wrote since', async () => {
  await needsReauth()
  await deliverAll()
  await database.asAdmin(
    `insert into insights (tenant_id, insight_id, brand_id, day, alert_id, written_by, text, written_at)
     select tenant_id, gen_random_uuid(), brand_id, '2026-11-10', alert_id, 'claude', 'The token was revoked by <a person>.', now()
     from alerts where tenant_id = $1`,
    [tenant.tenantId],
  )
  minutesLater(30)
  await anything()
  await deliverAll('alert.escalated')
  const [first, again] = slack
    .messages()
    .filter(({ text }) => text?.includes(`Channels ${count}`))
    .map(({ payload }) => JSON.stringify(payload))
  expect(first).toContain("in the rule's own words:_")
  expect(first).not.toContain('Claude')
  expect(again).toContain('written by Claude from your figures:_\\nThe token was revoked by &lt;a person&gt;.')
})

test('nobody takes it on for half an hour: it is told once more, unless somebody did', async () => {
  await needsReauth()
  await deliverAll()
  minutesLater(29)
  await anything()
  expect(await raisedData()).toHaveLength(1)
  minutesLater(30)
  await Promise.all([anything(), anything(), anything()])
  minutesLater(90)
  await anything()
  expect(await raisedData()).toHaveLength(2)
  await deliverAll('alert.escalated')
  const messages = slack.messages().filter(({ text }) => text?.includes(`Channels ${count}`))
  expect(messages).toHaveLength(2)
  expect(JSON.stringify(messages[1]?.payload)).toContain('nobody took it on yet')

  tenant = await createTenant(`Channels ${++count}`)
  minutesLater(0)
  await needsReauth()
  await database.asAdmin(`update alerts set status = 'acknowledged' where tenant_id = $1`, [tenant.tenantId])
  minutesLater(45)
  await anything()
  expect(await raisedData()).toHaveLength(1)
})

test('a channel that fails leaves one visible alert and holds up no other channel', async () => {
  await createPerson(tenant.tenantId, { role: 'admin' })
  await asSystem(tenant.tenantId, () => transaction((db) => keepEndpoint(db, 'alerts', `${origin}/gone`)))
  await needsReauth()
  await deliverAll()
  const rows = await database.asAdmin(
    'select channel, status, http_status from webhook_deliveries where tenant_id = $1 order by channel',
    [tenant.tenantId],
  )
  expect(rows).toEqual([
    { channel: 'email', status: 'sent', http_status: null },
    { channel: 'slack', status: 'sent', http_status: 200 },
    { channel: 'webhook', status: 'failed', http_status: 404 },
  ])
  expect(await database.asAdmin('select 1 from alerts where tenant_id = $1', [tenant.tenantId])).toHaveLength(1)
})

test('a channel that reaches nobody leaves no delivery, and is used once there is somebody', async () => {
  await createPerson(tenant.tenantId, { role: 'analyst' })
  await needsReauth()
  await deliverAll()
  const channels = async () => {
    const rows = await database.asAdmin<{ channel: string }>(
      `select channel from webhook_deliveries where tenant_id = $1 and status = 'sent' order by channel`,
      [tenant.tenantId],
    )
    return rows.map(({ channel }) => channel)
  }
  expect(await channels()).toEqual(['slack'])
  await createPerson(tenant.tenantId, { role: 'admin' })
  await asSystem(tenant.tenantId, () => transaction((db) => keepEndpoint(db, 'alerts', `${origin}/webhook/alerts`)))
  await deliverAll()
  expect(await channels()).toEqual(['email', 'slack', 'webhook'])
})
