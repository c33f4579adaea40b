import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod'

/** The app's secret at every stand-in shop; Shopify signs with it. */

/** Where the app takes webhooks, and the clock that dates them. */
export type WebhookTarget = { url: string; clientSecret: string; now: () => Date }

/** One webhook to send. Duplicates and an order of one's own come by `times`, `webhook_id` and `triggered_at`. */
export const Webhook = z.strictObject({
  shop: z.string(),
  topic: z.string(),
  payload: z.record(z.string(), z.unknown()),
  webhook_id: z.string().optional(),
  triggered_at: z.iso.datetime({ offset: true }).optional(),
  /** So many at once, with the same id. */
  times: z.int().min(1).max(20).default(1),
})
type Webhook = z.output<typeof Webhook>

export type Sent = { webhook_id: string; answers: number[] }

/** Shopify itself tries eight times in four hours, and waits five seconds at most. */
const TRIES = 4
const WAIT_MS = 200
const TIMEOUT_MS = 5_000

/** Sends it as Shopify does: signed over the very bytes, again after anything but 2xx. Returns each delivery's last status; 0: no answer. */
export async function sendWebhook(webhook: Webhook, { url, clientSecret, now }: WebhookTarget): Promise<Sent> {
  const webhook_id = webhook.webhook_id ?? randomUUID()
  const body = JSON.stringify(webhook.payload)
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'Shopify-Captain-Hook',
    'X-Shopify-Topic': webhook.topic,
    'X-Shopify-Shop-Domain': webhook.shop,
    'X-Shopify-API-Version': '2026-10',
    'X-Shopify-Webhook-Id': webhook_id,
    'X-Shopify-Event-Id': randomUUID(),
    'X-Shopify-Triggered-At': webhook.triggered_at ?? now().toISOString(),
    'X-Shopify-Hmac-Sha256': createHmac('sha256', clientSecret).update(body).digest('base64'),
  }
  const deliver = async (tries = TRIES): Promise<number> => {
    const init = { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) } as const
    const status = await fetch(url, init).then(
      (answer) => answer.status,
      () => 0,
    )
    if ((status >= 200 && status < 300) || tries === 1) return status
    await wait(WAIT_MS)
    return deliver(tries - 1)
  }
  return { webhook_id, answers: await Promise.all(Array.from({ length: webhook.times }, () => deliver())) }
}
