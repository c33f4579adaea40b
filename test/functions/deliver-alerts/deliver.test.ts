import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { slackMessage } from '../../../functions/deliver-alerts/channels/slack.ts'
import { handlers } from '../../../functions/deliver-alerts/handlers.ts'
import { slackSandbox } from '../../../scripts/sandbox/slack.ts'
import { pace } from '../../../shared/fetch.ts'
import { useWarehouse } from '../../shared/warehouse/use-warehouse.ts'
import { setSecret } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createTenant } from '../../support/tenants.ts'
import { type Delivery, deliverEightfold, deliverTo, delivery, setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
const cloud = useWarehouse()
const deliver = deliverTo('deliver-alerts', handlers)

let nowMs = Date.parse('2026-11-10T12:00:00Z')
const moveClock = (ms: number) => {
  nowMs += ms
  setClock(new Date(nowMs))
}
const sandbox = slackSandbox({ burst: 50, perSecond: 50, clock: () => nowMs })
/** What the next requests are answered instead; 'taken' means the message was posted and the answer lost. */
const answers: (Response | 'taken')[] = []
let requests = 0
const waits: number[] = []
let close = async () => {}

beforeAll(async () => {
  const wire = new Hono().all('*', async (context) => {
    requests += 1
    const answer = answers.shift()
    if (answer instanceof Response) return answer
    const posted = await sandbox.fetch(context.req.raw)
    return answer === 'taken' ? context.text('bad gateway', 502) : posted
  })
  const origin = await new Promise<string>((resolve) => {
    const server = serve({ fetch: wire.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    )
    close = () => new Promise((closed) => void server.close(() => closed()))
  })
  await setSecret(cloud.cloud().url, 'SLACK_WEBHOOK_URL', `${origin}/services/T0001/B0001/abcdefghijklmnopqrstuvwx\n`)
  pace.wait = async (ms) => void waits.push(ms)
})
afterAll(() => close())
beforeEach(() => {
  moveClock(3_600_000)
  answers.length = 0
  waits.length = 0
  requests = 0
})

type Texts = { title?: string; message?: string; status?: string }

async function raisedAlert(
  name: string,
  { title = name, message = 'What to do.', status = 'open' }: Texts = {},
): Promise<Delivery> {
  const { tenantId, brandId } = await createTenant(name)
  const alertId = uuidv7()
  await database.asAdmin(
    `insert into alerts (tenant_id, alert_id, brand_id, rule, cause, severity, status, title, message, raised_at)
      values ($1, $2, $3, 'sync_failed', 'c', 'warning', $6, $4, $5, '2026-11-10T12:00:00Z')`,
    [tenantId, alertId, brandId, title, message, status],
  )
  const data = { alert_id: alertId, rule: 'sync_failed', cause: 'c', severity: 'warning' as const, title }
  return delivery('alert.raised', { tenantId, data })
}

const received = (title: string) => sandbox.messages().filter(({ payload }) => JSON.stringify(payload).includes(title))
const logOf = async ({ tenantid }: Delivery) => {
  const rows = await database.asAdmin<{ status: string; attempts: number; error_message: string | null }>(
    `select status, attempts, error_message from webhook_deliveries where tenant_id = $1 and channel = 'slack'`,
    [tenantid],
  )
  return rows[0]
}

test('an alert is one Slack message with blocks, and is noted as sent', async () => {
  const event = await raisedAlert('Plain title')
  await deliver(event)
  await deliver(event)
  const [message, ...others] = received('Plain title')
  expect(others).toEqual([])
  expect(message?.text).toBe('Plain title (Plain title · Plain title brand)')
  expect(message?.payload.blocks).toMatchObject([
    { type: 'section', text: { type: 'mrkdwn', text: ':warning: *Plain title*', verbatim: true } },
    { type: 'section', text: { text: 'What to do.', verbatim: true } },
    {
      type: 'section',
      text: {
        text: expect.stringMatching(
          /^_What it means, in the rule's own words:_\nA sync of a connection failed for good/,
        ),
      },
    },
    {
      type: 'context',
      elements: [{ text: 'warning · Plain title · Plain title brand · 2026-11-10T12:00:00.000Z' }, {}],
    },
  ])
  expect(await logOf(event)).toEqual({ status: 'sent', attempts: 1, error_message: null })
})

test('eight deliveries at once send one message', async () => {
  const event = await raisedAlert('Eightfold')
  await deliverEightfold(deliver, event)
  expect(received('Eightfold')).toHaveLength(1)
})

test('Slack’s control characters in titles and messages stay text', async () => {
  const event = await raisedAlert('escapes', {
    title: '<!channel> & Co',
    message: '<https://evil.example|click> a > b',
  })
  await deliver(event)
  const [message] = received('&lt;!channel&gt; &amp; Co')
  expect(message?.text).toContain('&lt;!channel&gt; &amp; Co')
  expect(JSON.stringify(message?.payload)).toContain('&lt;https://evil.example|click&gt; a &gt; b')
  expect(JSON.stringify(message?.payload)).not.toMatch(/<!|<https:\/\/evil/)
})

test('long texts stay within what Slack takes and never end inside an entity', () => {
  const alert = {
    alert_id: uuidv7(),
    company_name: 'Acme',
    brand_name: null,
    rule: 'r',
    severity: 'info' as const,
    status: 'open' as const,
    title: '&'.repeat(1_000),
    message: `x${'&'.repeat(5_000)}`,
    explanation: { text: '&'.repeat(5_000), written_by: 'claude' as const, written_at: null },
    raised_at: new Date(0),
    escalated_at: null,
  }
  const text = JSON.stringify(slackMessage(alert))
  expect(text).not.toMatch(/&(?!amp;)/)
  for (const [, block = ''] of text.matchAll(/"text":"([^"]*)"/g)) expect(block.length).toBeLessThanOrEqual(3_000)
})

test('an alert that was resolved in the meantime says so', async () => {
  await deliver(await raisedAlert('Over already', { status: 'resolved' }))
  expect(JSON.stringify(received('Over already')[0]?.payload)).toContain('now resolved')
})

test('a short 429 is waited for as long as Slack says, within the delivery', async () => {
  const event = await raisedAlert('Short wait')
  answers.push(new Response('rate_limited', { status: 429, headers: { 'Retry-After': '2' } }))
  await deliver(event)
  expect(waits).toEqual([2_000])
  expect(received('Short wait')).toHaveLength(1)
})

test('a long 429 is left to a later delivery, and no delivery calls Slack before', async () => {
  const event = await raisedAlert('Long wait')
  answers.push(new Response('rate_limited', { status: 429, headers: { 'Retry-After': '45' } }))
  await expect(deliver(event)).rejects.toMatchObject({ code: 'PROVIDER_RATE_LIMITED' })
  moveClock(44_000)
  await expect(deliver(event)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(requests).toBe(1)
  moveClock(20_000)
  await deliver(event)
  expect(received('Long wait')).toHaveLength(1)
  expect(await logOf(event)).toMatchObject({ status: 'sent', attempts: 2 })
})

test.each([
  [404, 'no_service'],
  [400, 'invalid_payload'],
  [410, 'channel_is_archived'],
])(
  '%i %s is noted as failed and not tried again by itself; the event published again tries anew',
  async (status, text) => {
    const event = await raisedAlert(`Refused ${status}`)
    answers.push(new Response(text, { status }))
    await deliver(event)
    expect(requests).toBe(1)
    expect(await logOf(event)).toEqual({
      status: 'failed',
      attempts: 1,
      error_message: `Slack answered ${status}: ${text}`,
    })
    await deliver(event)
    expect(await logOf(event)).toEqual({ status: 'sent', attempts: 2, error_message: null })
  },
)

test('a 5xx is retried by the next delivery, at once', async () => {
  const event = await raisedAlert('Down')
  answers.push(new Response('', { status: 503 }))
  await expect(deliver(event)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  expect(requests).toBe(1)
  await deliver(event)
  expect(received('Down')).toHaveLength(1)
})

test('an answer that is lost sends once more, and that is all', async () => {
  const event = await raisedAlert('Lost answer')
  answers.push('taken')
  await expect(deliver(event)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  await deliver(event)
  await deliver(event)
  expect(received('Lost answer')).toHaveLength(2)
})

test('a sender that died is taken over once its claim has run out', async () => {
  const event = await raisedAlert('Died')
  const { alert_id } = event.data as { alert_id: string } // raisedAlert made it
  await database.asAdmin(
    `insert into webhook_deliveries (tenant_id, channel, subject_id, status, updated_at) values ($1, 'slack', $2, 'sending', $3)`,
    [event.tenantid, alert_id, new Date(nowMs)],
  )
  await expect(deliver(event)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  moveClock(60_001)
  await deliver(event)
  expect(received('Died')).toHaveLength(1)
})

test('nobody sends an alert of another tenant, nor one that is gone', async () => {
  const event = await raisedAlert('Foreign')
  const { tenantId } = await createTenant('stranger')
  await deliver({ ...event, tenantid: tenantId })
  expect(requests).toBe(0)
})

test.each([
  ['is off', 'enabled', 'false'],
  ['is muted', 'muted_until', `'2100-01-01T00:00:00Z'`],
  ['has no channels', 'channels', `'{}'`],
])('an alert whose rule %s is not sent', async (title, column, value) => {
  const event = await raisedAlert(title)
  await database.asAdmin(
    `insert into alert_rules (tenant_id, rule, updated_at, ${column}) values ($1, 'sync_failed', now(), ${value})`,
    [event.tenantid],
  )
  await deliver(event)
  expect([requests, await logOf(event)]).toEqual([0, undefined])
  await database.asAdmin('delete from alert_rules where tenant_id = $1', [event.tenantid])
  await deliver(event)
  expect(received(title)).toHaveLength(1)
})
