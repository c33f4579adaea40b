import { Hono } from 'hono'
import { beforeAll, expect, test } from 'vitest'
import { applyWebhook } from '../../functions/apply-webhooks/apply.ts'
import { attributeBrand } from '../../functions/attribute-orders/attribute.ts'
import { mountShopify } from '../../functions/webhooks/shopify.ts'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import type { Sent } from '../../scripts/sandbox/shopify/webhooks.ts'
import { mountSteps } from '../../shared/http/chain.ts'
import type { HttpEnv } from '../../shared/http/context.ts'
import { connectionOf, customerKey } from '../functions/apply-webhooks/webhooks.ts'
import { attribute, order, synced, tablesOf, touch } from '../functions/attribute-orders/shop.ts'
import { setSecret } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { serveApp } from '../support/http.ts'
import type { TestTenant } from '../support/tenants.ts'
import { connectedTenant } from './scripted.ts'
import { useWorld } from './world.ts'

const LOCAL_CLIENT_SECRET = 'shpss_pulsepoint_test'

const database = useDatabase()
const world = useWorld({
  'apply-webhooks': { 'webhook.received': applyWebhook },
  'attribute-orders': { 'rows.synced': attributeBrand },
})

let tenant: TestTenant
/** The shop's own doing, sent by the sandbox over HTTP to the function that takes webhooks. */
let send: (webhook: { topic: string; payload: object; times?: number }) => Promise<Sent>

beforeAll(async () => {
  await setSecret(process.env.CLOUD_ENDPOINT ?? '', 'SHOPIFY_CLIENT_SECRET', LOCAL_CLIENT_SECRET)
  const app = new Hono<HttpEnv>()
  mountSteps(app, { perMinute: 100_000 })
  mountShopify(app)
  const url = `${await serveApp(app)}/webhooks/shopify`
  tenant = await connectedTenant('acme')
  const now = () => new Date()
  const provider = sandbox({ now, stores: [], webhooks: { url, clientSecret: LOCAL_CLIENT_SECRET, now } })
  send = async (webhook) => {
    const body = JSON.stringify({ shop: 'acme.myshopify.com', ...webhook })
    const answer = await provider.request('/_control/webhooks', { method: 'POST', body })
    return (await answer.json()) as Sent // our own sandbox's answer
  }
  const ann = await customerKey(tenant, '77')
  await synced(tenant, {
    orders: ['1', '2', '3'].map((order_id) => order({ order_id, day: `2026-03-0${order_id}`, customer_key: ann })),
    touchpoints: ['1', '2'].map((order_id) => touch({ order_id, day: '2026-03-01', visit_id: order_id })),
  })
  await attribute(tenant)
})

const store = () => tablesOf(database, tenant).store('day, orders, net_micros, new_customers')

test('from the shop to the daily figures: an order deleted, a customer erased, the app uninstalled', async () => {
  const deleted = await send({ topic: 'orders/delete', payload: { id: 1 }, times: 8 })
  expect(deleted.answers).toEqual(Array(8).fill(200))
  await world.settle()
  expect(await store()).toEqual([
    { day: '2026-03-01', orders: 0, net: 0, new_customers: 0 },
    { day: '2026-03-02', orders: 1, net: 100, new_customers: 1 },
    { day: '2026-03-03', orders: 1, net: 100, new_customers: 0 },
  ])

  world.amplify(8)
  const shop = { shop_id: 1, shop_domain: 'acme.myshopify.com' }
  const customer = { id: 77, email: 'ann@example.com', phone: null }
  await send({ topic: 'customers/redact', payload: { ...shop, customer, orders_to_redact: [2, 3] } })
  await world.settle()
  expect(await store()).toEqual([
    { day: '2026-03-01', orders: 0, net: 0, new_customers: 0 },
    { day: '2026-03-02', orders: 1, net: 100, new_customers: 0 },
    { day: '2026-03-03', orders: 1, net: 100, new_customers: 0 },
  ])
  expect(await tablesOf(database, tenant).customers('customer_key')).toEqual([])

  await send({ topic: 'app/uninstalled', payload: { id: 1, myshopify_domain: 'acme.myshopify.com' } })
  await world.settle()
  expect(await connectionOf(database, tenant)).toMatchObject({ status: 'disconnected', lease_fence: '1' })
  expect(world.deadLetters()).toBe(0)
  const kept = await database.asAdmin<{ row: string }>(
    'select t::text as row from outbox t union all select t::text from observability_events t union all select t::text from webhook_receipts t',
  )
  expect(kept.length).toBeGreaterThan(3)
  expect(JSON.stringify(kept)).not.toContain('ann@example.com')
}, 60_000)
