import { describe, expect, test } from 'vitest'
import { accountDays, addDays, countDays } from '../../../shared/sync/account-days.ts'

const at = (text: string): Date => new Date(text)
const NOW = at('2026-11-10T17:00:00Z')
const days = (since: string | null, until: string, zone = 'America/New_York', now = NOW) =>
  accountDays({ since: since === null ? null : at(since), until: at(until) }, { timeZone: zone, keptMonths: 37 }, now)

describe('days of a range', () => {
  test.each([
    ['America/New_York', '2026-11-07', '2026-11-10'],
    ['Pacific/Auckland', '2026-11-08', '2026-11-11'],
    ['Asia/Kathmandu', '2026-11-07', '2026-11-10'],
  ])('are cut in %s', (zone, since, until) => {
    expect(days('2026-11-07T17:00:00Z', '2026-11-10T17:00:00Z', zone)).toEqual({ since, until })
  })

  test('the end is exclusive', () => {
    expect(days('2026-11-09T05:00:00Z', '2026-11-10T05:00:00Z')).toEqual({ since: '2026-11-09', until: '2026-11-09' })
    expect(days('2026-11-09T04:59:59Z', '2026-11-10T05:00:01Z')).toEqual({ since: '2026-11-08', until: '2026-11-10' })
    expect(days('2026-11-09T05:00:00Z', '2026-11-09T05:00:00Z')).toBeNull()
  })

  test('of 23 and 25 hours are one day each', () => {
    expect(days('2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z')).toEqual({ since: '2026-03-08', until: '2026-03-08' })
    expect(days('2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z')).toEqual({ since: '2026-11-01', until: '2026-11-01' })
  })

  test('that have not begun and that the provider no longer has are left out', () => {
    expect(days('2026-11-09T12:00:00Z', '2026-11-20T00:00:00Z')).toEqual({ since: '2026-11-09', until: '2026-11-10' })
    expect(days(null, '2026-11-10T17:00:00Z')).toEqual({ since: '2023-10-11', until: '2026-11-10' })
    expect(days('2019-01-01T00:00:00Z', '2026-11-10T17:00:00Z')?.since).toBe('2023-10-11')
    expect(days('2019-01-01T00:00:00Z', '2020-01-01T00:00:00Z')).toBeNull()
    expect(days('2026-11-12T00:00:00Z', '2026-11-13T00:00:00Z')).toBeNull()
  })

  test('the oldest day is never before the same day 37 months ago', () => {
    const leap = days(null, '2027-03-31T12:00:00Z', 'UTC', at('2027-03-31T12:00:00Z'))
    expect(leap?.since).toBe('2024-03-03')
  })
})

test('calendar days are counted over the end of February and over clock changes', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(addDays('2027-02-28', 1)).toBe('2027-03-01')
  expect(addDays('2026-10-31', 2)).toBe('2026-11-02')
  expect(countDays({ since: '2028-02-01', until: '2028-03-01' })).toBe(30)
  expect(countDays({ since: '2026-11-01', until: '2026-11-01' })).toBe(1)
})
