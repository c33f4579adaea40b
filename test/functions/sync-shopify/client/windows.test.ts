import { describe, expect, it } from 'vitest'
import { again, halves, planOf, searchOf, windowsOf } from '../../../../functions/sync-shopify/client/bulk/windows.ts'
import type { Range } from '../../../../shared/sync/connector.ts'

const RANGE: Range = { since: null, until: new Date('2026-11-20T10:00:00.700Z'), resume: null }
const ends = (windows: readonly { since: string; until: string }[]) => windows.map(({ since, until }) => [since, until])

describe('the windows of a range', () => {
  it('part the time from the oldest change to the newest, and go to the range’s end', () => {
    const changed = { oldest: '2026-11-01T00:00:00Z', newest: '2026-11-11T00:00:00Z' }
    expect(ends(windowsOf(RANGE, changed))).toEqual([
      ['2026-11-01T00:00:00Z', '2026-11-03T00:00:00Z'],
      ['2026-11-03T00:00:00Z', '2026-11-05T00:00:00Z'],
      ['2026-11-05T00:00:00Z', '2026-11-07T00:00:00Z'],
      ['2026-11-07T00:00:00Z', '2026-11-09T00:00:00Z'],
      ['2026-11-09T00:00:00Z', '2026-11-20T10:00:00Z'],
    ])
  })

  it.each([
    ['2026-11-01T00:00:01Z', 1],
    ['2026-11-03T12:00:00Z', 2],
  ])('are as many as there are days to %s', (newest, count) => {
    const windows = windowsOf(RANGE, { oldest: '2026-11-01T00:00:00Z', newest })
    expect([windows.length, windows[0]?.since, windows.at(-1)?.until]).toEqual([
      count,
      '2026-11-01T00:00:00Z',
      '2026-11-20T10:00:00Z',
    ])
  })
})

describe('a window', () => {
  const [day] = windowsOf(RANGE, { oldest: '2026-11-19T10:00:00Z', newest: '2026-11-19T11:00:00Z' })
  if (!day) throw new Error('no window')
  const begun = { ...day, job: 'gid://shopify/BulkOperation/1', at: 100, seen: 3 }

  it('is searched for by whole seconds, its end left out', () => {
    expect(searchOf(day)).toBe("updated_at:>='2026-11-19T10:00:00Z' AND updated_at:<'2026-11-20T10:00:00Z'")
  })

  it('begins again from its beginning, and by pages the third time', () => {
    const first = again(begun)
    expect(first).toEqual({ ...day, failures: 1 })
    expect(again(again(first))).toEqual({ ...day, pages: {} })
  })

  it('is halved twice, never below two hours, and then read by pages', () => {
    const [half, other] = halves(begun)
    expect(ends([half ?? day, other ?? day])).toEqual([
      ['2026-11-19T10:00:00Z', '2026-11-19T22:00:00Z'],
      ['2026-11-19T22:00:00Z', '2026-11-20T10:00:00Z'],
    ])
    expect([half?.job, half?.at, half?.seen]).toEqual([undefined, 0, 0])
    const [quarter, ...others] = halves(half ?? day)
    expect([quarter?.until, others.length]).toEqual(['2026-11-19T16:00:00Z', 1])
    expect(halves(quarter ?? day)).toMatchObject([{ since: quarter?.since, until: quarter?.until, pages: {} }])
    const short = { ...day, until: '2026-11-19T11:59:59Z' }
    expect(halves(short)).toEqual([{ ...short, failures: 1 }])
  })

  it('survives as JSON; what is of another kind is no plan', () => {
    const plan = { bulk: [begun, { ...day, pages: { seen: 3, after: 'c' } }], waits: 2 }
    expect(planOf(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
    for (const other of [null, 3, 'page 3', { seen: 4 }, { bulk: [], waits: 0 }]) expect(planOf(other)).toBeNull()
  })
})
