import { describe, expect, test } from 'vitest'
import { WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import {
  contextAt,
  day,
  failureOf,
  freeWaits,
  graphError,
  inOrder,
  list,
  NOW,
  openMeta,
  pagesOf,
  read,
  resumeOf,
  type Scripted,
  scriptedApi,
  waits,
} from './meta-api.ts'

freeWaits()

const campaign = (id: string) => ({ id, account_id: '1', name: `Campaign ${id}` })
const row = (date: string, id = '1') => ({
  account_id: '1',
  account_currency: 'USD',
  campaign_id: id,
  campaign_name: 'A',
  date_start: date,
  date_stop: date,
})
const days = (since: string, until: string) => ({ since: day(since), until: day(until) })

describe('rate limits', () => {
  const limit = (headers: Record<string, string>, code = 17): Scripted => ({
    ...graphError({ code, is_transient: true }),
    headers,
  })
  const usage = (fields: object) => JSON.stringify(fields)
  const useCase = (minutes: number) =>
    usage({ 1: [{ type: 'ads_insights', call_count: 100, estimated_time_to_regain_access: minutes }] })

  test.each([
    ['minutes of the use case', limit({ 'X-Business-Use-Case-Usage': useCase(7) }), 420_000],
    ['at most an hour', limit({ 'X-Business-Use-Case-Usage': useCase(1e9) }), 3_600_000],
    [
      'seconds of the account',
      limit({ 'X-Ad-Account-Usage': usage({ acc_id_util_pct: 100, reset_time_duration: 60 }) }),
      60_000,
    ],
    [
      'minutes before seconds',
      limit({
        'X-Business-Use-Case-Usage': useCase(7),
        'X-Ad-Account-Usage': usage({ acc_id_util_pct: 100, reset_time_duration: 60 }),
      }),
      420_000,
    ],
    ['the app has no time', limit({ 'X-App-Usage': usage({ call_count: 100 }) }, 4), 300_000],
    ['no header', limit({}, 32), 300_000],
    ['a broken header', limit({ 'X-App-Usage': '{', 'X-Ad-Account-Usage': '[1]' }, 613), 300_000],
    ['a custom limit', limit({}, 80000), 300_000],
    ['the last of its range', limit({}, 80009), 300_000],
    ['429 with seconds', { status: 429, headers: { 'Retry-After': '30' }, body: '<html>' }, 30_000],
    ['429 with a date', { status: 429, headers: { 'Retry-After': 'Tue, 10 Nov 2026 17:01:00 GMT' }, body: '' }, 60_000],
    ['429 without', { status: 429, body: {} }, 300_000],
    ['429 with a negative number', { status: 429, headers: { 'Retry-After': '-5' }, body: {} }, 300_000],
    ['429 with 10⁹', { status: 429, headers: { 'Retry-After': '1000000000' }, body: {} }, 3_600_000],
  ] satisfies [string, Scripted, number][])('%s', async (_, answer, waitMs) => {
    const calls = await scriptedApi(inOrder(answer))
    const failure = await failureOf(read('campaigns'))
    expect(failure.code).toBe('PROVIDER_RATE_LIMITED')
    expect(failure.details[WAIT_DETAIL]).toBe(waitMs)
    expect(calls).toHaveLength(1)
  })

  test('the page that says 95 % is kept, the next call waits', async () => {
    const headers = { 'X-FB-Ads-Insights-Throttle': usage({ app_id_util_pct: 95, acc_id_util_pct: 10 }) }
    const calls = await scriptedApi(inOrder({ ...list([campaign('1')], 'A1'), headers }, list([campaign('2')])))
    let now = NOW
    const { stream } = openMeta(contextAt(() => now))
    const pages = stream('campaigns')[Symbol.asyncIterator]()
    expect((await pages.next()).value).toMatchObject({ count: 1, resume: { after: 'A1' } })
    const failure = await failureOf(pages.next())
    expect(failure).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', details: { [WAIT_DETAIL]: 300_000 } })
    expect(calls).toHaveLength(1)
    now = new Date(NOW.getTime() + 300_000)
    expect(await pagesOf(stream('campaigns', { resume: { after: 'A1' } }))).toHaveLength(1)
  })

  test('from 75 % on calls slow down', async () => {
    const loaded = (call_count: number) => ({ 'X-App-Usage': usage({ call_count, total_time: 1 }) })
    await scriptedApi(
      inOrder(
        { ...list([], 'A1'), headers: loaded(74) },
        { ...list([], 'A2'), headers: loaded(75) },
        { ...list([], 'A3'), headers: loaded(94) },
        list([]),
      ),
    )
    await read('campaigns')
    expect(waits).toEqual([250, 5000])
  })
})

describe('too much data', () => {
  const LESS = "Please reduce the amount of data you're asking for, then retry your request"
  const span = (query: URLSearchParams) => {
    const { since, until } = JSON.parse(query.get('time_range') ?? '{}')
    return (Date.parse(until) - Date.parse(since)) / 86_400_000 + 1
  }

  test.each([
    ['code 1 with its message', graphError({ code: 1, message: LESS }, 500), 3],
    ['code 1 with its message below 500', graphError({ code: 1, message: LESS }), 1],
    ['subcode 1504018', graphError({ code: 2, error_subcode: 1504018, is_transient: true }), 1],
    ['subcode 1504022', graphError({ code: 1, error_subcode: 1504022 }), 1],
    ['subcode 1487534', graphError({ code: 100, error_subcode: 1487534 }), 1],
  ] satisfies [string, Scripted, number][])('%s halves the page', async (_, refusal, tries) => {
    const calls = await scriptedApi(({ query }) =>
      Number(query.get('limit')) > 125 ? refusal : list([row('2026-11-01')]),
    )
    expect(await read('daily_insights', days('2026-11-01', '2026-11-02'))).toHaveLength(1)
    const limits = calls.map(({ query }) => query.get('limit'))
    expect(limits).toEqual([...Array(tries).fill('500'), ...Array(tries).fill('250'), '125'])
  })

  test('then the range, for the rest of the read', async () => {
    const calls = await scriptedApi(({ query }) =>
      span(query) > 8 ? graphError({ code: 1, message: LESS }) : list([row('2026-11-01')]),
    )
    const pages = await read('daily_insights', days('2026-10-01', '2026-10-31'))
    expect(calls.map(({ query }) => `${query.get('limit')}/${span(query)}`)).toEqual([
      ...['500/30', '250/30', '125/30', '100/30', '100/15'],
      ...['100/7', '100/7', '100/7', '100/7', '100/2'],
    ])
    expect(pages.at(-1)?.resume).toBeNull()
  })

  test('in the middle of a list the shorter one begins anew', async () => {
    const calls = await scriptedApi(({ query }) => {
      if (span(query) === 4) return query.has('after') ? graphError({ code: 1, message: LESS }) : list([], 'A1')
      return list([row('2026-11-01')])
    })
    const pages = await read('daily_insights', days('2026-11-01', '2026-11-05'))
    expect(pages.map(resumeOf)).toEqual([
      { since: '2026-11-01', until: '2026-11-04', after: 'A1' },
      { since: '2026-11-03', until: '2026-11-04' },
      null,
    ])
    expect(calls.at(-2)?.query.has('after')).toBe(false)
  })

  test.each([
    ['without a reason', { status: 500, body: 'down' }],
    ['as a web page', { status: 502, body: '<html>' }],
    ['with an empty body', { status: 503, body: '' }],
    ['in an envelope', graphError({ code: 1, message: 'An unknown error occurred' }, 500)],
    ['in an envelope of another code', graphError({ code: 100 }, 500)],
    ['as JSON that is no envelope', { status: 500, body: { error: 'down' } }],
  ] satisfies [string, Scripted][])('an outage %s is tried again and asks for nothing smaller', async (_, outage) => {
    const calls = await scriptedApi(inOrder(outage))
    const failure = await failureOf(read('daily_insights', days('2026-10-01', '2026-10-31')))
    expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', details: { status: outage.status } })
    expect(calls.map(({ query }) => query.get('limit'))).toEqual(['500', '500', '500'])
  })

  test('a limit that comes as a 500 is waited for like any other', async () => {
    await scriptedApi(inOrder(graphError({ code: 17 }, 500)))
    expect((await failureOf(read('campaigns'))).code).toBe('PROVIDER_RATE_LIMITED')
  })

  test('a single day that is too much is an error', async () => {
    const calls = await scriptedApi(inOrder(graphError({ code: 1, message: LESS })))
    const failure = await failureOf(read('daily_insights', days('2026-11-01', '2026-11-03')))
    expect(failure.code).toBe('PROVIDER_UNAVAILABLE')
    expect(calls).toHaveLength(5)
  })
})
