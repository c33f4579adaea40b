import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { googleAds } from '../../../functions/sync-google-ads/connector.ts'
import type { GoogleAdsLimits } from '../../../scripts/sandbox/google-ads/quota.ts'
import { googleAdsSandbox } from '../../../scripts/sandbox/google-ads.ts'
import type { World } from '../../../scripts/sandbox/world.ts'
import { DAY_MS, type Page, WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import { CUSTOMER_ID, campaign, customer, day, tokenIn, worldOf } from '../../sandbox/google-ads-world.ts'
import { contextAt, failureOf, freeWaits, openGoogleAds, pagesOf, startOf, useApi } from './google-ads-api.ts'

freeWaits()

const NOON = '2026-11-10T17:00:00Z'
const Granted = z.object({ access_token: z.string() })
const performanceOf = (pages: Page[]) => pages.flatMap(({ rows }) => rows.ad_performance ?? [])
const everyDay = (first: string, count: number, ids = ['1']) =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(first) + index * DAY_MS).toISOString().slice(0, 10),
  ).flatMap((date) => ids.flatMap((id) => day(date, { id, conversions: 0.75, conversionsValue: 40.5 })))

/** The connector on Google's stand-in, with the world's own clock; the calls that it made. */
async function connected(world: World, limits: Partial<GoogleAdsLimits> = {}) {
  const calls: string[] = []
  const sandbox = googleAdsSandbox(world, limits)
  const app = new Hono().use(async (c, next) => {
    const text = await c.req.raw.clone().text()
    const customerId = /customers\/(\d+)/.exec(c.req.path)?.[1]
    const through = c.req.header('login-customer-id')
    calls.push(
      `${/FROM (\w+)/.exec(text)?.[1] ?? 'list'} of ${customerId ?? 'person'}${through ? ` through ${through}` : ''}`,
    )
    await next()
  })
  await useApi(app.route('/', sandbox))
  let permitted = 0
  const mayCall = async () => void permitted++
  const stream = openGoogleAds({ ...contextAt(world.now), mayCall }, tokenIn(world))
  const totals = (since: string, until: string) => {
    const context = contextAt(world.now)
    return googleAds.totals?.read(
      googleAds.client({ access_token: tokenIn(world) }, context),
      { since, until },
      context,
    )
  }
  return { calls, sandbox, stream, totals, permitted: () => permitted }
}

test('the account and its campaigns, removed ones too, in their own currency', async () => {
  const settings = { descriptiveName: 'Kyoto', currencyCode: 'JPY', timeZone: 'Asia/Tokyo', status: 'ENABLED' }
  const campaigns = ['ENABLED', 'PAUSED', 'REMOVED'].map((status, index) =>
    campaign({ id: String(9007199254740993n + BigInt(index)), status, startDateTime: '2026-10-01 00:00:00' }),
  )
  const { stream, calls, permitted } = await connected(worldOf(NOON, customer({ customer: settings, campaigns })))
  const [account] = await pagesOf(stream('customer'))
  expect(account).toMatchObject({ count: 1, resume: null, position: null, drift: {} })
  expect(account?.rows.ad_accounts).toMatchObject([
    { account_id: CUSTOMER_ID, name: 'Kyoto', currency: 'JPY', time_zone: 'Asia/Tokyo', status: 'ENABLED' },
  ])
  const [page] = await pagesOf(stream('campaigns'))
  expect(page).toMatchObject({ count: 3, resume: null, drift: {} })
  expect(page?.rows.campaigns?.map(({ campaign_id, status }) => [campaign_id, status])).toEqual([
    ['9007199254740993', 'ENABLED'],
    ['9007199254740994', 'PAUSED'],
    ['9007199254740995', 'REMOVED'],
  ])
  expect(page?.rows.campaigns?.[0]).toMatchObject({
    currency: 'JPY',
    daily_budget_micros: 750_000n,
    started_at: '2026-09-30T15:00:00.000Z',
  })
  await pagesOf(stream('daily_metrics', { since: startOf('2026-11-09') }))
  expect(calls).toEqual(['customer', 'campaign', 'campaign', 'campaign'].map((from) => `${from} of ${CUSTOMER_ID}`))
  expect(permitted()).toBe(calls.length)
})

describe('days', () => {
  test('thirteen months come oldest first, each day once, over leap day and clock changes', async () => {
    const world = worldOf('2028-03-16T12:00:00Z', customer({ metrics: everyDay('2027-02-10', 400) }))
    const { stream } = await connected(world, { rowsPerChunk: 7 })
    const pages = await pagesOf(stream('daily_metrics', { since: new Date(world.now().getTime() - 396 * DAY_MS) }))
    const seen = performanceOf(pages)
    expect(seen.map((row) => row.day)).toEqual(
      Array.from({ length: 396 }, (_, index) =>
        new Date(Date.parse('2027-02-14') + index * DAY_MS).toISOString().slice(0, 10),
      ),
    )
    expect(seen[0]).toMatchObject({
      spend_micros: 100_000_000n,
      claimed_conversions: '0.75',
      claimed_value_micros: 40_500_000n,
    })
    expect(pages).toHaveLength(13)
    expect(pages[0]).toMatchObject({ position: '2027-03-16', resume: { since: '2027-03-17' }, count: 31, drift: {} })
    expect(pages.at(-1)).toMatchObject({ resume: null, position: '2028-03-15' })
  })

  test('resuming after any window reads exactly the rest', async () => {
    const world = worldOf(NOON, customer({ metrics: everyDay('2026-08-01', 100, ['1', '2']) }))
    const range = { since: new Date('2026-08-01T12:00:00Z') }
    const { stream } = await connected(world)
    const pages = await pagesOf(stream('daily_metrics', range))
    expect(pages).toHaveLength(4)
    for (const [index, { resume }] of pages.entries()) {
      if (resume === null) continue
      const again = openGoogleAds(contextAt(world.now), tokenIn(world))
      expect(performanceOf(await pagesOf(again('daily_metrics', { ...range, resume })))).toEqual(
        performanceOf(pages.slice(index + 1)),
      )
    }
  })

  test('a day is restated for weeks after it', async () => {
    const world = worldOf(
      '2026-11-01T22:00:00Z',
      customer({ metrics: day('2026-11-01', { conversions: 80, conversionsValue: 4000 }) }),
    )
    const readAt = async (now: string) => {
      world.clock.now = now
      const { stream } = await connected(world)
      return performanceOf(await pagesOf(stream('daily_metrics', { since: new Date('2026-11-01T12:00:00Z') })))[0]
    }
    const first = await readAt('2026-11-01T22:00:00Z')
    const month = await readAt('2026-12-01T22:00:00Z')
    const last = await readAt('2026-12-20T22:00:00Z')
    expect(first?.spend_micros).toBeLessThan(100_000_000n)
    expect(Number(first?.claimed_conversions)).toBeLessThan(40)
    expect(Number(month?.claimed_conversions)).toBeGreaterThan(75)
    expect(month?.claimed_conversions).not.toBe('80')
    expect(last).toMatchObject({
      spend_micros: 100_000_000n,
      claimed_conversions: '80',
      claimed_value_micros: 4_000_000_000n,
      fetched_at: '2026-12-20T22:00:00.000Z',
    })
  })

  test('are those of the account, and a range without days is one empty last page', async () => {
    const settings = { currencyCode: 'NZD', timeZone: 'Pacific/Auckland', status: 'ENABLED' }
    const { stream } = await connected(
      worldOf(NOON, customer({ customer: settings, metrics: everyDay('2026-11-08', 4) })),
    )
    const rows = performanceOf(await pagesOf(stream('daily_metrics', { since: startOf('2026-11-10') })))
    expect(rows.map((row) => row.day)).toEqual(['2026-11-10', '2026-11-11'])
    const since = new Date(NOON)
    expect(await pagesOf(stream('daily_metrics', { since, until: since }))).toEqual([
      { rows: {}, drift: {}, count: 0, resume: null, position: null },
    ])
  })
})

describe('an account behind a manager', () => {
  const manager = { id: '9000000001', name: 'Agency' }
  const other = customer({ customer_id: '222', manager: { id: '9000000002', name: 'Other agency' } })
  const own = customer({ customer_id: '333' })

  /** One sign-in that opens all accounts of the world. */
  async function agency(...accounts: Parameters<typeof worldOf>[1][]) {
    const world = worldOf(NOON, ...accounts)
    const { calls } = await connected(world)
    const origin = process.env.GOOGLE_ADS_URL ?? ''
    const app = { client_id: 'pulsepoint-local', client_secret: 'sandbox-secret' }
    const scope = 'https://www.googleapis.com/auth/adwords'
    const query = new URLSearchParams({ client_id: app.client_id, redirect_uri: origin, scope, response_type: 'code' })
    const consent = await fetch(`${origin}/o/oauth2/v2/auth?${query}`, { redirect: 'manual' })
    const code = new URL(consent.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const form = { ...app, code, redirect_uri: origin, grant_type: 'authorization_code' }
    const answer = await fetch(`${origin}/token`, { method: 'POST', body: new URLSearchParams(form) })
    const { access_token } = Granted.parse(await answer.json())
    calls.length = 0
    return { calls, stream: openGoogleAds(contextAt(world.now), access_token) }
  }

  test('is found through it, which every later call names', async () => {
    const { calls, stream } = await agency(own, other, customer({ manager }))
    expect((await pagesOf(stream('customer')))[0]?.rows.ad_accounts).toMatchObject([{ account_id: CUSTOMER_ID }])
    await pagesOf(stream('campaigns'))
    expect(calls).toEqual([
      `customer of ${CUSTOMER_ID}`,
      'list of person',
      'customer_client of 333',
      'customer_client of 9000000002',
      'customer_client of 9000000001',
      `customer of ${CUSTOMER_ID} through 9000000001`,
      `campaign of ${CUSTOMER_ID} through 9000000001`,
    ])
  })

  test('that nobody signed in for is not permitted', async () => {
    const { stream } = await agency(own, other)
    expect((await failureOf(pagesOf(stream('customer')))).code).toBe('PROVIDER_PERMISSION')
  })

  test('and the manager itself is refused, with what to do', async () => {
    const world = worldOf(NOON, customer({ manager }))
    await connected(world)
    const stream = openGoogleAds(contextAt(world.now, manager.id), tokenIn(world))
    expect(await failureOf(pagesOf(stream('daily_metrics')))).toMatchObject({
      code: 'PROVIDER_REJECTED',
      message: expect.stringContaining('connect one of its client accounts'),
    })
  })
})

test("the account's own spend of each day is what its campaigns come to", async () => {
  const world = worldOf('2026-11-10T17:00:00Z', customer({ metrics: everyDay('2026-11-01', 8, ['1', '2', '3']) }))
  const { stream, totals } = await connected(world)
  const spent = Map.groupBy(
    performanceOf(await pagesOf(stream('daily_metrics', { since: startOf('2026-11-01') }))),
    (row) => row.day,
  )
  expect(await totals('2026-11-02', '2026-11-06')).toEqual(
    ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05', '2026-11-06'].map((date) => ({
      day: date,
      value: spent.get(date)?.reduce((sum, { spend_micros }) => sum + spend_micros, 0n),
      currency: 'USD',
    })),
  )
})

test('a quota that is met leaves the windows before it and says how long to wait', async () => {
  const limitsClock = () => new Date(NOON)
  const world = { ...worldOf(NOON, customer({ metrics: everyDay('2026-08-01', 100) })), limitsClock }
  const { stream, sandbox } = await connected(world, { operationsPerDay: 6 })
  const kept: Page[] = []
  const failure = await failureOf(
    (async () => {
      for await (const page of stream('daily_metrics', { since: startOf('2026-08-01') })) kept.push(page)
    })(),
  )
  expect(failure).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', details: { [WAIT_DETAIL]: 3_600_000 } })
  expect(kept).toHaveLength(2)
  expect(sandbox.counts()).toEqual({ operations: 6, refused: 1 })
})

test('a person who took the access away must connect again', async () => {
  const { stream } = await connected(worldOf(NOON, customer({ revoked: true })))
  expect((await failureOf(pagesOf(stream('customer')))).code).toBe('PROVIDER_AUTH')
})
