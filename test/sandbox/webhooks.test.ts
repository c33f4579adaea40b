import { createHmac } from 'node:crypto'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import { listening } from './listening.ts'

const SECRET = 'shpss_test'
const now = () => new Date('2026-11-20T09:30:00Z')

test('a webhook is signed over its bytes and sent again, with the same id, until it is taken', async () => {
  const seen: { id: string; signed: boolean; topic: string; at: string }[] = []
  const app = new Hono()
  app.post('/hooks', async (c) => {
    const bytes = Buffer.from(await c.req.arrayBuffer())
    const header = (name: string) => c.req.header(name) ?? ''
    const signature = createHmac('sha256', SECRET).update(bytes).digest('base64')
    seen.push({
      id: header('x-shopify-webhook-id'),
      signed: header('x-shopify-hmac-sha256') === signature,
      topic: header('x-shopify-topic'),
      at: header('x-shopify-triggered-at'),
    })
    return c.body(null, seen.length < 3 ? 503 : 200)
  })
  const url = `${await listening(app)}/hooks`
  const control = sandbox({ now, stores: [], webhooks: { url, clientSecret: SECRET, now } })
  const body = JSON.stringify({ shop: 'unit.myshopify.com', topic: 'orders/delete', payload: { id: 1, note: 'ü' } })
  const answer = await control.request('/_control/webhooks', { method: 'POST', body })
  expect(await answer.json()).toEqual({ webhook_id: seen[0]?.id, answers: [200] })
  expect(seen).toHaveLength(3)
  expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1)
  expect(seen[0]).toMatchObject({ signed: true, topic: 'orders/delete', at: '2026-11-20T09:30:00.000Z' })
})

test('a sandbox that knows no address for webhooks says so', async () => {
  const answer = await sandbox({ now, stores: [] }).request('/_control/webhooks', {
    method: 'POST',
    body: JSON.stringify({ shop: 'unit.myshopify.com', topic: 'orders/delete', payload: {} }),
  })
  expect(answer.status).toBe(409)
})
