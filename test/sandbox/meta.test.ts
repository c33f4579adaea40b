import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { metaSandbox } from '../../scripts/sandbox/meta.ts'
import type { World } from '../../scripts/sandbox/world.ts'
import { listening } from './listening.ts'
import { account, campaign, insight, TOKEN, worldOf } from './meta-world.ts'

const ACT = 'act_212551616838260'
const NOON = '2026-11-10T17:00:00Z'

const Action = z.record(z.string(), z.string())
const Row = z.looseObject({ actions: z.array(Action).optional(), action_values: z.array(Action).optional() })
const List = z.object({
  data: z.array(Row),
  paging: z
    .object({
      cursors: z.object({ before: z.string(), after: z.string() }),
      next: z.string().optional(),
      previous: z.string().optional(),
    })
    .optional(),
})
const Failure = z.object({
  error: z.looseObject({ message: z.string(), type: z.string(), code: z.number(), fbtrace_id: z.string() }),
})

async function get(url: string, token: string | null = TOKEN) {
  return fetch(url, token === null ? {} : { headers: { Authorization: `Bearer ${token}` } })
}

async function api(world: World, limits: Parameters<typeof metaSandbox>[1] = {}) {
  const base = `${await listening(metaSandbox(world, limits))}/v25.0`
  const url = (path: string, query: Record<string, string> = {}) => `${base}/${path}?${new URLSearchParams(query)}`
  return {
    url,
    call: (path: string, query: Record<string, string> = {}) => get(url(path, query)),
    list: async (path: string, query: Record<string, string> = {}) =>
      List.parse(await (await get(url(path, query))).json()),
    failure: async (path: string, query: Record<string, string> = {}, token: string | null = TOKEN) => {
      const response = await get(url(path, query), token)
      return { status: response.status, ...Failure.parse(await response.json()).error }
    },
  }
}

const range = (since: string, until = since) => ({ time_range: JSON.stringify({ since, until }) })
const daily = { level: 'campaign', time_increment: '1' }

describe('access', () => {
  test('a token opens its accounts, by header or by parameter', async () => {
    const meta = await api(
      worldOf(NOON, account(), account({ account_id: '2' }), account({ account_id: '3', access_token: 'other' }), null),
    )
    const fields = { fields: 'id,name,currency,amount_spent,business{id}' }
    const { data } = await meta.list('me/adaccounts', fields)
    expect(data.map(({ id }) => id)).toEqual([ACT, 'act_2'])
    expect(data[0]).toMatchObject({ name: 'Acme Ads', currency: 'USD', amount_spent: '39125' })
    const byParameter = await get(meta.url(ACT, { fields: 'name', access_token: TOKEN }), null)
    expect(await byParameter.json()).toEqual({ id: ACT, name: 'Acme Ads' })
    expect(await (await meta.call('me')).json()).toEqual({
      id: expect.stringMatching(/^[0-9]+$/),
      name: expect.any(String),
    })
  })

  test('without fields only ids are sent', async () => {
    const meta = await api(worldOf(NOON, account({ campaigns: [campaign({})] })))
    expect(await (await meta.call(ACT)).json()).toEqual({ id: ACT, account_id: ACT.slice(4) })
    expect((await meta.list(`${ACT}/campaigns`)).data).toEqual([{ id: '120208325579370399' }])
  })

  test('unknown, missing and revoked tokens', async () => {
    const meta = await api(worldOf(NOON, account(), account({ account_id: '2', access_token: 'gone', revoked: true })))
    expect(await meta.failure(ACT, {}, 'wrong')).toMatchObject({ status: 400, code: 190, type: 'OAuthException' })
    expect(await meta.failure('me', {}, null)).toMatchObject({ status: 400, code: 2500 })
    expect(await meta.failure('act_2', {}, 'gone')).toMatchObject({ status: 400, code: 190, error_subcode: 460 })
  })

  test("another token's account is as good as absent", async () => {
    const meta = await api(worldOf(NOON, account(), account({ account_id: '2', access_token: 'other' })))
    const foreign = await meta.failure('act_2/insights')
    const absent = await meta.failure('act_999/insights')
    expect(foreign).toMatchObject({ status: 400, code: 100, error_subcode: 33 })
    expect({ ...absent, fbtrace_id: '', message: absent.message.replace('act_999', 'act_2') }).toEqual({
      ...foreign,
      fbtrace_id: '',
    })
  })

  test('versions that are retired or unknown, and writes', async () => {
    const meta = await api(worldOf(NOON, account()))
    const codeAt = async (version: string) =>
      Failure.parse(await (await get(meta.url('me').replace('v25.0', version))).json()).error.code
    expect(await codeAt('v24.0')).toBe(2635)
    expect(await codeAt('v99.0')).toBe(2500)
    expect((await get(meta.url('me').replace('v25.0', 'v26.0'))).headers.get('Facebook-API-Version')).toBe('v26.0')
    const write = await fetch(meta.url(ACT), { method: 'POST', headers: { Authorization: `Bearer ${TOKEN}` } })
    expect(Failure.parse(await write.json()).error).toMatchObject({ code: 100, error_subcode: 33 })
  })
})

describe('usage', () => {
  test('every answer tells the usage, and the call above the limit is refused until the window ends', async () => {
    let nowMs = 0
    const limits = { callsPerAccount: 4, callsPerApp: 100, windowMs: 60_000, clock: () => nowMs }
    const meta = await api(worldOf(NOON, account(), account({ account_id: '2' })), limits)
    const header = (response: Response, name: string): unknown => JSON.parse(response.headers.get(name) ?? 'null')
    for (let call = 0; call < 3; call++) expect((await meta.call(ACT)).status).toBe(200)
    const failed = await meta.call(`${ACT}/insights`, { fields: 'nonsense' })
    expect(failed.status).toBe(400)
    expect(header(failed, 'X-Ad-Account-Usage')).toMatchObject({ acc_id_util_pct: 100, reset_time_duration: 60 })
    expect(header(failed, 'X-App-Usage')).toEqual({ call_count: 4, total_cputime: 4, total_time: 4 })
    expect(header(failed, 'X-FB-Ads-Insights-Throttle')).toMatchObject({ app_id_util_pct: 4, acc_id_util_pct: 100 })
    expect(header(failed, 'X-Business-Use-Case-Usage')).toEqual({
      212551616838260: [
        expect.objectContaining({ type: 'ads_insights', call_count: 100, estimated_time_to_regain_access: 1 }),
      ],
    })
    expect(await meta.failure(ACT)).toMatchObject({ status: 400, code: 17, error_subcode: 2446079, is_transient: true })
    expect((await meta.call('act_2')).status).toBe(200)
    nowMs = 60_000
    expect((await meta.call(ACT)).status).toBe(200)
  })

  test('the app as a whole is limited too', async () => {
    const meta = await api(worldOf(NOON, account()), { callsPerApp: 1 })
    expect((await meta.call('me')).status).toBe(200)
    expect(await meta.failure('me')).toMatchObject({ status: 403, code: 4 })
  })
})

describe('campaigns and ad sets', () => {
  const campaigns = [
    campaign({ id: '1', daily_budget: '5000' }),
    campaign({ id: '2', effective_status: 'PAUSED', updated_time: '2026-11-01T00:00:00+0000' }),
    campaign({ id: '3', effective_status: 'ARCHIVED' }),
  ]
  const ids = ({ data }: z.infer<typeof List>) => data.map(({ id }) => id)

  test('archived campaigns are left out unless asked for', async () => {
    const meta = await api(worldOf(NOON, account({ campaigns })))
    const filtering = (field: string, operator: string, value: unknown) => ({
      filtering: JSON.stringify([{ field, operator, value }]),
    })
    const path = `${ACT}/campaigns`
    expect(ids(await meta.list(path))).toEqual(['1', '2'])
    expect(ids(await meta.list(path, { effective_status: '["ACTIVE","ARCHIVED"]' }))).toEqual(['1', '3'])
    expect(ids(await meta.list(path, filtering('campaign.effective_status', 'IN', ['ARCHIVED'])))).toEqual(['3'])
    const october = Date.parse('2026-10-15') / 1000
    expect(ids(await meta.list(path, filtering('campaign.updated_time', 'GREATER_THAN', october)))).toEqual(['2'])
    expect(await meta.failure(path, filtering('name', 'CONTAIN', 'x'))).toMatchObject({ code: 100 })
  })

  test('one to three ad sets a campaign, with budgets in minor units where the campaign has none', async () => {
    const insights = [insight({ campaign_id: '2', date_start: '2026-11-01', spend: '123.45' })]
    const usd = account({ campaigns, insights })
    const yen = account({
      account_id: '2',
      account: { currency: 'JPY' },
      campaigns,
      insights: insights.map((row) => ({ ...row, spend: '12345' })),
    })
    const meta = await api(worldOf(NOON, usd, yen))
    const fields = { fields: 'campaign_id,daily_budget,effective_status' }
    for (const act of [ACT, 'act_2']) {
      const { data } = await meta.list(`${act}/adsets`, fields)
      expect(new Set(ids({ data })).size).toBe(data.length)
      const of = (id: string) => data.filter(({ campaign_id }) => campaign_id === id)
      for (const id of ['1', '2']) expect([1, 2, 3]).toContain(of(id).length)
      expect(of('1').map(({ daily_budget }) => daily_budget)).toEqual(of('1').map(() => undefined))
      const together = of('2').reduce((sum, { daily_budget }) => sum + Number(daily_budget), 0)
      expect(together).toBeCloseTo(12345, -1)
      expect(of('2')[0]?.effective_status).toBe('CAMPAIGN_PAUSED')
    }
    expect(await meta.failure(`${ACT}/campaigns`, { effective_status: '["CAMPAIGN_PAUSED"]' })).toMatchObject({
      code: 100,
    })
  })

  test('an unknown field names the node type', async () => {
    const meta = await api(worldOf(NOON, account({ campaigns })))
    const { message, code } = await meta.failure(`${ACT}/campaigns`, { fields: 'id,colour' })
    expect({ message, code }).toEqual({
      message: '(#100) Tried accessing nonexisting field (colour) on node type (AdCampaignGroup)',
      code: 100,
    })
  })
})

describe('insights', () => {
  const allFields = {
    fields:
      'account_id,account_currency,campaign_id,campaign_name,spend,impressions,clicks,inline_link_clicks,reach,actions,action_values,purchase_roas',
  }
  const settled = insight({ date_start: '2026-10-01' })

  test('a settled day: strings, spend in major units, purchases under three types with named windows', async () => {
    const meta = await api(worldOf(NOON, account({ insights: [settled] })))
    const action_attribution_windows = '["1d_click","7d_click","1d_view"]'
    const { data } = await meta.list(`${ACT}/insights`, {
      ...daily,
      ...range('2026-10-01'),
      ...allFields,
      action_attribution_windows,
    })
    const [row] = data
    expect(row).toMatchObject({
      date_start: '2026-10-01',
      date_stop: '2026-10-01',
      spend: '100.00',
      impressions: '10000',
      clicks: '200',
      account_currency: 'USD',
      campaign_name: 'Prospecting',
    })
    const purchases = row?.actions?.filter(({ action_type }) => action_type?.includes('purchase')) ?? []
    expect(purchases.map(({ action_type, value }) => [action_type, value])).toEqual([
      ['omni_purchase', '100'],
      ['purchase', '100'],
      ['offsite_conversion.fb_pixel_purchase', '100'],
    ])
    const [first] = purchases
    expect(Number(first?.['7d_click']) + Number(first?.['1d_view'])).toBe(100)
    expect(Number(first?.['1d_click'])).toBeLessThanOrEqual(Number(first?.['7d_click']))
    expect(row?.action_values?.[1]).toMatchObject({ action_type: 'purchase', value: '5000.00' })
    expect(row?.purchase_roas).toEqual([expect.objectContaining({ action_type: 'omni_purchase', value: '50.000000' })])
  })

  test('windows are named only when asked for, and absent when nothing happened in them', async () => {
    const one = insight({ date_start: '2026-10-01', purchases: 1, purchase_value: '20.00', clicks: '0' })
    const meta = await api(worldOf(NOON, account({ insights: [one] })))
    const query = { ...daily, ...range('2026-10-01'), fields: 'actions' }
    expect((await meta.list(`${ACT}/insights`, query)).data[0]?.actions?.[1]).toEqual({
      action_type: 'purchase',
      value: '1',
    })
    const named = await meta.list(`${ACT}/insights`, { ...query, action_attribution_windows: '["7d_click","1d_view"]' })
    expect(Object.keys(named.data[0]?.actions?.[1] ?? {})).toHaveLength(3)
  })

  test('zeros leave their key out and days without delivery leave their row out', async () => {
    const nothing = insight({
      date_start: '2026-10-01',
      spend: '0.00',
      impressions: '0',
      clicks: '0',
      purchases: 0,
      purchase_value: '0',
    })
    const shown = { ...nothing, date_start: '2026-10-02', impressions: '5' }
    const meta = await api(worldOf(NOON, account({ insights: [nothing, shown] })))
    const { data } = await meta.list(`${ACT}/insights`, {
      ...daily,
      ...range('2026-10-01', '2026-10-03'),
      fields: 'spend,impressions,clicks,actions,action_values',
    })
    expect(data).toEqual([{ date_start: '2026-10-02', date_stop: '2026-10-02', impressions: '5' }])
  })

  test('currencies without decimals', async () => {
    const yen = insight({ date_start: '2026-10-01', spend: '12345', purchase_value: '99999' })
    const meta = await api(
      worldOf(NOON, account({ account: { currency: 'JPY', timezone_name: 'Asia/Tokyo' }, insights: [yen] })),
    )
    const { data } = await meta.list(`${ACT}/insights`, { ...daily, ...range('2026-10-01'), ...allFields })
    expect(data[0]).toMatchObject({ spend: '12345', account_currency: 'JPY' })
    expect(data[0]?.action_values?.[0]?.value).toBe('99999')
  })

  test('account level adds the campaigns up, all_days the days', async () => {
    const insights = [
      settled,
      insight({ date_start: '2026-10-01', campaign_id: '2' }),
      insight({ date_start: '2026-10-02' }),
    ]
    const meta = await api(worldOf(NOON, account({ insights })))
    const query = { ...range('2026-10-01', '2026-10-02'), fields: 'campaign_id,spend,actions' }
    const byDay = await meta.list(`${ACT}/insights`, { ...query, level: 'account', time_increment: '1' })
    expect(byDay.data.map(({ date_start, spend, campaign_id }) => [date_start, spend, campaign_id])).toEqual([
      ['2026-10-01', '200.00', undefined],
      ['2026-10-02', '100.00', undefined],
    ])
    const total = await meta.list(`${ACT}/insights`, query)
    expect(total.data).toEqual([
      expect.objectContaining({ date_start: '2026-10-01', date_stop: '2026-10-02', spend: '300.00' }),
    ])
    expect(total.data[0]?.actions?.[1]?.value).toBe('300')
  })

  test('conversions of a day come in over a week and spend settles by day three', async () => {
    const world = worldOf(NOON, account({ insights: [insight({ date_start: '2026-11-01' })] }))
    const meta = await api(world)
    const seen: { purchases: number; spend: number }[] = []
    for (let age = 0; age <= 8; age++) {
      world.clock.now = `2026-11-0${1 + age}T22:00:00Z`
      const { data } = await meta.list(`${ACT}/insights`, { ...daily, ...range('2026-11-01'), ...allFields })
      seen.push({ purchases: Number(data[0]?.actions?.[1]?.value), spend: Number(data[0]?.spend) })
    }
    const purchases = seen.map((each) => each.purchases)
    expect(purchases.slice(1)).toEqual([75, 85, 90, 94, 97, 99, 100, 100].map((share) => expect.closeTo(share, -0.5)))
    expect(purchases[0]).toBeLessThan(56)
    expect(purchases).toEqual(purchases.toSorted((a, b) => a - b))
    expect(purchases.at(-1)).toBe(100)
    expect(seen[1]?.spend).not.toBe(100)
    expect(seen[1]?.spend).toBeCloseTo(100, -0.7)
    expect(seen[3]?.spend).toBe(100)
  })

  test("today is the account's day and partial; later days are not served", async () => {
    const insights = ['2026-11-09', '2026-11-10', '2026-11-11'].map((date_start) => insight({ date_start }))
    const world = worldOf('2026-11-11T04:00:00Z', account({ insights }))
    const meta = await api(world)
    const query = { ...daily, ...range('2026-11-09', '2026-11-12'), fields: 'impressions' }
    const days = async () =>
      (await meta.list(`${ACT}/insights`, query)).data.map(({ date_start, impressions }) => [date_start, impressions])
    expect(await days()).toEqual([
      ['2026-11-09', '10000'],
      ['2026-11-10', '9583'],
    ])
    world.clock.now = '2026-11-11T17:00:00Z'
    expect(await days()).toEqual([
      ['2026-11-09', '10000'],
      ['2026-11-10', '10000'],
      ['2026-11-11', '5000'],
    ])
  })

  test('the day the clocks go back has 25 hours', async () => {
    const meta = await api(
      worldOf('2026-11-01T16:30:00Z', account({ insights: [insight({ date_start: '2026-11-01' })] })),
    )
    const { data } = await meta.list(`${ACT}/insights`, { ...daily, ...range('2026-11-01'), fields: 'impressions' })
    expect(data[0]?.impressions).toBe('5000')
  })

  test('pages follow next, an absolute link with the token, to the last row', async () => {
    const insights = Array.from({ length: 7 }, (_, index) => insight({ date_start: `2026-10-0${index + 1}` }))
    const meta = await api(worldOf(NOON, account({ insights })))
    const first = await meta.list(`${ACT}/insights`, { ...daily, ...range('2026-10-01', '2026-10-07'), limit: '3' })
    expect(first.paging?.cursors).toEqual({ before: 'MAZDZD', after: 'MgZDZD' })
    expect(first.paging?.previous).toBeUndefined()
    const days = first.data.map(({ date_start }) => date_start)
    let next = first.paging?.next
    while (next) {
      expect(new URL(next).searchParams.get('access_token')).toBe(TOKEN)
      const page = List.parse(await (await get(next, null)).json())
      days.push(...page.data.map(({ date_start }) => date_start))
      next = page.paging?.next
    }
    expect(days).toEqual(insights.map(({ date_start }) => date_start))
    const empty = await meta.call(`${ACT}/insights`, range('2026-09-01'))
    expect(await empty.json()).toEqual({ data: [] })
  })

  test('previous leads back, and a full last page has no next', async () => {
    const insights = [1, 2, 3, 4, 5, 6].map((day) => insight({ date_start: `2026-10-0${day}` }))
    const meta = await api(worldOf(NOON, account({ insights })))
    const query = { ...daily, ...range('2026-10-01', '2026-10-07'), limit: '2' }
    const last = await meta.list(`${ACT}/insights`, { ...query, after: 'MwZDZD' })
    expect(last.data.map(({ date_start }) => date_start)).toEqual(['2026-10-05', '2026-10-06'])
    expect(last.paging?.next).toBeUndefined()
    const back = List.parse(await (await get(last.paging?.previous ?? '', null)).json())
    expect(back.data.map(({ date_start }) => date_start)).toEqual(['2026-10-03', '2026-10-04'])
  })

  test.each([
    ['JSON that is none', { time_range: '{since:' }, 100],
    ['a day that is none', range('2026-02-30'), 100],
    ['since after until', range('2026-10-02', '2026-10-01'), 100],
    ['more than 37 months ago', range('2023-10-09', '2026-10-01'), 3018],
    ['an unknown field', { fields: 'spend,colour' }, 100],
    ['an unknown window', { action_attribution_windows: '["3d_click"]' }, 100],
    ['an unknown level', { level: 'planet' }, 100],
    ['a breakdown', { breakdowns: 'age' }, 100],
    ['a limit that is none', { limit: '0' }, 100],
    ['a cursor that is none', { after: '!' }, 100],
  ])('%s is refused', async (_, query, code) => {
    const meta = await api(worldOf(NOON, account({ insights: [settled] })))
    const failure = await meta.failure(`${ACT}/insights`, query)
    expect(failure).toMatchObject({ status: 400, code, type: 'OAuthException' })
    expect(failure.message).toMatch(new RegExp(`^\\(#${code}\\) `))
  })

  test('exactly 37 months ago is allowed and more than 500 rows a page are not', async () => {
    const meta = await api(worldOf(NOON, account({ insights: [settled] })))
    expect((await meta.call(`${ACT}/insights`, range('2023-10-10', '2026-10-01'))).status).toBe(200)
    expect((await meta.call(`${ACT}/insights`, { limit: '500' })).status).toBe(200)
    expect(await meta.failure(`${ACT}/insights`, { limit: '501' })).toMatchObject({ status: 500, code: 1 })
  })
})

describe('a report run', () => {
  const insights = Array.from({ length: 5 }, (_, index) => insight({ date_start: `2026-10-0${index + 1}` }))
  const Run = z.looseObject({ report_run_id: z.string().optional(), async_percent_completion: z.number().optional() })
  const query = { ...daily, ...range('2026-10-01', '2026-10-05'), fields: 'spend' }

  async function run(options: Parameters<typeof metaSandbox>[1], world = worldOf(NOON, account({ insights }))) {
    const meta = await api(world, options)
    const ask = async (form: Record<string, string>) => {
      const init = { method: 'POST', headers: { Authorization: `Bearer ${TOKEN}` }, body: new URLSearchParams(form) }
      return (await fetch(meta.url(`${ACT}/insights`), init)).json()
    }
    const id = Run.parse(await ask(query)).report_run_id ?? ''
    const look = async () => Run.parse(await (await meta.call(id)).json())
    return { id, ask, look, world, meta, rows: async () => (await meta.list(`${id}/insights`)).data }
  }

  test('counts on between two looks; what can be read is as much as is counted, as it was when it was asked for', async () => {
    const { id, ask, look, world, meta, rows } = await run({ rowsALook: 2 })
    expect(await rows()).toEqual([])
    world.clock.now = '2026-11-11T17:00:00Z'
    const running = { id, account_id: ACT.slice(4), async_status: 'Job Running', is_running: true }
    expect(await look()).toMatchObject({ ...running, async_percent_completion: 40 })
    expect(await rows()).toHaveLength(2)
    expect(await look()).toMatchObject({ async_percent_completion: 80 })
    const done = { async_status: 'Job Completed', async_percent_completion: 100, is_running: false }
    expect(await look()).toMatchObject({ ...done, time_ref: Date.parse(NOON) / 1000, date_start: '2026-10-01' })
    expect(await rows()).toEqual((await meta.list(`${ACT}/insights`, query)).data)
    expect(await ask({ ...query, level: 'planet' })).toMatchObject({ error: { code: 100 } })
    world.clock.now = '2026-12-11T17:00:01Z'
    expect(await meta.failure(id)).toMatchObject({ code: 100, error_subcode: 33 })
  })

  test.each([
    ['failed', { async_status: 'Job Failed', error_code: 2, error_subcode: 1504018 }],
    ['skipped', { async_status: 'Job Skipped' }],
    ['stuck', { async_status: 'Job Running', async_percent_completion: 0 }],
  ] as const)('can end as %s', async (fate, state) => {
    const { look } = await run({ fateOf: () => fate })
    expect(await look()).toMatchObject(state)
    expect((await look()).async_percent_completion).not.toBe(100)
  })
})
