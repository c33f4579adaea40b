import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { meta } from '../../../functions/sync-meta/connector.ts'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { Connector } from '../../../shared/sync/connector.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { SECRETS, useRoundTrips } from '../../support/round-trip.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
const cloud = useCloud()
const trips = useRoundTrips(cloud)

type Place = TestTenant & { person: SignedIn }
let acme: Place
let globex: Place
const shops = trips.stores.map((store) => store.shopify.domain)
const accounts = trips.stores.flatMap((store) => (store.meta ? [store.meta.account_id] : []))
const [shop = '', otherShop = '', thirdShop = ''] = shops
const [account = '', otherAccount = ''] = accounts

async function arrange(name: string): Promise<Place> {
  const tenant = await createTenant(name)
  await asSystem(tenant.tenantId, () => transaction(addTenantKey))
  return { ...tenant, person: await signIn(tenant.tenantId, 'manager') }
}

beforeAll(async () => {
  acme = await arrange('acme-of-oauth')
  globex = await arrange('globex-of-oauth')
})

type Row = Record<string, unknown> & { integration_id: string }
const rowOf = async (integrationId: string | undefined): Promise<Row> => {
  const [row] = await database.asAdmin<Row>('select * from integrations where integration_id = $1', [integrationId])
  if (!row) throw new Error('no such integration')
  return row
}
const connectedFacts = (integrationId: string | undefined) =>
  database.asAdmin(
    `select tenant_id, user_id, brand_id from observability_events
     where event_type = 'integration.connected' and metadata->>'integration_id' = $1`,
    [integrationId],
  )
const shopOf = (place: Place, domain = shop) => ({ brand_id: place.brandId, platform: 'shopify', shop: domain })
const metaOf = (place: Place, account_id?: string) => ({
  brand_id: place.brandId,
  platform: 'meta',
  ...(account_id && { account_id }),
})
/** Where each provider asks the person, and where it gives a token for a code. */
const OPERATIONS = {
  shopify: { asks: 'authorize', gives: 'access_token' },
  meta: { asks: 'oauth', gives: 'access_token' },
  'google-ads': { asks: 'auth', gives: 'token' },
} as const
type Platform = keyof typeof OPERATIONS
const PLATFORMS = Object.keys(OPERATIONS) as Platform[] // its own keys
const bodyOf = (place: Place, platform: Platform) =>
  platform === 'shopify' ? shopOf(place) : { brand_id: place.brandId, platform }
const begin = (place: Place, body: object = shopOf(place)) => trips.begin(place.person.token, body)
const connect = (place: Place, body: object = shopOf(place)) => trips.connect(place.person.token, body)

/** The callback's URL with other parameters, signed anew as Shopify would. */
function signedAnew(callbackUrl: string, changes: Record<string, string>): string {
  const url = new URL(callbackUrl)
  url.searchParams.delete('hmac')
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value)
  const message = [...url.searchParams]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')
  url.searchParams.set('hmac', createHmac('sha256', SECRETS.shopify).update(message).digest('hex'))
  return url.href
}

async function sync(connector: Connector, place: Place, integrationId: string): Promise<void> {
  const { next_due_at } = await rowOf(integrationId)
  const due_at = (next_due_at as Date).toISOString()
  const type = `sync.requested.${connector.provider}` as const
  const event = { id: integrationId, type, time: new Date(), data: { integration_id: integrationId, due_at } }
  await asSystem(place.tenantId, () => syncConnection(connector, event as never, { mustStop: () => false })) // as Pub/Sub delivers it
}

describe('a round trip', () => {
  it('connects a shop, whose token then syncs it', async () => {
    const before = Date.now()
    const { connected, ...rest } = await connect(acme)
    expect(rest).toEqual({})
    const row = await rowOf(connected)
    expect(row).toMatchObject({
      tenant_id: acme.tenantId,
      brand_id: acme.brandId,
      platform: 'shopify',
      account_id: shop,
      status: 'active',
      account_name: trips.stores[0]?.shopify.shop.name,
    })
    expect((row.next_due_at as Date).getTime()).toBeLessThanOrEqual(Date.now())
    expect((row.token_expires_at as Date).getTime()).toBeGreaterThan(before + 3_590_000)
    expect(String(row.access_token_encrypted)).not.toContain('shpat_')
    expect(await connectedFacts(connected)).toEqual([
      { tenant_id: acme.tenantId, user_id: acme.person.userId, brand_id: acme.brandId },
    ])
    await sync(shopify, acme, row.integration_id)
    expect(await rowOf(connected)).toMatchObject({
      status: 'active',
      sync_error_code: null,
      last_synced_at: expect.any(Date),
    })
    const [{ count } = { count: '0' }] = await database.asAdmin<{ count: bigint }>(
      'select count(*) from orders where tenant_id = $1',
      [acme.tenantId],
    )
    expect(Number(count)).toBeGreaterThan(10)
  })

  it('connects the ad account that no other brand has, or the one named, for sixty days', async () => {
    const { connected: first } = await connect(acme, metaOf(acme))
    expect(await rowOf(first)).toMatchObject({ account_id: account, status: 'active' })
    const { connected: named } = await connect(acme, metaOf(acme, otherAccount))
    expect(await rowOf(named)).toMatchObject({ account_id: otherAccount })
    const expires = ((await rowOf(first)).token_expires_at as Date).getTime()
    expect(Math.round((expires - Date.now()) / 86_400_000)).toBe(60)
    await sync(meta, acme, String(first))
    expect(await rowOf(first)).toMatchObject({ sync_error_code: null, last_synced_at: expect.any(Date) })
    expect(await connect(acme, metaOf(acme))).toEqual({ connected: first })
    expect(await connect(acme, metaOf(acme, '999999'))).toEqual({ error: 'PROVIDER_PERMISSION' })
  })

  it('connects the same shop for two tenants, each with its own token', async () => {
    const { connected } = await connect(globex)
    const row = await rowOf(connected)
    expect(row).toMatchObject({ tenant_id: globex.tenantId, account_id: shop })
    await sync(shopify, globex, row.integration_id)
    expect(await rowOf(connected)).toMatchObject({ sync_error_code: null, last_synced_at: expect.any(Date) })
  })

  it('sets a cookie that scripts cannot read and answers nothing secret', async () => {
    const answer = await trips.api('/api/integrations/connect', { token: acme.person.token, body: shopOf(acme) })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^pp_oauth_[0-9a-f-]{36}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax(, |$)/,
    )
    expect(Object.keys(answer.body as object).sort()).toEqual(['authorize_url', 'expires_at'])
    const [stored] = await database.asAdmin('select * from oauth_states order by created_at desc limit 1')
    const state = new URL((answer.body as { authorize_url: string }).authorize_url).searchParams.get('state') ?? ''
    const cookie = /=([\w-]{43});/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''
    for (const secret of [state.slice(-43), cookie]) expect(JSON.stringify(stored)).not.toContain(secret)
  })
})

describe('a callback is refused, and nothing is asked of the provider,', () => {
  const refused = async (
    change: (callback: string) => string | Promise<string>,
    { place = acme, body, cookie }: { place?: Place; body?: object; cookie?: (own: string) => string } = {},
  ) => {
    const begun = await begin(place, body)
    const callback = await change(await trips.consent(begun))
    await trips.requests()
    const outcome = await trips.arrive(callback, cookie ? cookie(begun.cookie) : begun.cookie)
    expect(JSON.stringify(await trips.requests())).not.toContain('access_token')
    return outcome
  }
  const withState = (make: (state: string) => string) => (callback: string) =>
    signedAnew(callback, { state: make(new URL(callback).searchParams.get('state') ?? '') })

  it.each([
    ['that is nonsense', () => 'x'],
    ['that is empty', () => ''],
    ['whose secret is altered', (state: string) => `${state.slice(0, -1)}${state.endsWith('A') ? 'B' : 'A'}`],
    ['of a tenant that is none', (state: string) => state.replace(/^[^_]+/, '00000000-0000-7000-8000-0000000000ff')],
    ['of another tenant', (state: string) => state.replace(/^[^_]+/, globex.tenantId)],
  ])('with a state %s', async (_, make) => {
    expect(await refused(withState(make))).toEqual({ error: 'OAUTH_STATE_INVALID' })
  })

  it('with a state of another platform', async () => {
    const outcome = await refused((callback) => callback.replace('/oauth/shopify/', '/oauth/meta/'))
    expect(outcome).toEqual({ error: 'OAUTH_STATE_INVALID' })
    expect(await refused((callback) => callback.replace('/oauth/shopify/', '/oauth/nobody/'))).toEqual(outcome)
  })

  it('with a parameter given twice', async () => {
    expect(await refused((callback) => `${callback}&shop=evil.myshopify.com`)).toEqual({ error: 'OAUTH_STATE_INVALID' })
  })

  it('after ten minutes', async () => {
    const late = async (callback: string) => {
      await database.asAdmin(`update oauth_states set expires_at = now() - interval '1 second' where used_at is null`)
      return callback
    }
    expect(await refused(late)).toEqual({ error: 'OAUTH_STATE_EXPIRED' })
  })

  it.each([
    ['without the cookie', () => ''],
    ['with an altered cookie', (own: string) => `${own.slice(0, -2)}zz`],
    ["with another round trip's cookie value", (own: string) => `${own.split('=')[0]}=${'A'.repeat(43)}`],
  ])('in another browser: %s', async (_, cookie) => {
    expect(await refused((callback) => callback, { cookie })).toEqual({ error: 'OAUTH_OTHER_BROWSER' })
  })

  it.each([
    ['without a signature', (callback: string) => callback.replace(/&hmac=\w+/, '')],
    ['with an altered code', (callback: string) => callback.replace(/code=\w/, 'code=0x')],
    ['with a parameter more', (callback: string) => `${callback}&more=1`],
    ['for another shop, signed', (callback: string) => signedAnew(callback, { shop: otherShop })],
    ['for what is no shop, signed', (callback: string) => signedAnew(callback, { shop: `${shop}.evil.tld` })],
    ['signed long ago', (callback: string) => signedAnew(callback, { timestamp: '1700000000' })],
    ['signed without a time', (callback: string) => signedAnew(callback, { timestamp: '' })],
  ])('%s', async (_, change) => {
    expect(await refused(change)).toEqual({ error: 'OAUTH_SIGNATURE_INVALID' })
  })

  it('for who lost the role, was deactivated, or whose company was suspended since', async () => {
    const place = await arrange('lost-of-oauth')
    const changed = (statement: string, id: string) => async (callback: string) => {
      await database.asAdmin(statement, [id])
      return callback
    }
    const { userId } = place.person
    expect(await refused(changed(`update users set role = 'analyst' where user_id = $1`, userId), { place })).toEqual({
      error: 'FORBIDDEN',
    })
    const second: Place = { ...place, person: await signIn(place.tenantId, 'admin') }
    const off = changed('update users set is_active = false where user_id = $1', second.person.userId)
    expect(await refused(off, { place: second })).toEqual({ error: 'FORBIDDEN' })
    const third: Place = { ...place, person: await signIn(place.tenantId, 'admin') }
    const suspended = changed(`update tenants set status = 'suspended' where id = $1`, place.tenantId)
    expect(await refused(suspended, { place: third })).toEqual({ error: 'TENANT_INACTIVE' })
  })

  it.each(PLATFORMS)('when the person declines at %s', async (platform) => {
    await trips.fault(platform, OPERATIONS[platform].asks, { kind: 'denied' })
    const body = bodyOf(acme, platform)
    expect(await refused((callback) => callback, { body })).toEqual({ error: 'OAUTH_DENIED' })
  })

  it('as a HEAD request, which uses nothing up', async () => {
    const begun = await begin(acme)
    const callback = await trips.consent(begun)
    const head = await fetch(callback, { method: 'HEAD', redirect: 'manual', headers: { cookie: begun.cookie } })
    expect(head.status).toBe(405)
    expect(await trips.arrive(callback, begun.cookie)).toHaveProperty('connected')
  })
})

describe('what the provider gives is not taken on trust', () => {
  it.each(PLATFORMS)('%s: a scope that was not granted', async (platform) => {
    await trips.fault(platform, OPERATIONS[platform].asks, { kind: 'missing_scopes' })
    expect(await connect(acme, bodyOf(acme, platform))).toEqual({ error: 'PROVIDER_PERMISSION' })
  })

  it.each([
    ['shopify', { kind: 'used_code' }, 'PROVIDER_REJECTED'],
    ['meta', { kind: 'used_code' }, 'PROVIDER_REJECTED'],
    ['google-ads', { kind: 'used_code' }, 'PROVIDER_REJECTED'],
    ['google-ads', { kind: 'status', code: 401, body: { error: 'invalid_client' } }, 'PROVIDER_REJECTED'],
    ['shopify', { kind: 'status', code: 500 }, 'PROVIDER_UNAVAILABLE'],
    ['meta', { kind: 'status', code: 500 }, 'PROVIDER_UNAVAILABLE'],
    ['shopify', { kind: 'html_200' }, 'PROVIDER_BAD_RESPONSE'],
    ['meta', { kind: 'truncated_json' }, 'PROVIDER_BAD_RESPONSE'],
    ['shopify', { kind: 'huge_body', bytes: 5_000_000 }, 'PROVIDER_BAD_RESPONSE'],
    [
      'shopify',
      { kind: 'status', code: 302, headers: { location: 'http://169.254.169.254/' } },
      'PROVIDER_UNAVAILABLE',
    ],
  ] as const)('%s: %j at the exchange', async (platform, kind, error) => {
    await trips.fault(platform, OPERATIONS[platform].gives, kind)
    expect(await connect(acme, bodyOf(acme, platform))).toEqual({ error })
  })
})

describe('a state works once', () => {
  it('is refused when it is replayed, also with a new code', async () => {
    const begun = await begin(acme)
    const callback = await trips.consent(begun)
    expect(await trips.arrive(callback, begun.cookie)).toHaveProperty('connected')
    expect(await trips.arrive(callback, begun.cookie)).toEqual({ error: 'OAUTH_STATE_USED' })
    expect(await trips.arrive(await trips.consent(begun), begun.cookie)).toEqual({ error: 'OAUTH_STATE_USED' })
  })

  it('connects once when two callbacks with good codes come at once', async () => {
    const begun = await begin(acme, shopOf(acme, thirdShop))
    const callbacks = [await trips.consent(begun), await trips.consent(begun)]
    // Both are past the checks before either has its token.
    await trips.fault('shopify', 'access_token', { kind: 'slow_body', ms: 500 }, 2)
    const outcomes = await Promise.all(callbacks.map((callback) => trips.arrive(callback, begun.cookie)))
    expect(outcomes.map((outcome) => Object.keys(outcome)[0]).sort()).toEqual(['connected', 'error'])
    expect(outcomes).toContainEqual({ error: 'OAUTH_STATE_USED' })
    expect(await connectedFacts(outcomes.find(({ connected }) => connected)?.connected)).toHaveLength(1)
  })
})

describe('an account has one brand in a tenant', () => {
  it('is refused to a second brand at once and at the callback, and moves when the first lets it go', async () => {
    const place = await arrange('brands-of-oauth')
    const rival: Place = { ...place, brandId: await secondBrand(place) }
    const late = await begin(rival)
    const { connected } = await connect(place)
    expect(
      await trips.api('/api/integrations/connect', { token: place.person.token, body: shopOf(rival) }),
    ).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFLICT', message: expect.stringContaining('brands-of-oauth brand') } },
    })
    expect(await trips.arrive(await trips.consent(late), late.cookie)).toEqual({ error: 'CONFLICT' })
    await sync(shopify, place, String(connected))
    await trips.api(`/api/integrations/${connected}/disconnect`, { token: place.person.token, body: {} })
    expect(await connect(rival)).toEqual({ connected })
    expect(await rowOf(connected)).toMatchObject({ brand_id: rival.brandId, status: 'active' })
    expect(await database.asAdmin('select stream from sync_state where integration_id = $1', [connected])).toEqual([])
  })

  async function secondBrand({ tenantId }: Place): Promise<string> {
    const [row] = await database.asAdmin<{ brand_id: string }>(
      `insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
       values ($1, gen_random_uuid(), 'second', 'UTC', 'USD', now()) returning brand_id`,
      [tenantId],
    )
    return row?.brand_id ?? ''
  }
})

it('writes no secret into logs, facts, telemetry or messages', async () => {
  const lines: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  const seen: string[] = []
  try {
    for (const body of PLATFORMS.map((platform) => bodyOf(acme, platform))) {
      const begun = await begin(acme, body)
      const callback = await trips.consent(begun)
      const { searchParams } = new URL(callback)
      await trips.arrive(callback, '')
      await trips.arrive(callback, begun.cookie)
      await trips.arrive(callback, begun.cookie)
      seen.push(searchParams.get('code') ?? '', (searchParams.get('state') ?? '').slice(-43))
      seen.push(begun.cookie.split('=')[1] ?? '')
    }
    await trips.fault('meta', 'access_token', { kind: 'used_code' })
    await connect(acme, metaOf(acme))
  } finally {
    write.mockRestore()
  }
  expect(lines.join('')).toContain('OAUTH_STATE_USED')
  const kept = await database.asAdmin(
    `select row_to_json(e)::text as text from observability_events e union all select row_to_json(o)::text from outbox o
     union all select row_to_json(s)::text from oauth_states s union all select row_to_json(i)::text from integrations i`,
  )
  const everything = `${lines.join('')}${JSON.stringify(kept)}`
  for (const secret of [...seen, ...Object.values(SECRETS), 'shpat_', 'shprt_', 'EAAB', 'ya29.']) {
    expect(secret.length).toBeGreaterThan(3)
    expect(everything).not.toContain(secret)
  }
})
