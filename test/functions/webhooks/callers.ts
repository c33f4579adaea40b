import { createHmac } from 'node:crypto'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll } from 'vitest'
import { forgetConfig } from '../../../shared/config.ts'
import { setSecret, type useCloud } from '../../support/cloud.ts'
import type { TestDatabase } from '../../support/database.ts'

/** The app's secret after a rotation, and before. */
export const CLIENT_SECRETS = ['shpss_new', 'shpss_old'] as const

export type Answered = { status: number; body: unknown }
type Body = Uint8Array<ArrayBuffer> | string
export type Post = (path: string, headers: Record<string, string>, body: Body, chunked?: boolean) => Promise<Answered>

/** The function as it is deployed, under the functions framework; the clock of refusals by address does not matter here. */
export function useWebhooks(cloud: ReturnType<typeof useCloud>): Post {
  let url = ''
  beforeAll(async () => {
    process.env.IP_LIMIT_PER_MINUTE = '100000'
    forgetConfig()
    await setSecret(cloud.current().url, 'SHOPIFY_CLIENT_SECRET', CLIENT_SECRETS.join('\n'))
    await import('../../../functions/webhooks/index.ts')
    const server = getTestServer('webhooks')
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  })
  afterAll(() => {
    delete process.env.IP_LIMIT_PER_MINUTE
    forgetConfig()
  })
  return async (path, headers, body, chunked = false) => {
    const init = chunked ? { body: new Blob([body]).stream(), duplex: 'half' as const } : { body }
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, ...init })
    const text = await answer.text()
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
}

type ShopifyCall = { topic: string; shop: string; body: Body; secret?: string; id?: string; triggeredAt?: string }

/** Headers as Shopify sends them, signed over the very bytes. */
export const shopifyHeaders = ({
  topic,
  shop,
  body,
  secret = CLIENT_SECRETS[0],
  id = uuidv7(),
  triggeredAt,
}: ShopifyCall) => ({
  'content-type': 'application/json',
  'x-shopify-topic': topic,
  'x-shopify-shop-domain': shop,
  'x-shopify-webhook-id': id,
  'x-shopify-triggered-at': triggeredAt ?? '2026-11-20T09:30:00.123456789Z',
  'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
})

type N8nCall = { body: string; secret: string; id?: string; at?: number; also?: string }

/** Headers per Standard Webhooks; `at` in seconds since the epoch. */
export function n8nHeaders({ body, secret, id = uuidv7(), at = Math.floor(Date.now() / 1000), also = '' }: N8nCall) {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': `${also}v1,${signature}`,
  }
}

/** What was noted for the tenant, oldest first. */
export const receiptsOf = (database: TestDatabase, tenantId: string) =>
  database.asAdmin<{ topic: string; delivery_id: string }>(
    'select topic, delivery_id from webhook_receipts where tenant_id = $1 order by received_at',
    [tenantId],
  )
