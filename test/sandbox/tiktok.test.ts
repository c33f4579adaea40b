import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { UNIT_APP } from '../../scripts/sandbox/oauth.ts'
import type { AdAccount } from '../../scripts/sandbox/stores/ad-day.ts'
import type { Campaign } from '../../scripts/sandbox/stores/campaigns.ts'
import { DEMO_TENANTS } from '../../scripts/sandbox/stores/demo-brands.ts'
import { random } from '../../scripts/sandbox/stores/random.ts'
import { tiktokStore } from '../../scripts/sandbox/stores/tiktok-account.ts'
import { recordedTikTok } from '../../scripts/sandbox/tiktok/recorded.ts'
import { tiktokSandbox } from '../../scripts/sandbox/tiktok.ts'
import type { World } from '../../scripts/sandbox/world.ts'
import { ADVERTISER_ID, advertiser, campaign, report, TOKEN, worldOf } from './tiktok-world.ts'

const NOON = '2026-11-10T17:00:00Z'
const REPORT = {
  advertiser_id: ADVERTISER_ID,
  service_type: 'AUCTION',
  report_type: 'BASIC',
  data_level: 'AUCTION_CAMPAIGN',
  dimensions: '["campaign_id","stat_time_day"]',
  metrics: '["spend","complete_payment","total_complete_payment_rate","total_purchase","onsite_shopping"]',
}

function api(world: World, limits?: Parameters<typeof tiktokSandbox>[1]) {
  const app = tiktokSandbox(world, limits)
  const get = async (path: string, query: Record<string, string> = {}, token = TOKEN) => {
    const url = `/open_api/v1.3/${path}?${new URLSearchParams(query)}`
    const response = await app.request(url, { headers: token ? { 'Access-Token': token } : {} })
    // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its question
    const body: any = response.status === 200 ? await response.json() : null
    return { status: response.status, ...body }
  }
  const reportOf = (query: object, token = TOKEN) => get('report/integrated/get/', { ...REPORT, ...query }, token)
  return { app, get, reportOf }
}

const codesOf = async (...answers: Promise<{ code: number }>[]) => (await Promise.all(answers)).map(({ code }) => code)

it('answers 200 with a code to all but a path without its last slash', async () => {
  const { get } = api(worldOf(NOON, advertiser({ campaigns: [campaign()] })))
  const ids = { advertiser_ids: JSON.stringify([ADVERTISER_ID]) }
  const of = { advertiser_id: ADVERTISER_ID }
  expect((await get('campaign/get', of)).status).toBe(404)
  expect(
    await codesOf(
      get('campaign/get/', of),
      get('campaign/get/', of, ''),
      get('campaign/get/', of, 'wrong'),
      get('campaign/get/', { advertiser_id: '7' }),
      get('campaign/get/'),
      get('campaign/get/', { ...of, fields: 'campaign_id' }),
      get('campaign/get/', { ...of, page_size: '1001' }),
      get('advertiser/info/', { advertiser_ids: ADVERTISER_ID }),
    ),
  ).toEqual([0, 40104, 40105, 40001, 40002, 40002, 40002, 40002])
  expect((await get('advertiser/info/', { ...ids, fields: '["advertiser_id","display_timezone"]' })).data.list).toEqual(
    [{ advertiser_id: ADVERTISER_ID, display_timezone: 'America/New_York' }],
  )
  const revoked = api(worldOf(NOON, advertiser({ revoked: true })))
  expect((await revoked.get('campaign/get/', of)).message).toBe('Access token is incorrect or has been revoked.')
})

it('lists deleted campaigns only when all are asked for, page by page', async () => {
  const campaigns = ['ENABLE', 'DELETE', 'DISABLE'].map((word, index) =>
    campaign({ campaign_id: String(index + 1), secondary_status: `CAMPAIGN_STATUS_${word}` }),
  )
  const { get } = api(worldOf(NOON, advertiser({ campaigns })))
  const listed = async (query: object) =>
    (await get('campaign/get/', { advertiser_id: ADVERTISER_ID, fields: '["campaign_id"]', ...query })).data
  expect((await listed({})).list).toEqual([{ campaign_id: '1' }, { campaign_id: '3' }])
  expect(await listed({ filtering: '{"secondary_status":"CAMPAIGN_STATUS_ALL"}', page: '2', page_size: '2' })).toEqual({
    list: [{ campaign_id: '3' }],
    page_info: { page: 2, page_size: 2, total_number: 3, total_page: 2 },
  })
})

describe('a report', () => {
  const days = (start_date: string, end_date = start_date) => ({ start_date, end_date })

  it('has thirty days at most, as they are in the zone of the account', async () => {
    const reports = ['2026-11-09', '2026-11-10', '2026-11-11'].map((day) => report({ day }))
    const { reportOf } = api(worldOf('2026-11-11T02:00:00Z', advertiser({ reports })))
    const answer = await reportOf(days('2026-10-14', '2026-11-12'))
    expect(answer.data.list.map((row: { dimensions: object }) => row.dimensions)).toEqual(
      reports.slice(0, 2).map(({ dimensions }) => dimensions),
    )
    expect(await reportOf(days('2026-10-13', '2026-11-12'))).toMatchObject({
      code: 40002,
      message: 'max time span is 30 days when use stat_time_day',
    })
    expect(await codesOf(reportOf({ ...days('2026-11-09'), metrics: '["gmv"]' }), reportOf({}))).toEqual([40002, 40002])
  })

  it('restates its days: conversions come in over a week, spend settles in two days', async () => {
    const world = worldOf('2026-11-10T17:00:00Z', advertiser({ reports: [report({ day: '2026-11-10' })] }))
    const { reportOf } = api(world)
    const shown: string[][] = []
    for (const now of [
      '2026-11-10T17:00:00Z',
      '2026-11-11T17:00:00Z',
      '2026-11-12T17:00:00Z',
      '2026-11-18T17:00:00Z',
    ]) {
      world.clock.now = now
      const [{ metrics }] = (await reportOf(days('2026-11-10'))).data.list
      shown.push([metrics.spend, metrics.complete_payment, metrics.total_complete_payment_rate, metrics.total_purchase])
    }
    expect(shown).toEqual([
      ['51.00', '20', '1000.00', '-'],
      ['101.00', '65', '3250.00', '-'],
      ['100.00', '78', '3900.00', '-'],
      ['100.00', '100', '5000.00', '-'],
    ])
  })
})

it('lets the app make so many calls, whatever account they are for', async () => {
  const world = worldOf(NOON, advertiser(), advertiser({ advertiser_id: '2', access_token: '71c70c2' }))
  const { app, get } = api(world, { perSecond: 2, burst: 3 })
  const call = (id = ADVERTISER_ID, token = TOKEN) => get('campaign/get/', { advertiser_id: id }, token)
  expect(await codesOf(call(), call('2', '71c70c2'), call(), call())).toEqual([0, 0, 0, 40100])
  world.clock.now = '2026-11-10T17:00:01Z'
  expect(await codesOf(call(), call(), call())).toEqual([0, 0, 40100])
  expect(app.counts()).toEqual({ calls: 5, refused: 2 })
})

it('gives a token that does not end for a code that works once, until it is revoked', async () => {
  const { app, get } = api(worldOf(NOON, advertiser(), null, advertiser({ advertiser_id: '2', revoked: true })))
  const ours = { app_id: UNIT_APP.client_id, secret: UNIT_APP.client_secret }
  const back = new URLSearchParams({
    app_id: ours.app_id,
    state: 's',
    redirect_uri: 'https://app.example.com/back?a=1',
  })
  const url = new URL((await app.request(`/portal/auth?${back}`)).headers.get('location') ?? '')
  expect([url.searchParams.get('a'), url.searchParams.get('state')]).toEqual(['1', 's'])
  const post = async (path: string, body: object) => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await app.request(`/open_api/v1.3/oauth2/${path}/`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its question
    return (await answer.json()) as any
  }
  const grant = { ...ours, auth_code: url.searchParams.get('auth_code') }
  expect((await post('access_token', { ...grant, secret: 'x' })).code).toBe(40107)
  const { data } = await post('access_token', grant)
  expect(data).toEqual({ access_token: expect.any(String), advertiser_ids: [ADVERTISER_ID, '2'], scope: [1, 4, 5] })
  expect((await post('access_token', grant)).code).toBe(40110)
  const accounts = () => get('oauth2/advertiser/get/', ours, data.access_token)
  expect((await accounts()).data.list).toEqual([
    { advertiser_id: ADVERTISER_ID, advertiser_name: 'Acme Ads' },
    { advertiser_id: '2', advertiser_name: 'Acme Ads' },
  ])
  expect((await post('revoke_token', { ...ours, access_token: data.access_token })).code).toBe(0)
  expect((await accounts()).code).toBe(40105)
})

it('shows a generated account: budgets in major units, orders in TikTok’s shop apart, a zone as POSIX counts', async () => {
  const [brand] = DEMO_TENANTS.flatMap(({ brands }) => brands.filter(({ handle }) => handle === 'noor-atelier'))
  if (!brand) throw new Error('no such brand')
  const kind = {
    weight: 0.5,
    pull: 1,
    cpm: 6,
    clickRate: 0.01,
    network: 'tiktok',
    since: Date.UTC(2026, 8, 1),
  } as const
  const web: Campaign = { ...kind, id: '1', name: 'Spark Ads', objective: 'WEB_CONVERSIONS', until: null }
  const shop: Campaign = { ...kind, id: '2', name: 'Video', objective: 'PRODUCT_SALES', until: Date.UTC(2026, 10, 5) }
  const day = { date: '2026-11-01', spend: 12_345, impressions: 900, clicks: 9, claimed: { orders: 2, value: 40_001 } }
  const account: AdAccount = {
    ...{ network: 'tiktok', id: ADVERTISER_ID, brand, currency: 'KWD', time_zone: 'Asia/Kuwait', revoked: false },
    campaigns: [web, shop],
    days: [web, shop].map((one) => ({ ...day, campaign: one })),
    ...{ dailyBudget: 10_002, epoch: Date.UTC(2026, 10, 10) },
  }
  const store = tiktokStore(account, random('a'))
  const { get, reportOf } = api(worldOf(NOON, store))
  const ask = (path: string, query: object) => get(path, { advertiser_id: ADVERTISER_ID, ...query }, store.access_token)
  const [info] = (await ask('advertiser/info/', { advertiser_ids: JSON.stringify([ADVERTISER_ID]) })).data.list
  expect([info.timezone, info.display_timezone, info.currency]).toEqual(['Etc/GMT-3', 'Asia/Kuwait', 'KWD'])
  const fields = JSON.stringify(['budget', 'operation_status', 'create_time', 'modify_time'])
  expect((await ask('campaign/get/', { fields })).data.list).toEqual([
    {
      budget: 5.001,
      operation_status: 'ENABLE',
      create_time: '2026-08-30 00:00:00',
      modify_time: '2026-09-06 00:00:00',
    },
    {
      budget: 5.001,
      operation_status: 'DISABLE',
      create_time: '2026-08-30 00:00:00',
      modify_time: '2026-11-05 00:00:00',
    },
  ])
  const rows = (await reportOf({ start_date: day.date, end_date: day.date }, store.access_token)).data.list
  expect(rows.map(({ metrics }: { metrics: object }) => Object.values(metrics))).toEqual([
    ['12.345', '2', '40.001', '-', '0'],
    ['12.345', '0', '0.000', '-', '2'],
  ])
})

it('takes a recorded folder, and no id that was rounded when it was recorded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recorded-tiktok-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const keep = (name: string, ...nodes: object[]) =>
    writeFile(join(folder, name), nodes.map((node) => JSON.stringify(node)).join('\n'))
  expect(await recordedTikTok(folder)).toBeNull()
  await keep('advertiser.json', { ...advertiser().advertiser, advertiser_id: ADVERTISER_ID })
  await keep('campaigns.jsonl', campaign({ campaign_id: '2' }), { ...campaign(), campaign_id: 1_779_923_887_578_145 })
  await keep('reports.jsonl', report({ day: '2026-11-02' }), report({ day: '2026-11-01' }))
  const store = await recordedTikTok(folder)
  expect(store?.campaigns.map(({ campaign_id }) => campaign_id)).toEqual(['2', '1779923887578145'])
  expect(store?.reports.map(({ dimensions }) => dimensions.stat_time_day)).toEqual([
    '2026-11-01 00:00:00',
    '2026-11-02 00:00:00',
  ])
  await keep('campaigns.jsonl', { ...campaign(), campaign_id: 2 ** 60 })
  await expect(recordedTikTok(folder)).rejects.toThrow(/campaigns\.jsonl:1: not a row of campaigns/)
})
