import { describe, expect, test } from 'vitest'
import { meta } from '../../../functions/sync-meta/connector.ts'
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
  read,
  resumeOf,
  type Scripted,
  scriptedApi,
  TOKEN,
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

describe('a call', () => {
  test('carries the token in its header and nowhere else', async () => {
    const calls = await scriptedApi(inOrder(list([campaign('1')], 'A1'), list([campaign('2')])))
    const pages = await read('campaigns')
    expect(pages.map(({ count, resume }) => [count, resume])).toEqual([
      [1, { after: 'A1' }],
      [1, null],
    ])
    expect(calls.map(({ headers }) => headers.get('Authorization'))).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`])
    expect(calls.map(({ url }) => url.includes(TOKEN))).toEqual([false, false])
    expect(JSON.stringify(pages)).not.toContain(TOKEN)
    expect(calls.map(({ path, query }) => [path, query.get('limit'), query.get('after')])).toEqual([
      ['/v25.0/act_212551616838260/campaigns', '200', null],
      ['/v25.0/act_212551616838260/campaigns', '200', 'A1'],
    ])
    expect(JSON.parse(calls[0]?.query.get('effective_status') ?? '')).toContain('ARCHIVED')
  })

  test('for insights states level, day, windows and range', async () => {
    const calls = await scriptedApi(inOrder({ body: { data: [] } }))
    await read('daily_insights', days('2026-11-01', '2026-11-03'))
    const { limit, fields, ...query } = Object.fromEntries(calls[0]?.query ?? [])
    expect(query).toEqual({
      level: 'campaign',
      time_increment: '1',
      time_range: '{"since":"2026-11-01","until":"2026-11-02"}',
      action_attribution_windows: '["1d_click","7d_click","1d_view"]',
    })
    expect(limit).toBe('500')
    expect(fields?.split(',')).toContain('action_values')
  })

  test('is not made with a token or an account that could break out of it', async () => {
    expect(meta.credentials.safeParse({ access_token: 'a\nb' }).success).toBe(false)
    expect(() => openMeta(contextAt(() => NOW, '1/../me'))).toThrow(
      expect.objectContaining({ code: 'PROVIDER_NOT_FOUND' }),
    )
  })
})

describe('what Meta refuses', () => {
  test.each([
    ['an expired token', graphError({ code: 190, error_subcode: 463 }), 'PROVIDER_AUTH'],
    ['a removed app', graphError({ code: 190, error_subcode: 458 }, 401), 'PROVIDER_AUTH'],
    ['an ended session', graphError({ code: 102 }), 'PROVIDER_AUTH'],
    ['no permission', graphError({ code: 10 }, 403), 'PROVIDER_PERMISSION'],
    ['no business permission', graphError({ code: 200 }, 403), 'PROVIDER_PERMISSION'],
    ['no permission of the upper range', graphError({ code: 299 }, 403), 'PROVIDER_PERMISSION'],
    ['no ads permission', graphError({ code: 294 }), 'PROVIDER_PERMISSION'],
    ['no capability', graphError({ code: 3 }), 'PROVIDER_PERMISSION'],
    ['a missing object', graphError({ code: 100, error_subcode: 33 }), 'PROVIDER_NOT_FOUND'],
    [
      'no permission, as a parameter',
      graphError({ code: 100, message: '(#100) Missing permissions' }),
      'PROVIDER_PERMISSION',
    ],
    ['a bad parameter', graphError({ code: 100 }), 'PROVIDER_REJECTED'],
    ['days too long ago', graphError({ code: 3018 }), 'PROVIDER_REJECTED'],
    ['a policy breach', graphError({ code: 368 }), 'PROVIDER_REJECTED'],
    ['an old version', graphError({ code: 2635 }), 'PROVIDER_REJECTED'],
    ['an unknown code', graphError({ code: 77777 }), 'PROVIDER_REJECTED'],
    ['no code', graphError({ message: 'Call was not successful' }), 'PROVIDER_REJECTED'],
    ['an unknown error', graphError({ code: 1, error_subcode: 2853001 }), 'PROVIDER_UNAVAILABLE'],
    ['a fault below 500', graphError({ code: 2 }), 'PROVIDER_UNAVAILABLE'],
    ['code 104', graphError({ code: 104 }), 'PROVIDER_UNAVAILABLE'],
    ['code 960', graphError({ code: 960 }), 'PROVIDER_UNAVAILABLE'],
    ['what it calls transient', graphError({ code: 5555, is_transient: true }), 'PROVIDER_UNAVAILABLE'],
    ['503', graphError({ code: 2, is_transient: true }, 503), 'PROVIDER_UNAVAILABLE'],
    ['502 without JSON', { status: 502, body: '<html>' }, 'PROVIDER_UNAVAILABLE'],
    ['an error with status 200', { status: 200, body: { error: { code: 190 } } }, 'PROVIDER_AUTH'],
    ['400 without a reason', { status: 400, body: {} }, 'PROVIDER_BAD_RESPONSE'],
    ['HTML with 200', { body: '<!doctype html>' }, 'PROVIDER_BAD_RESPONSE'],
    ['a cut answer', { body: '{"data":[{"id":"1"' }, 'PROVIDER_BAD_RESPONSE'],
    ['no list', { body: { data: {} } }, 'PROVIDER_BAD_RESPONSE'],
  ] satisfies [string, Scripted, string][])('%s', async (_, answer, code) => {
    const calls = await scriptedApi(inOrder(answer))
    expect((await failureOf(read('campaigns'))).code).toBe(code)
    expect(calls).toHaveLength(code === 'PROVIDER_UNAVAILABLE' ? 3 : 1)
  })

  test('its words, which may quote the token, are never repeated', async () => {
    const message = `Malformed access token ${TOKEN}`
    await scriptedApi(inOrder(graphError({ code: 190, message, fbtrace_id: 'AbC_1' })))
    const failure = await failureOf(read('campaigns'))
    expect(failure.details).toMatchObject({ status: 400, code: 190, subcode: null, trace_id: 'AbC_1' })
    expect(`${failure.message} ${JSON.stringify(failure.details)} ${failure.cause}`).not.toContain(TOKEN)
  })

  test('a passing fault is tried again', async () => {
    const calls = await scriptedApi(inOrder(graphError({ code: 2 }), graphError({ code: 1 }), list([campaign('1')])))
    expect(await read('campaigns')).toHaveLength(1)
    expect(calls).toHaveLength(3)
    expect(waits).toEqual([2000, 4000])
  })

  test('deleted campaigns are left out where the account cannot list them', async () => {
    const calls = await scriptedApi(({ query }) =>
      query.get('effective_status')?.includes('DELETED')
        ? graphError({ code: 100, error_subcode: 1815001 })
        : query.has('after')
          ? list([campaign('2')])
          : list([campaign('1')], 'A1'),
    )
    expect(await read('campaigns')).toHaveLength(2)
    expect(calls).toHaveLength(3)
  })
})

describe('pages', () => {
  test.each([
    ['the cursor that was asked for', ['A1', 'A1']],
    ['an older cursor', ['A1', 'A2', 'A1']],
  ])('a loop to %s is an error', async (_, cursors) => {
    const calls = await scriptedApi(inOrder(...cursors.map((after) => list([campaign('1')], after))))
    const failure = await failureOf(read('campaigns'))
    expect(failure.code).toBe('PROVIDER_BAD_RESPONSE')
    expect(calls).toHaveLength(cursors.length)
  })

  test('a next page without a cursor is an error', async () => {
    await scriptedApi(inOrder({ body: { data: [], paging: { next: 'https://x' } } }))
    expect((await failureOf(read('campaigns'))).code).toBe('PROVIDER_BAD_RESPONSE')
  })

  test('short and empty pages in the middle end nothing', async () => {
    await scriptedApi(inOrder(list([campaign('1')], 'A1'), list([], 'A2'), list([campaign('2')])))
    expect((await read('campaigns')).map(({ count }) => count)).toEqual([1, 0, 1])
  })

  test('a wrong node refuses its page and keeps the one before', async () => {
    await scriptedApi(inOrder(list([campaign('1')], 'A1'), list([campaign('2'), { id: 3 }])))
    const kept: unknown[] = []
    const failure = await failureOf(
      (async () => {
        for await (const page of openMeta().stream('campaigns')) kept.push(page.resume)
      })(),
    )
    expect(failure.code).toBe('PROVIDER_BAD_RESPONSE')
    expect(kept).toEqual([{ after: 'A1' }])
  })

  test('a stored cursor that Meta no longer knows restarts its list, once', async () => {
    const calls = await scriptedApi(({ query }) =>
      query.has('after') ? graphError({ code: 100, message: 'Invalid cursors values' }) : list([row('2026-11-01')]),
    )
    const resume = { since: '2026-11-01', until: '2026-11-02', after: 'OLD' }
    const pages = await read('daily_insights', { ...days('2026-10-20', '2026-11-05'), resume })
    expect(calls.map(({ query }) => query.get('time_range'))).toEqual([
      '{"since":"2026-11-01","until":"2026-11-02"}',
      '{"since":"2026-11-01","until":"2026-11-02"}',
      '{"since":"2026-11-03","until":"2026-11-04"}',
    ])
    expect(pages.map(resumeOf)).toEqual([{ since: '2026-11-03', until: '2026-11-04' }, null])
  })
})
