import type { Hono } from 'hono'
import * as z from 'zod'
import { secret } from '../../shared/cloud/secrets.ts'
import { resolveShop, type ShopConnection } from '../../shared/db/resolve.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { jsonOf, readBytes } from '../../shared/http/body.ts'
import type { HttpContext, HttpEnv } from '../../shared/http/context.ts'
import { mountNotAllowed } from '../../shared/http/routes.ts'
import { log } from '../../shared/log.ts'
import { inputInvalid } from '../../shared/operations/call.ts'
import { runAs, systemActor } from '../../shared/tenant.ts'
import { type Delivery, inTime, receive, type Work } from './receive.ts'
import { parseExactly, SUBJECTS } from './shopify/subjects.ts'
import { isSigned, refusals } from './signature.ts'

/** Shopify names no limit; an order with hundreds of lines has megabytes. Of all that only ids are read. */
export const MAX_BYTES = 10 * 1024 * 1024

const PATH = '/webhooks/shopify'

const Told = z.object({
  topic: z.string().min(1).max(100),
  delivery_id: z.string().min(1).max(200),
  shop: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-]*\.myshopify\.com$/),
})
type Told = z.output<typeof Told>

/** Shopify's webhooks: signed, noted, and answered before any work is done. */
export function mountShopify(app: Hono<HttpEnv>): void {
  const refuse = refusals()
  app.post(PATH, async (c) => {
    const body = await readBytes(c, MAX_BYTES)
    const signature = c.req.header('x-shopify-hmac-sha256') ?? ''
    if (!isSigned(body, signature, await clientSecrets())) return refuse(c)
    const told = toldBy(c)
    await inTime(hand(c, told, body))
    return c.json({ received: true })
  })
  mountNotAllowed(app, PATH, new Set(['POST']))
}

/** One a line: for an hour after a rotation Shopify may still sign with the old one. */
const clientSecrets = async (): Promise<string[]> =>
  (await secret('SHOPIFY_CLIENT_SECRET'))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

function toldBy(c: HttpContext): Told {
  const told = Told.safeParse({
    topic: c.req.header('x-shopify-topic'),
    delivery_id: c.req.header('x-shopify-webhook-id'),
    shop: c.req.header('x-shopify-shop-domain'),
  })
  if (!told.success) throw inputInvalid(told.error)
  return told.data
}

/** Several tenants may have connected the shop: each gets the delivery in a transaction of its own. */
async function hand(c: HttpContext, { topic, delivery_id, shop }: Told, body: Uint8Array): Promise<void> {
  const work = workOf(c, { topic, shop }, body)
  const connections = await resolveShop(shop)
  if (connections.length === 0 || !work) log('NOTICE', 'A webhook with nothing to do.', { topic, known: work !== null })
  const byTenant = Map.groupBy(connections, ({ tenant_id }) => tenant_id)
  await Promise.all(
    [...byTenant].map(([tenantId, its]) =>
      runAs(systemActor(tenantId, 'webhooks', c.get('requestId')), () =>
        note({ source: 'shopify', topic, delivery_id }, work ? its.map((one) => ({ ...of(one), ...work })) : []),
      ),
    ),
  )
}

const of = ({ integration_id, brand_id }: ShopConnection) => ({ integration_id, brand_id })

/** A topic that we do not know is noted, too, which counts it, but has no work. */
const note = (delivery: Delivery, work: readonly Work[]): Promise<boolean> =>
  transaction((db) => receive(db, delivery, work))

/** null: a topic that we do not know. The headers are not signed, so a shop named in the body must be the same. */
function workOf(
  c: HttpContext,
  told: { topic: string; shop: string },
  body: Uint8Array,
): Pick<Work, 'subject' | 'triggered_at'> | null {
  const read = Object.hasOwn(SUBJECTS, told.topic) ? SUBJECTS[told.topic] : undefined
  if (!read) return null
  const { subject, shop } = readBody(() => read(jsonOf(c, body, parseExactly)))
  if (shop !== null && shop.toLowerCase() !== told.shop.toLowerCase())
    throw new AppError('INPUT_INVALID', 'The body is about another shop than X-Shopify-Shop-Domain says.')
  return { subject, triggered_at: instantOf(c.req.header('x-shopify-triggered-at')) }
}

function readBody<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof z.ZodError ? inputInvalid(error) : error
  }
}

/** Shopify writes nanoseconds. */
function instantOf(header = ''): string | null {
  const time = Date.parse(header)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
