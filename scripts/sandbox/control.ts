import { Hono } from 'hono'
import { type AnthropicSandbox, Behaviour } from './anthropic.ts'
import { Fault, type Faults } from './faults.ts'
import { type AdvertisingStore, advertises } from './google-ads/accounts.ts'
import { tokensOf } from './google-ads/tokens.ts'
import type { RequestCounts } from './requests.ts'
import { sendWebhook, Webhook } from './shopify/webhooks.ts'
import type { SmtpSandbox } from './smtp.ts'
import type { Store, World } from './world.ts'

/** What an onboarding would store of each account of the brand; tokens that end say when. */
function connectionsOf(world: World, store: Store): object[] {
  const { shopify, meta, tiktok, brand } = store
  const offered = [
    { provider: 'shopify', account_id: shopify.domain, account_name: brand, credentials: tokenIn(shopify) },
    meta && {
      provider: 'meta',
      account_id: meta.account_id,
      account_name: nameIn(meta.account.name, brand),
      credentials: tokenIn(meta),
    },
    advertises(store) ? googleAdsConnection(world, store) : null,
    tiktok && {
      provider: 'tiktok',
      account_id: tiktok.advertiser_id,
      account_name: nameIn(tiktok.advertiser.name, brand),
      credentials: tokenIn(tiktok),
    },
  ]
  return offered.filter((connection) => connection !== null)
}

const tokenIn = ({ access_token }: { access_token: string }) => ({ access_token })

function googleAdsConnection(world: World, store: AdvertisingStore): object {
  const { customer_id, customer } = store.google_ads
  const { expires_at, ...credentials } = tokensOf(world, store)
  return {
    provider: 'google-ads',
    account_id: customer_id,
    account_name: nameIn(customer.descriptiveName, store.brand),
    credentials,
    token_expires_at: expires_at,
  }
}

const nameIn = (name: unknown, brand: string): string => (typeof name === 'string' ? name : brand)

type Controlled = { faults: Faults; counts: RequestCounts; smtp: SmtpSandbox; anthropic: AnthropicSandbox }

/** What tests and the local start ask of the sandbox itself; no provider has these. */
export function control(world: World, { faults, counts, smtp, anthropic }: Controlled): Hono {
  const app = new Hono()
  app.get('/stores', (c) =>
    c.json(
      world.stores.map((store) => ({
        tenant: store.tenant,
        brand: store.brand,
        currency: store.currency,
        time_zone: store.time_zone,
        connections: connectionsOf(world, store),
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
  app.post('/anthropic', async (c) => {
    const behaviour = Behaviour.safeParse(await c.req.json())
    if (!behaviour.success) return c.json({ error: behaviour.error.issues }, 400)
    anthropic.behave(behaviour.data)
    return c.body(null, 204)
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
