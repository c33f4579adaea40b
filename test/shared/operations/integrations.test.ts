import { v7 as uuidv7 } from 'uuid'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { takeLease } from '../../../shared/sync/lease.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { useRoundTrips } from '../../support/round-trip.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const database = useDatabase()
const trips = useRoundTrips(useCloud())
const [first, second, third] = trips.stores
const shopAt = (store = first): string => store?.shopify.domain ?? ''

type Place = { tenantId: string; brandId: string; token: string }
async function arrange(name: string): Promise<Place> {
  const { tenantId, brandId } = await createTenant(name)
  await asSystem(tenantId, () => transaction(addTenantKey))
  await database.asAdmin('delete from integrations where tenant_id = $1', [tenantId])
  return { tenantId, brandId, token: (await signIn(tenantId, 'manager')).token }
}
const connectShop = async ({ token, brandId }: Place, shop: string): Promise<string> => {
  const { connected } = await trips.connect(token, { brand_id: brandId, platform: 'shopify', shop })
  if (!connected) throw new Error('not connected')
  return connected
}
const post = ({ token }: Place, path: string, body: object = {}) => trips.api(path, { token, body })
const rowOf = async (id: string) =>
  (await database.asAdmin('select * from integrations where integration_id = $1', [id]))[0] ?? {}
const factsOf = (id: string, type: string) =>
  database.asAdmin<{ metadata: Record<string, unknown>; brand_id: string }>(
    `select metadata, brand_id from observability_events where event_type = $2 and metadata->>'integration_id' = $1`,
    [id, type],
  )
const removals = async () => (await trips.requests()).shopify?.['current.json'] ?? 0

let acme: Place
beforeAll(async () => {
  acme = await arrange('acme-of-integrations')
})
beforeEach(() => {
  trips.time.aheadMs = 0
})

describe('integrations', () => {
  it('are listed and shown with their state, never with a token', async () => {
    const id = await connectShop(acme, shopAt())
    const { body } = await trips.api(`/api/integrations/${id}`, { token: acme.token })
    expect(body).toMatchObject({
      integration: {
        id,
        brand_id: acme.brandId,
        platform: 'shopify',
        account_id: shopAt(),
        status: 'active',
        error: null,
      },
    })
    const listed = await trips.api(`/api/integrations?brand_id=${acme.brandId}&limit=1`, { token: acme.token })
    expect(listed.body).toEqual({ integrations: [(body as { integration: object }).integration], next_cursor: null })
    expect(JSON.stringify([body, listed.body])).not.toMatch(/token_encrypted|shpat|eyJ/)
  })

  it.each([
    ['no shop', { platform: 'shopify' }, 'shop'],
    ['an address', { platform: 'shopify', shop: '169.254.169.254' }, 'shop'],
    ['a longer domain', { platform: 'shopify', shop: 'a.myshopify.com.evil.tld' }, 'shop'],
    ['a shop for Meta', { platform: 'meta', shop: 'a.myshopify.com' }, 'shop'],
    ['an account of a shop', { platform: 'shopify', shop: 'a.myshopify.com', account_id: '1' }, 'account_id'],
    ['an unknown platform', { platform: 'myspace' }, 'platform'],
  ])('are not begun with %s', async (_, given, field) => {
    const answer = await post(acme, '/api/integrations/connect', { brand_id: acme.brandId, ...given })
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { details: { fields: { [field]: expect.anything() } } } },
    })
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  it("are not begun for another tenant's brand", async () => {
    const other = await arrange('other-of-integrations')
    const asked = { brand_id: other.brandId, platform: 'meta' }
    expect(await post(acme, '/api/integrations/connect', asked)).toMatchObject({ status: 404 })
  })
})

describe('testing one', () => {
  it('says that it works, and what is wrong when it does not', async () => {
    const id = await connectShop(acme, shopAt())
    const test = () => post(acme, `/api/integrations/${id}/test`)
    expect(await test()).toMatchObject({ status: 200, body: { ok: true, code: 'OK' } })
    await trips.fault('shopify', 'shop', { kind: 'status', code: 503 })
    expect(await test()).toMatchObject({ status: 200, body: { ok: false, code: 'PROVIDER_UNAVAILABLE' } })
    expect(await rowOf(id)).toMatchObject({ status: 'active' })
    await trips.fault('shopify', 'shop', { kind: 'status', code: 401 }, 2)
    expect(await test()).toMatchObject({ status: 200, body: { ok: false, code: 'PROVIDER_AUTH' } })
    await test()
    expect(await rowOf(id)).toMatchObject({ status: 'needs_reauth', sync_error_code: 'PROVIDER_AUTH' })
    expect(await factsOf(id, 'integration.needs_reauth')).toHaveLength(1)
    expect(await connectShop(acme, shopAt())).toBe(id)
    expect(await rowOf(id)).toMatchObject({ status: 'active', sync_error_code: null })
  })
})

describe('disconnecting one', () => {
  it('destroys the tokens, fences off the sync under way, removes the app, and is recorded once', async () => {
    const id = await connectShop(acme, shopAt(second))
    const leased = await asSystem(acme.tenantId, () =>
      transaction((db) => takeLease(db, { integrationId: id, runId: uuidv7(), givesWay: false })),
    )
    const fence = 'lease' in leased ? leased.lease.fence : 0n
    await removals()
    const gone = await post(acme, `/api/integrations/${id}/disconnect`, { reason: 'The shop was sold.' })
    expect(gone).toMatchObject({ status: 200, body: { integration: { id, status: 'disconnected' } } })
    await post(acme, `/api/integrations/${id}/disconnect`)
    expect(await rowOf(id)).toMatchObject({
      access_token_encrypted: null,
      refresh_token_encrypted: null,
      token_expires_at: null,
      lease_fence: String(fence + 1n),
      lease_until: null,
    })
    expect(await factsOf(id, 'integration.disconnected')).toEqual([
      { metadata: { integration_id: id, platform: 'shopify', reason: 'The shop was sold.' }, brand_id: acme.brandId },
    ])
    expect(await removals()).toBe(1)
    expect(await post(acme, `/api/integrations/${id}/test`)).toMatchObject({
      body: { ok: false, code: 'PROVIDER_AUTH' },
    })
    expect(await rowOf(id)).toMatchObject({ status: 'disconnected' })
    expect(await connectShop(acme, shopAt(second))).toBe(id)
    expect(await post(acme, `/api/integrations/${id}/test`)).toMatchObject({ body: { ok: true } })
    expect(await factsOf(id, 'integration.connected')).toHaveLength(2)
  })

  it('leaves the app in the shop while another tenant uses it', async () => {
    const other = await arrange('sharing-of-integrations')
    const [ours, theirs] = [await connectShop(acme, shopAt(third)), await connectShop(other, shopAt(third))]
    await removals()
    await post(acme, `/api/integrations/${ours}/disconnect`)
    expect(await removals()).toBe(0)
    expect(await post(other, `/api/integrations/${theirs}/test`)).toMatchObject({ body: { ok: true } })
  })

  it('is done although the provider fails', async () => {
    const id = await connectShop(acme, shopAt(second))
    await trips.fault('shopify', 'current.json', { kind: 'status', code: 500 })
    expect(await post(acme, `/api/integrations/${id}/disconnect`)).toMatchObject({ status: 200 })
    expect(await rowOf(id)).toMatchObject({ access_token_encrypted: null })
  })
})

describe('a token that ends', () => {
  const sync = (place: Place, id: string) =>
    asSystem(place.tenantId, () =>
      syncConnection(
        shopify,
        {
          id,
          type: 'sync.requested.shopify',
          time: new Date(),
          data: { integration_id: id, due_at: new Date().toISOString() },
        } as never, // as Pub/Sub delivers it
        { mustStop: () => false },
      ),
    )
  /** As if the token had been stored so many minutes earlier, here and at the provider. */
  async function later(id: string, minutes: number): Promise<void> {
    trips.time.aheadMs = minutes * 60_000
    await database.asAdmin(
      `update integrations set token_expires_at = token_expires_at - make_interval(mins => $2) where integration_id = $1`,
      [id, minutes],
    )
  }

  it('is renewed by the next sync, once, and both new tokens are kept', async () => {
    const place = await arrange('renewing-of-integrations')
    const id = await connectShop(place, shopAt())
    const before = await rowOf(id)
    await later(id, 70)
    await trips.requests()
    await sync(place, id)
    const after = await rowOf(id)
    expect((await trips.requests()).shopify?.access_token).toBe(1)
    expect(after).toMatchObject({ status: 'active', sync_error_code: null, last_synced_at: expect.any(Date) })
    expect(after.access_token_encrypted).not.toBe(before.access_token_encrypted)
    expect(after.refresh_token_encrypted).not.toBe(before.refresh_token_encrypted)
    expect((after.token_expires_at as Date).getTime()).toBeGreaterThan(Date.now() + 3_500_000)
  })

  it('is good for two tests at once', async () => {
    const place = await arrange('twice-of-integrations')
    const id = await connectShop(place, shopAt())
    await later(id, 70)
    // Both ask before either has stored what it got.
    await trips.fault('shopify', 'access_token', { kind: 'slow_body', ms: 500 }, 2)
    const answers = await Promise.all([1, 2].map(() => post(place, `/api/integrations/${id}/test`)))
    expect(answers.map(({ body }) => (body as { ok: boolean }).ok)).toEqual([true, true])
  })

  it('needs a person when the provider no longer renews it, and not when it only fails for a moment', async () => {
    const place = await arrange('refusing-of-integrations')
    const id = await connectShop(place, shopAt())
    await later(id, 55)
    await trips.fault('shopify', 'access_token', { kind: 'status', code: 500 })
    await sync(place, id)
    expect(await rowOf(id)).toMatchObject({ status: 'active', sync_error_code: null })
    await trips.fault('shopify', 'access_token', { kind: 'status', code: 400, body: { error: 'invalid_grant' } })
    await sync(place, id)
    expect(await rowOf(id)).toMatchObject({ status: 'needs_reauth', sync_error_code: 'PROVIDER_AUTH' })
  })
})
