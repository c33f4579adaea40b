import { expect, test } from 'vitest'
import { tiktok } from '../../../functions/sync-tiktok/connector.ts'
import { sandbox } from '../../../scripts/sandbox/sandbox.ts'
import { tiktokSandbox } from '../../../scripts/sandbox/tiktok.ts'
import type { World } from '../../../scripts/sandbox/world.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { DAY_MS, type Page } from '../../../shared/sync/connector.ts'
import { listening } from '../../sandbox/listening.ts'
import { ADVERTISER_ID, advertiser, campaign, report, TOKEN, worldOf } from '../../sandbox/tiktok-world.ts'
import { day, failureOf, freeWaits, pagesOf } from '../sync-meta/meta-api.ts'
import { contextAt, openTikTok, useApi } from './tiktok-api.ts'

freeWaits()

const NOON = '2026-11-10T17:00:00Z'
const performanceOf = (pages: Page[]) => pages.flatMap(({ rows }) => rows.ad_performance ?? [])
const keysOf = (pages: Page[]) => performanceOf(pages).map((row) => `${row.day} ${row.campaign_id}`)
const dayAfter = (first: string, days: number) => new Date(Date.parse(first) + days * DAY_MS).toISOString().slice(0, 10)
const everyDay = (first: string, count: number, campaigns = ['1790000000000000001']) =>
  Array.from({ length: count }, (_, index) => dayAfter(first, index)).flatMap((date) =>
    campaigns.map((campaign_id) => report({ day: date, campaign_id })),
  )
const campaignIds = (count: number) =>
  Array.from({ length: count }, (_, index) => String(1790000000000000001n + BigInt(index)))

/** The connector on TikTok's stand-in, with the world's own clock. */
async function connected(world: World, limits: Parameters<typeof tiktokSandbox>[1] = {}) {
  const api = tiktokSandbox(world, { perSecond: 1e6, burst: 1e6, ...limits })
  await useApi(api)
  return { stream: openTikTok(contextAt(world.now)), counts: api.counts }
}

test('the advertiser is read once for all streams, campaigns with the deleted ones in pages', async () => {
  const ids = campaignIds(1_001)
  const campaigns = ids.map((campaign_id, index) =>
    campaign({ campaign_id, secondary_status: `CAMPAIGN_STATUS_${index % 2 ? 'DELETE' : 'ENABLE'}` }),
  )
  const { stream, counts } = await connected(worldOf(NOON, advertiser({ campaigns })))
  const [account] = await pagesOf(stream('advertiser'))
  expect(account).toMatchObject({ count: 1, resume: null, position: null, drift: {} })
  expect(account?.rows.ad_accounts).toMatchObject([{ account_id: ADVERTISER_ID, time_zone: 'America/New_York' }])
  const pages = await pagesOf(stream('campaigns'))
  expect(pages.map(({ count, drift }) => [count, drift])).toEqual([1_000, 1].map((count) => [count, {}]))
  expect(pages.flatMap(({ rows }) => rows.campaigns ?? []).map((row) => row.campaign_id)).toEqual(ids)
  const rest = await pagesOf(stream('campaigns', { resume: pages[0]?.resume ?? null }))
  expect(rest.map(({ count }) => count)).toEqual([1])
  expect(counts()).toEqual({ calls: 4, refused: 0 })
})

test('thirteen months come oldest first, each day once, over leap day and clock changes', async () => {
  const reports = everyDay('2027-02-10', 400)
  const world = worldOf('2028-03-16T12:00:00Z', advertiser({ reports }))
  const { stream } = await connected(world)
  const pages = await pagesOf(stream('daily_report', { since: new Date(world.now().getTime() - 396 * DAY_MS) }))
  const days = performanceOf(pages).map((row) => row.day)
  expect(days).toEqual(reports.map(({ dimensions }) => dimensions.stat_time_day.slice(0, 10)).slice(4))
  expect(days).toContain('2028-02-29')
  expect([pages.length, pages[0]?.position, pages.at(-1)?.resume]).toEqual([14, '2027-03-15', null])
})

test('resuming after any page reads exactly the rest', async () => {
  const world = worldOf(NOON, advertiser({ reports: everyDay('2026-10-01', 40, campaignIds(60)) }))
  const range = { since: new Date('2026-10-01T12:00:00Z'), until: new Date('2026-11-10T05:00:00Z') }
  const { stream } = await connected(world)
  const pages = await pagesOf(stream('daily_report', range))
  expect(pages.map(({ count }) => count)).toEqual([1_000, 800, 600])
  for (const [index, { resume }] of pages.entries()) {
    if (resume === null) continue
    const rest = await pagesOf(openTikTok(contextAt(world.now))('daily_report', { ...range, resume }))
    expect(performanceOf(rest)).toEqual(performanceOf(pages.slice(index + 1)))
  }
})

test('a later read restates the day', async () => {
  const world = worldOf('2026-11-01T22:00:00Z', advertiser({ reports: [report({ day: '2026-11-01' })] }))
  const { stream } = await connected(world)
  const readDay = async () =>
    performanceOf(await pagesOf(stream('daily_report', { since: new Date('2026-11-01T12:00:00Z') })))[0]
  const first = await readDay()
  world.clock.now = '2026-11-09T22:00:00Z'
  const later = await readDay()
  expect([first?.day, first?.campaign_id]).toEqual([later?.day, later?.campaign_id])
  expect(Number(first?.claimed_conversions)).toBeLessThan(45)
  expect(later).toMatchObject({
    claimed_conversions: '100',
    claimed_value_micros: 5_000_000_000n,
    spend_micros: 100_000_000n,
    fetched_at: '2026-11-09T22:00:00.000Z',
  })
})

test('days are those of the account, not of the brand; a range without any is one empty last page', async () => {
  const zone = { currency: 'NZD', display_timezone: 'Pacific/Auckland' }
  const auckland = advertiser({ advertiser: zone, reports: everyDay('2026-11-08', 4) })
  const { stream } = await connected(worldOf(NOON, auckland))
  const rows = performanceOf(await pagesOf(stream('daily_report', { since: day('2026-11-10') })))
  expect(rows.map((row) => [row.day, row.currency])).toEqual([
    ['2026-11-10', 'NZD'],
    ['2026-11-11', 'NZD'],
  ])
  expect(await pagesOf(stream('daily_report', { since: new Date(NOON), until: new Date(NOON) }))).toEqual([
    { rows: {}, drift: {}, count: 0, resume: null, position: null },
  ])
})

test('a revoked token needs a new connection, another account is not permitted', async () => {
  const { stream } = await connected(worldOf(NOON, advertiser({ revoked: true })))
  expect((await failureOf(pagesOf(stream('advertiser')))).code).toBe('PROVIDER_AUTH')
  await connected(worldOf(NOON, advertiser()))
  const foreign = openTikTok(contextAt(() => new Date(NOON), '7'))
  expect((await failureOf(pagesOf(foreign('campaigns')))).code).toBe('PROVIDER_PERMISSION')
})

test("the app's limit is met with a page in hand and the time to wait", async () => {
  const campaigns = campaignIds(1_001).map((campaign_id) => campaign({ campaign_id }))
  const { stream, counts } = await connected(worldOf(NOON, advertiser({ campaigns })), { burst: 2 })
  const kept: Page[] = []
  const failure = await failureOf(
    (async () => {
      for await (const page of stream('campaigns')) kept.push(page)
    })(),
  )
  expect(failure).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', details: { wait_ms: 300_000 } })
  expect(kept).toHaveLength(1)
  expect(counts()).toEqual({ calls: 2, refused: 3 })
})

test.each([
  ['half_page', 'reads on in pages of that length', [1_000, 500, 500], null],
  ['repeated_page', 'is found out', [1_000], 'PROVIDER_BAD_RESPONSE'],
  ['cursor_loop', 'is found out', [1_000], 'PROVIDER_BAD_RESPONSE'],
  ['truncated_json', 'refuses its page', [1_000], 'PROVIDER_BAD_RESPONSE'],
  ['wrong_types', 'refuses its page', [1_000], 'PROVIDER_BAD_RESPONSE'],
  ['throttled', 'is waited for', [1_000, 500], null],
  ['reset', 'is tried again', [1_000, 500], null],
] as const)('%s %s: nothing is missing', async (kind, _, counts, code) => {
  const world = worldOf(NOON, advertiser({ reports: everyDay('2026-10-01', 30, campaignIds(50)) }))
  const app = sandbox(world)
  process.env.TIKTOK_URL = `${await listening(app)}/tiktok`
  forgetConfig()
  const body = { match: { provider: 'tiktok', operation: 'integrated', nth: 2 }, fault: { kind } }
  expect((await app.request('/_control/faults', { method: 'POST', body: JSON.stringify(body) })).status).toBe(201)
  const stream = openTikTok(contextAt(world.now))
  const pages: Page[] = []
  const reading = (async () => {
    const range = { since: new Date('2026-10-01T12:00:00Z'), until: new Date('2026-10-31T04:00:00Z') }
    for await (const page of stream('daily_report', range)) pages.push(page)
  })()
  if (code) expect((await failureOf(reading)).code).toBe(code)
  else await reading
  expect(pages.map(({ count }) => count)).toEqual(counts)
  if (!code) expect(new Set(keysOf(pages)).size).toBe(1_500)
})

test('the advertiser tells its own sums of the same days', async () => {
  const reports = everyDay('2026-10-01', 30, campaignIds(3)).map((row, index) =>
    index % 2 ? { ...row, metrics: { ...row.metrics, spend: '-' } } : row,
  )
  const world = worldOf(NOON, advertiser({ reports }))
  await connected(world)
  const context = contextAt(world.now)
  const client = tiktok.client({ access_token: TOKEN }, context)
  const days = { since: '2026-10-13', until: '2026-11-06' }
  const told = (await tiktok.totals?.read(client, days, context)) ?? []
  const pages = await pagesOf(openTikTok(context)('daily_report', { since: new Date('2026-10-13T12:00:00Z') }))
  const ours = Map.groupBy(performanceOf(pages), (row) => row.day)
  expect(told).toEqual(
    [...ours].map(([date, its]) => ({
      day: date,
      value: its.reduce((sum, { spend_micros }) => sum + spend_micros, 0n),
      currency: 'USD',
    })),
  )
  expect(told.map(({ value }) => value).slice(0, 2)).toEqual([200_000_000n, 100_000_000n])
})

test('what a day takes back is looked for: three days each hour, 28 each day', () => {
  expect(
    tiktok.streams.map(({ name, lookback }) => [name, lookback.hourlyMs / DAY_MS, lookback.dailyMs / DAY_MS]),
  ).toEqual([
    ['advertiser', 0, 0],
    ['campaigns', 0, 0],
    ['daily_report', 3, 28],
  ])
})
