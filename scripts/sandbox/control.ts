import { Hono } from 'hono'
import { Fault, type Faults } from './faults.ts'
import type { RequestCounts } from './requests.ts'
import { sendWebhook, Webhook } from './shopify/webhooks.ts'
import type { SmtpSandbox } from './smtp.ts'
import type { Store, World } from './world.ts'

function connectionsOf({ shopify, meta, brand }: Store) {
  const shop = {
    provider: 'shopify',
    account_id: shopify.domain,
    account_name: brand,
    credentials: { access_token: shopify.access_token },
  }
  if (!meta) return [shop]
  const account_name = typeof meta.account.name === 'string' ? meta.account.name : brand
  return [
    shop,
    { provider: 'meta', account_id: meta.account_id, account_name, credentials: { access_token: meta.access_token } },
  ]
}

type Controlled = { faults: Faults; counts: RequestCounts; smtp: SmtpSandbox }

/** What tests and the local start ask of the sandbox itself; no provider has these. */
export function control(world: World, { faults, counts, smtp }: Controlled): Hono {
  const app = new Hono()
  app.get('/stores', (c) =>
    c.json(
      world.stores.map((store) => ({
        tenant: store.tenant,
        brand: store.brand,
        currency: store.currency,
        time_zone: store.time_zone,
        connections: connectionsOf(store),
      })),
    ),
  )
  app.post('/faults', async (c) => {
    const fault = Fault.safeParse(await c.req.json())
    return fault.success ? c.json(faults.add(fault.data), 201) : c.json({ error: fault.error.issues }, 400)
  })
  app.get('/faults', (c) => c.json(faults.list()))
  app.delete('/faults', (c) => {
    faults.clear()
    return c.body(null, 204)
  })
  app.post('/webhooks', async (c) => {
    const webhook = Webhook.safeParse(await c.req.json())
    if (!webhook.success) return c.json({ error: webhook.error.issues }, 400)
    if (!world.webhooks) return c.json({ error: 'This sandbox was not told where webhooks go.' }, 409)
    return c.json(await sendWebhook(webhook.data, world.webhooks))
  })
  app.get('/requests', (c) => c.json(counts.read()))
  app.delete('/requests', (c) => {
    counts.reset()
    return c.body(null, 204)
  })
  app.get('/mails', (c) => c.json(smtp.mails()))
  app.delete('/mails', (c) => {
    smtp.clear()
    return c.body(null, 204)
  })
  return app
}
