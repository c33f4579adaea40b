import { expect, it } from 'vitest'
import { metaSandbox } from '../../scripts/sandbox/meta.ts'
import { UNIT_APP } from '../../scripts/sandbox/oauth.ts'
import { shopifySandbox } from '../../scripts/sandbox/shopify/app.ts'
import { account, worldOf } from './meta-world.ts'
import { DOMAIN, unitStore } from './shopify-world.ts'

const BACK = 'https://app.example.com/callback'
// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its question
const json = async (response: Response | Promise<Response>): Promise<any> => (await response).json()
const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })
const authorize = (scope: string) =>
  new URLSearchParams({ client_id: UNIT_APP.client_id, redirect_uri: BACK, scope, state: 's' })
const codeOf = (response: Response) => new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? ''

it('a shop’s tokens end, rotate, and survive a restart; a refresh token works again until its successor is used', async () => {
  const clock = { now: Date.UTC(2026, 10, 20) }
  const start = () => shopifySandbox({ now: () => new Date(clock.now), stores: [unitStore({})] })
  const app = start()
  const exchange = (fields: Record<string, string>, by = app) =>
    by.request(`/${DOMAIN}/admin/oauth/access_token`, form({ ...UNIT_APP, ...fields }))
  const status = async (token: string, by = app) =>
    (
      await by.request(`/${DOMAIN}/admin/api/2026-10/graphql.json`, {
        method: 'POST',
        headers: { 'X-Shopify-Access-Token': token },
        body: JSON.stringify({ query: '{ shop { name } }' }),
      })
    ).status
  const code = codeOf(await app.request(`/${DOMAIN}/admin/oauth/authorize?${authorize('read_orders,read_products')}`))
  const first = await json(exchange({ code, expiring: '1' }))
  expect(first).toMatchObject({
    scope: 'read_orders,read_products',
    expires_in: 3600,
    refresh_token_expires_in: 7776000,
  })
  expect(await json(exchange({ code, expiring: '1' }))).toMatchObject({ error: 'invalid_request' })
  expect(await status(first.access_token, start())).toBe(200)
  clock.now += 3_600_000
  expect(await status(first.access_token)).toBe(401)
  const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token }
  await exchange(refresh)
  const second = await json(exchange(refresh))
  expect(await status(second.access_token)).toBe(200)
  expect(await json(exchange(refresh))).toMatchObject({ error: 'invalid_grant' })
  expect(await json(exchange({ code, client_secret: 'wrong' }))).toMatchObject({ error: 'invalid_client' })
})

it('Meta’s login gives a token of hours, then one of sixty days, for the very redirect that was asked for', async () => {
  const world = worldOf(
    '2026-11-20T12:00:00Z',
    account(),
    account({ account_id: '2', access_token: 'x', revoked: true }),
  )
  const app = metaSandbox(world)
  const code = async () => codeOf(await app.request(`/v25.0/dialog/oauth?${authorize('ads_read,business_management')}`))
  const exchange = (fields: Record<string, string>) =>
    json(app.request('/v25.0/oauth/access_token', form({ ...UNIT_APP, ...fields })))
  expect(await exchange({ code: await code(), redirect_uri: `${BACK}/other` })).toMatchObject({ error: { code: 100 } })
  const short = await exchange({ code: await code(), redirect_uri: BACK })
  const long = await exchange({ grant_type: 'fb_exchange_token', fb_exchange_token: short.access_token })
  expect([short.expires_in, long.expires_in]).toEqual([5_400, 5_184_000])
  const read = (path: string) => json(app.request(path, { headers: { Authorization: `Bearer ${long.access_token}` } }))
  expect((await read('/v25.0/me/adaccounts?fields=account_id')).data).toHaveLength(2)
  expect((await read('/v25.0/me/permissions')).data).toContainEqual({ permission: 'ads_read', status: 'granted' })
  world.clock.now = '2027-01-20T12:00:00Z'
  expect(await read('/v25.0/me/adaccounts')).toMatchObject({ error: { code: 190, error_subcode: 463 } })
})
