import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mountShopify } from '../../../functions/webhooks/shopify.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { mountSteps } from '../../../shared/http/chain.ts'
import type { HttpEnv } from '../../../shared/http/context.ts'
import { setSecret, useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { serveApp } from '../../support/http.ts'
import { CLIENT_SECRETS, shopifyHeaders } from './callers.ts'

useDatabase()
const cloud = useCloud()
let url = ''

beforeAll(async () => {
  process.env.IP_LIMIT_PER_MINUTE = '2'
  forgetConfig()
  await setSecret(cloud.current().url, 'SHOPIFY_CLIENT_SECRET', CLIENT_SECRETS[0])
  const app = new Hono<HttpEnv>()
  mountSteps(app, { perMinute: 1_000 })
  mountShopify(app)
  url = `${await serveApp(app)}/webhooks/shopify`
})
afterAll(() => {
  delete process.env.IP_LIMIT_PER_MINUTE
  forgetConfig()
})

test('an address that is refused again and again is told to wait; who signs may call on', async () => {
  const call = async (secret: string): Promise<number> => {
    const body = '{"id":1}'
    const headers = shopifyHeaders({ topic: 'orders/updated', shop: 'acme.myshopify.com', body, secret })
    return (await fetch(url, { method: 'POST', headers, body })).status
  }
  const refused = [await call('wrong'), await call('wrong'), await call('wrong')]
  expect(refused).toEqual([401, 401, 429])
  expect([await call(CLIENT_SECRETS[0]), await call(CLIENT_SECRETS[0])]).toEqual([200, 200])
})
