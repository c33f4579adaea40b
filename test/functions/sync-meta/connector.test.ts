import { describe, expect, test } from 'vitest'
import { meta } from '../../../functions/sync-meta/connector.ts'
import { metaSandbox } from '../../../scripts/sandbox/meta.ts'
import type { World } from '../../../scripts/sandbox/world.ts'
import { DAY_MS, type Page } from '../../../shared/sync/connector.ts'
import { account, campaign, insight, worldOf } from '../../sandbox/meta-world.ts'
import { contextAt, day, failureOf, freeWaits, openMeta, pagesOf, useApi, watchedApi } from './meta-api.ts'

freeWaits()

const NOON = '2026-11-10T17:00:00Z'
const performanceOf = (pages: Page[]) => pages.flatMap(({ rows }) => rows.ad_performance ?? [])

/** The connector on Meta's stand-in, with the world's own clock. */
async function connected(world: World, limits: Parameters<typeof metaSandbox>[1] = {}) {
  await useApi(metaSandbox(world, limits))
  return openMeta(contextAt(world.now))
}

test('the account, with its own zone and currency', async () => {
  const yen = account({
    account: { name: 'Kyoto', currency: 'JPY', timezone_name: 'Asia/Tokyo', account_status: 3 },
    insights: [insight({ date_start: '2026-10-01', spend: '12345', purchase_value: '99999', purchases: 3 })],
    campaigns: [campaign({ daily_budget: '5000' })],
  })
  const { stream } = await connected(worldOf(NOON, yen))
  const [page] = await pagesOf(stream('account'))
  expect(page).toMatchObject({ count: 1, resume: null, position: null, drift: {} })
  expect(page?.rows.ad_accounts).toEqual([
    {
      provider: 'meta',
      account_id: '212551616838260',
      name: 'Kyoto',
      currency: 'JPY',
      time_zone: 'Asia/Tokyo',
      status: 'UNSETTLED',
      fetched_at: '2026-11-10T17:00:00.000Z',
    },
  ])
  const [row] = performanceOf(
    await pagesOf(stream('daily_insights', { since: day('2026-10-01'), until: day('2026-10-02') })),
  )
  expect(row).toMatchObject({
    day: '2026-10-01',
    currency: 'JPY',
    spend_micros: 12_345_000_000n,
    claimed_conversions: '3',
    claimed_value_micros: 99_999_000_000n,
  })
  const [campaigns] = await pagesOf(stream('campaigns'))
  expect(campaigns?.rows.campaigns?.[0]).toMatchObject({ currency: 'JPY', daily_budget_micros: 5_000_000_000n })
})

test('campaigns of every status, in pages', async () => {
  const statuses = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED', 'IN_PROCESS', 'WITH_ISSUES']
  const campaigns = Array.from({ length: 450 }, (_, index) =>
    campaign({ id: String(9007199254740993n + BigInt(index)), effective_status: statuses[index % 6] }),
  )
  const { stream } = await connected(worldOf(NOON, account({ campaigns })))
  const pages = await pagesOf(stream('campaigns'))
  expect(pages.map(({ count }) => count)).toEqual([200, 200, 50])
  const rows = pages.flatMap(({ rows }) => rows.campaigns ?? [])
  expect(rows.map(({ campaign_id }) => campaign_id)).toEqual(campaigns.map(({ id }) => id))
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(statuses))
  const again = await pagesOf(stream('campaigns', { resume: pages[0]?.resume ?? null }))
  expect(again.map(({ count }) => count)).toEqual([200, 50])
})

test('ad sets of every campaign, with a budget where the campaign has none', async () => {
  const campaigns = [
    campaign({ id: '1', daily_budget: '5000' }),
    campaign({ id: '2', effective_status: 'PAUSED', stop_time: '2026-11-01T00:00:00-0400' }),
    campaign({ id: '3', effective_status: 'ARCHIVED' }),
  ]
  const { stream } = await connected(worldOf(NOON, account({ campaigns })))
  const [page] = await pagesOf(stream('ad_sets'))
  const rows = page?.rows.ad_sets ?? []
  expect(page).toMatchObject({ resume: null, drift: {}, count: rows.length })
  const of = (id: string) => rows.filter(({ campaign_id }) => campaign_id === id)
  expect(of('1')[0]).toMatchObject({ status: 'ACTIVE', daily_budget_micros: null, currency: 'USD' })
  expect(of('2')[0]).toMatchObject({
    status: 'CAMPAIGN_PAUSED',
    daily_budget_micros: 1_000_000n,
    stopped_at: '2026-11-01T04:00:00.000Z',
  })
  expect(of('3')[0]?.status).toBe('ARCHIVED')
})

describe('daily insights', () => {
  const everyDay = (first: string, count: number, campaigns = ['1']) =>
    Array.from({ length: count }, (_, index) =>
      new Date(Date.parse(first) + index * DAY_MS).toISOString().slice(0, 10),
    ).flatMap((date_start) => campaigns.map((campaign_id) => insight({ date_start, campaign_id })))

  test('thirteen months come oldest first, each day once, over leap day and clock changes', async () => {
    const insights = everyDay('2027-02-10', 400)
    const world = worldOf('2028-03-16T12:00:00Z', account({ insights }))
    const { stream } = await connected(world)
    const since = new Date(world.now().getTime() - 396 * DAY_MS)
    const pages = await pagesOf(stream('daily_insights', { since }))
    const seen = performanceOf(pages).map((row) => row.day)
    expect(seen).toEqual(insights.map(({ date_start }) => date_start).filter((date) => date >= '2027-02-14'))
    expect(seen).toContain('2028-02-29')
    expect(pages.map(({ position }) => position)).toEqual(['2027-06-13', '2027-10-11', '2028-02-08', '2028-03-15'])
    expect(pages.at(-1)?.resume).toBeNull()
  })

  test.each([
    ['at once', '2026-10-10', 30, 40, [500, 500, 200]],
    ['by runs', '2026-07-11', 121, 10, [500, 500, 200, 10]],
  ])('(%s) resuming after any page reads exactly the rest', async (_, first, days, each, counts) => {
    const campaigns = Array.from({ length: each }, (_, index) => String(index + 1))
    const world = worldOf(NOON, account({ insights: everyDay(first, days, campaigns) }))
    const range = { since: new Date(`${first}T12:00:00Z`), until: new Date('2026-11-09T05:00:00Z') }
    const { stream } = await connected(world)
    const pages = await pagesOf(stream('daily_insights', range))
    expect(pages.map(({ count }) => count)).toEqual(counts)
    for (const [index, { resume }] of pages.entries()) {
      if (resume === null) continue
      const rest = await pagesOf(openMeta(contextAt(world.now)).stream('daily_insights', { ...range, resume }))
      expect(performanceOf(rest)).toEqual(performanceOf(pages.slice(index + 1)))
    }
  })

  test('a later read restates the day', async () => {
    const world = worldOf('2026-11-01T22:00:00Z', account({ insights: [insight({ date_start: '2026-11-01' })] }))
    const { stream } = await connected(world)
    const readDay = async () =>
      performanceOf(await pagesOf(stream('daily_insights', { since: new Date('2026-11-01T12:00:00Z') })))[0]
    const first = await readDay()
    world.clock.now = '2026-11-08T22:00:00Z'
    const later = await readDay()
    expect([first?.day, first?.campaign_id]).toEqual([later?.day, later?.campaign_id])
    expect(Number(first?.claimed_conversions)).toBeLessThan(60)
    expect(later).toMatchObject({
      claimed_conversions: '100',
      claimed_value_micros: 5_000_000_000n,
      spend_micros: 100_000_000n,
      fetched_at: '2026-11-08T22:00:00.000Z',
    })
  })

  test('days are those of the account, not of the brand', async () => {
    const auckland = account({
      account: { currency: 'NZD', timezone_name: 'Pacific/Auckland' },
      insights: everyDay('2026-11-08', 4),
    })
    const { stream } = await connected(worldOf(NOON, auckland))
    const rows = performanceOf(await pagesOf(stream('daily_insights', { since: day('2026-11-10') })))
    expect(rows.map((row) => row.day)).toEqual(['2026-11-10', '2026-11-11'])
  })

  test('a range without days is one empty last page', async () => {
    const { stream } = await connected(worldOf(NOON, account()))
    const since = new Date(NOON)
    expect(await pagesOf(stream('daily_insights', { since, until: since }))).toEqual([
      { rows: {}, drift: {}, count: 0, resume: null, position: null },
    ])
    expect(await pagesOf(stream('daily_insights', { since: day('2026-11-01') }))).toMatchObject([
      { count: 0, resume: null, position: null },
    ])
  })

  test('the oldest day that may be asked for is asked for', async () => {
    const { stream } = await connected(worldOf(NOON, account({ insights: everyDay('2023-10-01', 20) })))
    const rows = performanceOf(await pagesOf(stream('daily_insights', { since: null })))
    expect(rows[0]?.day).toBe('2023-10-11')
  })
})

test('a revoked token needs a new connection, another account is not found', async () => {
  const { stream } = await connected(worldOf(NOON, account({ revoked: true })))
  expect((await failureOf(pagesOf(stream('account')))).code).toBe('PROVIDER_AUTH')
  const other = openMeta(
    contextAt(() => new Date(NOON), '7'),
    'wrong',
  )
  expect((await failureOf(pagesOf(other.stream('account')))).code).toBe('PROVIDER_AUTH')
  await useApi(metaSandbox(worldOf(NOON, account())))
  const foreign = openMeta(contextAt(() => new Date(NOON), '7'))
  expect((await failureOf(pagesOf(foreign.stream('campaigns')))).code).toBe('PROVIDER_NOT_FOUND')
})

test("the sandbox's limit is met with a page in hand and the time to wait", async () => {
  const campaigns = Array.from({ length: 1000 }, (_, index) => campaign({ id: String(index + 1) }))
  const limits = { callsPerAccount: 4, windowMs: 600_000, clock: () => 0 }
  const { stream } = await connected(worldOf(NOON, account({ campaigns })), limits)
  const kept: Page[] = []
  const failure = await failureOf(
    (async () => {
      for await (const page of stream('campaigns')) kept.push(page)
    })(),
  )
  expect(failure).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', details: { wait_ms: 600_000 } })
  expect(kept).toHaveLength(3)
})

test('the account is read once for all streams', async () => {
  const world = worldOf(NOON, account())
  const calls = await watchedApi(metaSandbox(world))
  const { stream } = openMeta(contextAt(world.now))
  for (const { name } of meta.streams) await pagesOf(stream(name, { since: day('2026-11-09') }))
  const last = calls.map(({ path }) => path.split('/').at(-1))
  expect(last).toEqual(['act_212551616838260', 'campaigns', 'adsets', 'insights'])
})
