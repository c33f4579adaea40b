import { describe, expect, test } from 'vitest'
import { tiktok } from '../../../functions/sync-tiktok/connector.ts'
import { AppError } from '../../../shared/errors.ts'
import { WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import { ADVERTISER_ID, campaign, TOKEN } from '../../sandbox/tiktok-world.ts'
import { day, failureOf, freeWaits, inOrder, NOW, pagesOf, type Scripted, waits } from '../sync-meta/meta-api.ts'
import { contextAt, envelope, list, openTikTok, read, refusal, scriptedApi } from './tiktok-api.ts'

freeWaits()

const row = (date: string) => ({
  dimensions: { campaign_id: '1', stat_time_day: `${date} 00:00:00` },
  metrics: { spend: '1.00' },
})

describe('a call', () => {
  test('carries the token in its header alone, and lists as JSON text', async () => {
    const calls = await scriptedApi(
      inOrder(list([campaign()], { total_page: 2 }), list([], { page: 2, total_page: 2 })),
    )
    const pages = await read('campaigns')
    expect(pages.map(({ count, resume }) => [count, resume])).toEqual([
      [1, { page: 2, page_size: 1_000 }],
      [0, null],
    ])
    expect(calls.map(({ headers }) => headers.get('Access-Token'))).toEqual([TOKEN, TOKEN])
    expect(calls.map(({ url }) => url).join()).not.toContain(TOKEN)
    const { fields, ...query } = Object.fromEntries(calls[0]?.query ?? [])
    expect([calls[0]?.path, query, JSON.parse(fields ?? '')[0]]).toEqual([
      '/open_api/v1.3/campaign/get/',
      {
        advertiser_id: ADVERTISER_ID,
        filtering: '{"secondary_status":"CAMPAIGN_STATUS_ALL"}',
        page: '1',
        page_size: '1000',
      },
      'campaign_id',
    ])
  })

  test('for days states kind, level and range, thirty days at a time', async () => {
    const calls = await scriptedApi(inOrder(list([row('2026-10-01')])))
    const pages = await read('daily_report', { since: day('2026-10-01'), until: day('2026-11-01') })
    const { metrics, ...query } = Object.fromEntries(calls[0]?.query ?? [])
    expect(query).toEqual({
      advertiser_id: ADVERTISER_ID,
      service_type: 'AUCTION',
      report_type: 'BASIC',
      data_level: 'AUCTION_CAMPAIGN',
      dimensions: '["campaign_id","stat_time_day"]',
      start_date: '2026-10-01',
      end_date: '2026-10-30',
      page: '1',
      page_size: '1000',
    })
    expect(JSON.parse(metrics ?? '')).toContain('total_onsite_shopping_value')
    expect(pages.map(({ resume, position }) => [resume, position])).toEqual([
      [{ since: '2026-10-31', until: '2026-10-31', page: 1, page_size: 1_000 }, '2026-10-01'],
      [null, '2026-10-01'],
    ])
  })

  test('is asked for before it is made, each time', async () => {
    const calls = await scriptedApi(inOrder(refusal(50000), list([])))
    const asked: number[] = []
    const context = { ...contextAt(() => NOW), mayCall: async () => void asked.push(calls.length) }
    await pagesOf(openTikTok(context)('campaigns'))
    expect(asked).toEqual([0, 0, 1]) // the first for the advertiser, whose call is not kept
    const used = new AppError('PROVIDER_RATE_LIMITED', 'used up', { details: { [WAIT_DETAIL]: 1 } })
    const refused = openTikTok({ ...context, mayCall: () => Promise.reject(used) })('campaigns')
    expect(await failureOf(pagesOf(refused))).toBe(used)
  })

  test('is not made with a token or an account that could break out of it', () => {
    expect(tiktok.credentials.safeParse({ access_token: 'a\nb' }).success).toBe(false)
    expect(() => openTikTok(contextAt(() => NOW, '1/../2'))).toThrow(
      expect.objectContaining({ code: 'PROVIDER_NOT_FOUND' }),
    )
  })
})

describe('what TikTok refuses', () => {
  const passing = new Set(['PROVIDER_UNAVAILABLE', 'PROVIDER_RATE_LIMITED'])

  test.each([
    ['too many calls of the app', refusal(40100), 'PROVIDER_RATE_LIMITED'],
    ['a limit by another code', refusal(40133), 'PROVIDER_RATE_LIMITED'],
    ['overload', refusal(51021), 'PROVIDER_RATE_LIMITED'],
    ['an expired token', refusal(40102), 'PROVIDER_AUTH'],
    ['no token', refusal(40104), 'PROVIDER_AUTH'],
    ['a revoked token', refusal(40105), 'PROVIDER_AUTH'],
    ['the last code of tokens', refusal(40131), 'PROVIDER_AUTH'],
    ['no permission', refusal(40001), 'PROVIDER_PERMISSION'],
    ['a bad parameter', refusal(40002), 'PROVIDER_REJECTED'],
    ['a state of tasks', refusal(40200), 'PROVIDER_REJECTED'],
    ['a code that nobody knows', refusal(77777), 'PROVIDER_REJECTED'],
    ['a part of the answer', envelope({ list: [] }, 20001), 'PROVIDER_UNAVAILABLE'],
    ['a system error', refusal(50000), 'PROVIDER_UNAVAILABLE'],
    ['an internal error', refusal(51305), 'PROVIDER_UNAVAILABLE'],
    ['an outage', refusal(60001), 'PROVIDER_UNAVAILABLE'],
    ['500', { status: 500, body: 'down' }, 'PROVIDER_UNAVAILABLE'],
    ['503 with HTML', { status: 503, body: '<html>' }, 'PROVIDER_UNAVAILABLE'],
    ['its code with status 400', { ...refusal(40105), status: 400 }, 'PROVIDER_AUTH'],
    ['a good code with status 400', { ...list([]), status: 400 }, 'PROVIDER_REJECTED'],
    ['404 with HTML', { status: 404, body: '<html>' }, 'PROVIDER_BAD_RESPONSE'],
    ['HTML with 200', { body: '<!doctype html>' }, 'PROVIDER_BAD_RESPONSE'],
    ['a cut answer', { body: '{"code":0,"data":{"list":[{"campaign_id":"1"' }, 'PROVIDER_BAD_RESPONSE'],
    ['no envelope', { body: { list: [] } }, 'PROVIDER_BAD_RESPONSE'],
    ['no list', envelope({}), 'PROVIDER_BAD_RESPONSE'],
    ['a list without pages', envelope({ list: [] }), 'PROVIDER_BAD_RESPONSE'],
  ] satisfies [string, Scripted, string][])('%s', async (_, answer, code) => {
    const calls = await scriptedApi(inOrder(answer))
    expect((await failureOf(read('campaigns'))).code).toBe(code)
    expect(calls).toHaveLength(passing.has(code) ? 3 : 1)
  })

  test('what may pass is tried again after at least a second, longer each time', async () => {
    const calls = await scriptedApi(inOrder(refusal(40100), refusal(50002), list([campaign()])))
    expect(await read('campaigns')).toHaveLength(1)
    expect(calls).toHaveLength(3)
    expect(waits).toEqual([2_000, 4_000])
  })

  test('a limit that lasts ends the slice for minutes', async () => {
    await scriptedApi(inOrder(refusal(40100)))
    expect((await failureOf(read('campaigns'))).details).toEqual({
      ...{ status: 200, code: 40100, request_id: 'R1' },
      [WAIT_DETAIL]: 300_000,
    })
  })

  test.each([
    ['seconds', { 'Retry-After': '30' }, 30_000],
    ['a date', { 'Retry-After': 'Tue, 10 Nov 2026 17:01:00 GMT' }, 60_000],
    ['nothing', {}, 300_000],
    ['a negative number', { 'Retry-After': '-5' }, 300_000],
    ['10⁹', { 'Retry-After': '1000000000' }, 3_600_000],
  ])('429 with %s is waited for as long as that', async (_, headers, waitMs) => {
    const calls = await scriptedApi(inOrder({ status: 429, headers, body: '<html>' }))
    const failure = await failureOf(read('campaigns'))
    expect([failure.code, failure.details[WAIT_DETAIL]]).toEqual(['PROVIDER_RATE_LIMITED', waitMs])
    expect(calls).toHaveLength(1)
  })

  test('its words, which may quote the token, are never repeated', async () => {
    await scriptedApi(inOrder(refusal(40105, `Access token ${TOKEN} is incorrect`)))
    const failure = await failureOf(read('campaigns'))
    expect(`${failure.message} ${JSON.stringify(failure.details)} ${failure.cause}`).not.toContain(TOKEN)
  })
})

describe('pages', () => {
  test.each([
    ['the page before', { page: 1, total_page: 3 }],
    ['a later page', { page: 3, total_page: 3 }],
    ['a longer page', { page: 2, page_size: 2_000, total_page: 3 }],
  ])('%s instead of the one that was asked for is an error, and the page before is kept', async (_, info) => {
    await scriptedApi(inOrder(list([campaign()], { total_page: 3 }), list([campaign()], info)))
    const kept: unknown[] = []
    const failure = await failureOf(
      (async () => {
        for await (const { resume } of openTikTok()('campaigns')) kept.push(resume)
      })(),
    )
    expect(failure.code).toBe('PROVIDER_BAD_RESPONSE')
    expect(kept).toEqual([{ page: 2, page_size: 1_000 }])
  })

  test('short and empty pages in the middle end nothing', async () => {
    const of = (page: number) => ({ page, total_page: 3 })
    await scriptedApi(inOrder(list([campaign()], of(1)), list([], of(2)), list([campaign()], of(3))))
    expect((await read('campaigns')).map(({ count }) => count)).toEqual([1, 0, 1])
  })

  test('a stored page that is no more restarts its report, once', async () => {
    const calls = await scriptedApi(({ query }) =>
      query.get('page') === '1' ? list([row('2026-11-01')]) : refusal(40002),
    )
    const resume = { since: '2026-11-01', until: '2026-11-02', page: 4, page_size: 1_000 }
    await read('daily_report', { since: day('2026-10-20'), until: day('2026-11-05'), resume })
    expect(calls.map(({ query }) => `${query.get('start_date')} ${query.get('page')}`)).toEqual([
      '2026-11-01 4',
      '2026-11-01 1',
      '2026-11-03 1',
    ])
  })
})
