import { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { UNIT_APP } from '../../../scripts/sandbox/oauth.ts'
import { shopifySandbox } from '../../../scripts/sandbox/shopify/app.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { sql } from '../../../shared/db/sql.ts'
import { addTenantKey, tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { shopify } from '../../../shared/oauth/shopify.ts'
import { type Connector, connector, DAY_MS, MINUTE_MS } from '../../../shared/sync/connector.ts'
import { openCredentials, type StoredCredentials, sealCredentials } from '../../../shared/sync/credentials.ts'
import { withFreshToken } from '../../../shared/sync/fresh-token.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { requested } from '../../flow/scripted.ts'
import { listening } from '../../sandbox/listening.ts'
import { DOMAIN, unitStore } from '../../sandbox/shopify-world.ts'
import { setSecret, useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { order } from '../../support/rows.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

const APP = { clientId: UNIT_APP.client_id, clientSecret: UNIT_APP.client_secret }
const HOUR_MS = 60 * MINUTE_MS
const PAGES = 3
const Tokens = z.object({ access_token: z.string(), refresh_token: z.string() })
type Held = StoredCredentials & {
  integration_id: string
  platform: string
  account_id: string
  token_expires_at: Date | null
}

let tenant: TestTenant
let counter = 0
let aheadMs = 0
let renewals = 0
let asked: number[] = []
let beforePage: (at: number) => Promise<void> | void = () => {}

/** Asks the sandbox's shop before each page whether it takes the token. */
const shop = connector({
  provider: 'shopify',
  credentials: Tokens,
  client: ({ access_token }) => access_token,
  streams: [
    {
      name: 'orders',
      cursor: 'updated_at',
      lookback: { hourlyMs: 15 * MINUTE_MS, dailyMs: DAY_MS },
      historyMs: null,
      read: async function* (token, { resume }) {
        for (let at = Number(resume ?? 0); at < PAGES; at += 1) {
          await beforePage(at)
          await shopify.accounts(token, DOMAIN)
          asked.push(at)
          // As many as a commit takes, so that each page is one.
          const orders = Array.from({ length: 250 }, (_, n) => order(`${at}-${n}`))
          yield { rows: { orders }, count: 250, resume: at + 1 < PAGES ? at + 1 : null, position: null }
        }
      },
    },
  ],
}) as unknown as Connector // its stream reads with the client it made itself

const run = () =>
  asSystem(tenant.tenantId, () =>
    syncConnection(shop, requested(tenant, new Date().toISOString()), { mustStop: () => false }),
  )
const stored = async (): Promise<Held & { status: string }> => {
  const [row] = await database.asAdmin<Held & { status: string }>(
    'select * from integrations where integration_id = $1',
    [tenant.integrationId],
  )
  if (!row) throw new Error('the connection is gone')
  return row
}
const opened = (held: Held) =>
  asSystem(tenant.tenantId, () => transaction(async (db) => openCredentials(await tenantKeys(db), held, Tokens)))
const factsOf = async (type: string) =>
  await database.asAdmin('select 1 from observability_events where tenant_id = $1 and event_type = $2', [
    tenant.tenantId,
    type,
  ])

/** Serves one shop whose clock can be put on, and a connection to it as its OAuth round trip leaves it. */
beforeEach(async () => {
  counter += 1
  aheadMs = 0
  renewals = 0
  asked = []
  beforePage = () => {}
  const sandbox = shopifySandbox({ now: () => new Date(Date.now() + aheadMs), stores: [unitStore({})] })
  const app = new Hono()
  app.all('*', async (c) => {
    if (c.req.method === 'POST' && (await c.req.raw.clone().text()).includes('grant_type=refresh_token')) renewals += 1
    return sandbox.fetch(c.req.raw)
  })
  const origin = await listening(app)
  process.env.SHOPIFY_URL = `${origin}/{shop}`
  forgetConfig()
  await setSecret(process.env.CLOUD_ENDPOINT ?? '', 'SHOPIFY_CLIENT_SECRET', UNIT_APP.client_secret)
  const query = new URLSearchParams({
    client_id: APP.clientId,
    redirect_uri: 'https://app.example.com/',
    scope: 'read_orders',
  })
  const consent = await fetch(`${origin}/${DOMAIN}/admin/oauth/authorize?${query}`, { redirect: 'manual' })
  const code = new URL(consent.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const grant = await shopify.exchange({ code, redirectUri: '', verifier: null, shop: DOMAIN }, APP)
  tenant = await createTenant(`tokens-${counter}`, { accountId: DOMAIN })
  await asSystem(tenant.tenantId, () =>
    transaction(async (db) => {
      await addTenantKey(db)
      const plain = { access_token: grant.access_token, refresh_token: grant.refresh_token ?? '' }
      const sealed = await sealCredentials(await tenantKeys(db), tenant.integrationId, plain)
      await db.query(sql`update integrations set access_token_encrypted = ${sealed.access_token_encrypted},
        refresh_token_encrypted = ${sealed.refresh_token_encrypted}, token_expires_at = ${grant.expires_at}`)
    }),
  )
})

describe('a token that ends', () => {
  it('in mid-sync is renewed once; both new tokens are stored and reading goes on after the last committed page', async () => {
    const before = await opened(await stored())
    beforePage = (at) => {
      if (at === 1 && renewals === 0) aheadMs = HOUR_MS
    }
    await run()
    const after = await stored()
    expect({ renewals, asked, status: after.status }).toEqual({ renewals: 1, asked: [0, 1, 2], status: 'active' })
    const plain = await opened(after)
    expect(plain.access_token).not.toBe(before.access_token)
    expect(plain.refresh_token).not.toBe(before.refresh_token)
    expect(await factsOf('data.sync_completed')).toHaveLength(1)
  })

  it('and was renewed by a worker that died before it stored the new one is renewed again', async () => {
    const { refresh_token } = await opened(await stored())
    await shopify.renewal?.renew({ access_token: '', refresh_token, account_id: DOMAIN }, APP)
    aheadMs = HOUR_MS
    await run()
    expect({ asked, status: (await stored()).status }).toEqual({ asked: [0, 1, 2], status: 'active' })
  })

  it('and is renewed by two at once is one token in the end, which both use', async () => {
    const held = await stored()
    const ending = { ...held, token_expires_at: new Date() }
    const both = await asSystem(tenant.tenantId, () => Promise.all([withFreshToken(ending), withFreshToken(ending)]))
    const plain = await Promise.all([...both, await stored()].map(opened))
    expect(new Set(plain.map(({ access_token }) => access_token)).size).toBe(1)
    expect(plain[0]?.access_token).not.toBe((await opened(held)).access_token)
  })

  it('is not lost when it was closed under another key while it was being renewed', async () => {
    const held = await stored()
    await asSystem(tenant.tenantId, () =>
      transaction(async (db) => {
        const sealed = await sealCredentials(await tenantKeys(db), tenant.integrationId, await opened(held))
        await db.query(sql`update integrations set access_token_encrypted = ${sealed.access_token_encrypted}`)
      }),
    )
    const fresh = await asSystem(tenant.tenantId, () => withFreshToken({ ...held, token_expires_at: new Date() }))
    expect((await opened(await stored())).refresh_token).toBe((await opened(fresh)).refresh_token)
    expect((await opened(fresh)).access_token).not.toBe((await opened(held)).access_token)
  })
})

describe('a connection needs a person', () => {
  it('when the shop has removed the app', async () => {
    const { access_token } = await opened(await stored())
    beforePage = async (at) => {
      if (at === 1 && renewals === 0) await shopify.revoke?.(access_token, DOMAIN)
    }
    await run()
    expect({ renewals, asked, status: (await stored()).status }).toEqual({
      renewals: 1,
      asked: [0],
      status: 'needs_reauth',
    })
    expect(await factsOf('integration.needs_reauth')).toHaveLength(1)
  })

  it('when a token is refused that has just been renewed', async () => {
    beforePage = () => {
      throw new AppError('PROVIDER_AUTH', 'Shopify does not accept the access token.')
    }
    await run()
    expect({ renewals, status: (await stored()).status }).toEqual({ renewals: 1, status: 'needs_reauth' })
    expect(await factsOf('integration.needs_reauth')).toHaveLength(1)
  })
})
