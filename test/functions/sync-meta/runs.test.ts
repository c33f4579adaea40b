import { describe, expect, test } from 'vitest'
import type { RunFate } from '../../../scripts/sandbox/meta/runs.ts'
import { metaSandbox } from '../../../scripts/sandbox/meta.ts'
import { DAY_MS, type Json, type Page } from '../../../shared/sync/connector.ts'
import { account, insight, worldOf } from '../../sandbox/meta-world.ts'
import {
  type Asked,
  contextAt,
  day,
  freeWaits,
  graphError,
  list,
  NOW,
  openMeta,
  pagesOf,
  read,
  scriptedApi,
  watchedApi,
} from './meta-api.ts'

freeWaits()

const MINUTE_MS = 60_000
const SINCE = day('2026-01-01')
const dates = (first: string, count: number) =>
  Array.from({ length: count }, (_, index) => new Date(Date.parse(first) + index * DAY_MS).toISOString().slice(0, 10))
/** Two campaigns on each of 300 days. */
const insights = dates('2026-01-10', 300).flatMap((date_start) =>
  ['1', '2'].map((campaign_id) => insight({ date_start, campaign_id })),
)
const newWorld = () => worldOf('2026-11-10T17:00:00Z', account({ account: { timezone_name: 'UTC' }, insights }))
const performanceOf = (pages: Page[]) => pages.flatMap(({ rows }) => rows.ad_performance ?? [])
const figuresOf = (pages: Page[]) => performanceOf(pages).map(({ fetched_at: _, ...row }) => row)

let atOnce: Promise<ReturnType<typeof figuresOf>> | undefined
/** What lists alone give, which are answered at once. */
function figuresAtOnce(): Promise<ReturnType<typeof figuresOf>> {
  atOnce ??= (async () => {
    const world = newWorld()
    await watchedApi(metaSandbox(world))
    const { stream } = openMeta(contextAt(world.now))
    const resume = { since: '2026-01-01', until: '2026-01-30' }
    return figuresOf(await pagesOf(stream('daily_insights', { since: SINCE, resume })))
  })()
  return atOnce
}

type Read = { pages: Page[]; calls: Asked[]; clock: { now: string } }

/** As the loop reads: whenever a page says to wait, a new client goes on after that time with nothing but `resume`. */
async function readThrough(options: Parameters<typeof metaSandbox>[1], since = SINCE): Promise<Read> {
  const world = newWorld()
  const calls = await watchedApi(metaSandbox(world, options))
  const until = world.now()
  const pages: Page[] = []
  let resume: Json | null = null
  do {
    const { stream } = openMeta(contextAt(world.now))
    const slice = await pagesOf(stream('daily_insights', { since, until, resume }))
    pages.push(...slice)
    const last = slice.at(-1)
    expect(slice.filter(({ waitMs }) => waitMs !== undefined)).toEqual(last?.waitMs === undefined ? [] : [last])
    world.clock.now = new Date(world.now().getTime() + (last?.waitMs ?? 0)).toISOString()
    resume = JSON.parse(JSON.stringify(last?.resume ?? null))
  } while (resume !== null)
  return { pages, calls, clock: world.clock }
}

/** Days of each call for insights: of runs as "POST 120". */
const asked = (calls: readonly Asked[]): string[] =>
  calls.flatMap(({ method, query }) => {
    const { since, until } = JSON.parse(query.get('time_range') ?? 'null') ?? {}
    return since ? [`${method} ${(Date.parse(until) - Date.parse(since)) / DAY_MS + 1}`] : []
  })

describe('a long range', () => {
  test('gives the same rows by runs as at once, each run asked for once', async () => {
    const { pages, calls } = await readThrough({})
    expect(figuresOf(pages)).toEqual(await figuresAtOnce())
    expect(asked(calls)).toEqual(['POST 120', 'POST 120', 'POST 74'])
    const query = Object.fromEntries(calls.find(({ method }) => method === 'POST')?.query ?? [])
    expect(query).toMatchObject({ level: 'campaign', time_increment: '1', fields: expect.stringContaining('spend') })
    expect(query.action_attribution_windows).toBe('["1d_click","7d_click","1d_view"]')
  })

  test('is not waited for: pages without rows give the slice back, and the run goes on from what they hold alone', async () => {
    const { pages, calls } = await readThrough({ rowsALook: 60 })
    expect(figuresOf(pages)).toEqual(await figuresAtOnce())
    expect(asked(calls)).toEqual(['POST 120', 'POST 120', 'POST 74'])
    const waiting = pages.filter(({ waitMs }) => waitMs !== undefined)
    expect(waiting.map(({ waitMs }) => waitMs)).toEqual([5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000])
    for (const page of waiting) expect(page).toMatchObject({ count: 0, position: null, rows: { ad_performance: [] } })
    expect(pages.at(-1)).toMatchObject({ resume: null, position: '2026-11-05' })
  })

  test('takes no row as newer than its run was asked for', async () => {
    const { pages, clock } = await readThrough({ rowsALook: 150 })
    expect(performanceOf(pages)[0]?.fetched_at).toBe('2026-11-10T17:00:00.000Z')
    expect(clock.now > '2026-11-10T17:00:00.000Z').toBe(true)
  })

  test('of the hour and of the day is answered at once', async () => {
    for (const days of [3, 28]) {
      const { calls } = await readThrough({}, new Date(NOW.getTime() - days * DAY_MS))
      expect(asked(calls)).toEqual([`GET ${days + 1}`])
    }
  })
})

describe('a run that comes to nothing', () => {
  test.each(['failed', 'skipped', 'stuck'] satisfies RunFate[])(
    '(%s) is asked for again with fewer days',
    async (fate) => {
      const { pages, calls, clock } = await readThrough({ fateOf: (nth) => (nth === 0 ? fate : 'completed') })
      expect(figuresOf(pages)).toEqual(await figuresAtOnce())
      expect(asked(calls)).toEqual(['POST 120', ...Array(5).fill('POST 60'), 'POST 14'])
      const minutes = (Date.parse(clock.now) - NOW.getTime()) / MINUTE_MS
      expect(Math.floor(minutes)).toBe(fate === 'stuck' ? 15 : 0)
    },
  )

  test.each(['failed', 'skipped', 'stuck'] satisfies RunFate[])(
    '(%s) again and again is left for lists',
    async (fate) => {
      const { pages, calls } = await readThrough({ fateOf: () => fate })
      expect(figuresOf(pages)).toEqual(await figuresAtOnce())
      expect(asked(calls)).toEqual(['POST 120', 'POST 60', 'POST 30', ...Array(10).fill('GET 30'), 'GET 14'])
    },
  )

  test('since it is no longer kept is asked for again', async () => {
    const world = newWorld()
    const calls = await watchedApi(metaSandbox(world))
    const run = { id: '6023920149001', asked_at: '2026-10-01T00:00:00.000Z' }
    const resume = { since: '2026-07-10', until: '2026-11-06', days_a_run: 120, run, after: 'MA' }
    const pages = await pagesOf(openMeta(contextAt(world.now)).stream('daily_insights', { since: SINCE, resume }))
    expect(asked(calls)).toEqual(['POST 60', 'POST 60', 'POST 4'])
    expect(performanceOf(pages)[0]?.day).toBe('2026-07-10')
  })
})

describe('Meta says of a run', () => {
  const ids = { report_run_id: '6023920149050' }
  const row = insight({ date_start: '2026-11-01' })
  /** What each look at a run is answered, in order; the last one for ever. */
  const lookedAt = (...states: object[]) => {
    let looks = 0
    return scriptedApi(({ method, path }) => {
      if (method === 'POST') return { body: ids }
      if (path.endsWith('/insights'))
        return list([{ ...row, account_id: '1', account_currency: 'USD', date_stop: row.date_start }])
      return { body: states[Math.min(looks++, states.length - 1)] }
    })
  }
  const range = { since: day('2026-09-01'), until: day('2026-11-10') }
  const askedAt = (ms: number) => ({
    since: '2026-09-01',
    until: '2026-11-09',
    days_a_run: 120,
    run: { id: '6023920149050', asked_at: new Date(NOW.getTime() - ms).toISOString() },
  })

  test.each([
    ['completed, but not whole', { async_status: 'Job Completed', async_percent_completion: 99 }, 5_000],
    ['not started, without a percentage', { async_status: 'Job Not Started' }, 5_000],
    ['a state nobody knows', { async_status: 'Job Dreaming', async_percent_completion: 100 }, 5_000],
  ])('%s: nothing of it is read', async (_, state, waitMs) => {
    const calls = await lookedAt(state)
    expect(await read('daily_insights', range)).toMatchObject([
      { count: 0, waitMs, resume: { run: { id: ids.report_run_id } } },
    ])
    expect(calls.map(({ path }) => path.split('/').at(-1))).toEqual(['insights', '6023920149050'])
  })

  test.each([
    [4 * MINUTE_MS, 0, 60_000],
    [50_000, 10, 25_000],
    [119 * MINUTE_MS, 42, 60_000],
  ])('at an age of %i ms it is at %i per cent: wait %i ms', async (ageMs, async_percent_completion, waitMs) => {
    await lookedAt({ async_status: 'Job Running', async_percent_completion })
    expect(await read('daily_insights', { ...range, resume: askedAt(ageMs) })).toMatchObject([{ waitMs }])
  })

  test('42 % for two hours, or that it was done a month ago: it is asked for again', async () => {
    for (const [state, ageMs] of [
      [{ async_status: 'Job Running', async_percent_completion: 42 }, 121 * MINUTE_MS],
      [{ async_status: 'Job Completed', async_percent_completion: 100 }, 29 * DAY_MS + 1],
    ] as const) {
      const calls = await lookedAt(state, { async_status: 'Job Completed', async_percent_completion: 100 })
      await read('daily_insights', { ...range, resume: askedAt(ageMs) })
      expect(asked(calls)).toEqual(['POST 60', 'POST 10'])
    }
  })

  test('nothing more for now, as a limit is met with the request: its name is kept while the slice waits', async () => {
    const headers = { 'X-App-Usage': JSON.stringify({ call_count: 99 }) }
    const calls = await scriptedApi(({ method }) => (method === 'POST' ? { headers, body: ids } : { body: {} }))
    const [page] = await read('daily_insights', range)
    expect(page).toMatchObject({ count: 0, waitMs: 300_000, resume: { run: { id: ids.report_run_id } } })
    expect(calls).toHaveLength(1)
  })

  test('that it is too much: fewer days', async () => {
    const tooMuch = graphError({ code: 100, error_subcode: 1487534 })
    const calls = await scriptedApi(({ method }) => (method === 'POST' ? tooMuch : list([])))
    expect((await read('daily_insights', range)).at(-1)?.resume).toBeNull()
    expect(asked(calls)).toEqual(['POST 70', 'POST 60', 'POST 30', 'GET 30', 'GET 30', 'GET 10'])
  })
})
