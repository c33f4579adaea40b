import { expect, test } from 'vitest'
import { choosePeriod, comparedWith, daysSince, eachDay } from '../../../shared/operations/brands/period.ts'

const today = '2026-11-20'

test('the default is thirty days, today being the last', () => {
  expect(choosePeriod({}, today)).toEqual({ since: '2026-10-22', until: '2026-11-21' })
  expect(choosePeriod({ until: '2026-03-01' }, today)).toEqual({ since: '2026-01-30', until: '2026-03-01' })
})

test('it is compared with as many days before it, or with the same weekdays a year ago', () => {
  const week = { since: '2026-03-02', until: '2026-03-09' }
  expect(comparedWith(week, 'previous_period')).toEqual({ since: '2026-02-23', until: '2026-03-02' })
  expect(comparedWith(week, 'previous_year')).toEqual({ since: '2025-03-03', until: '2025-03-10' })
  expect(comparedWith(week, 'none')).toBeNull()
})

test('days are days, whatever clocks do in between', () => {
  expect(eachDay({ since: '2028-02-28', until: '2028-03-02' })).toEqual(['2028-02-28', '2028-02-29', '2028-03-01'])
  expect(eachDay({ since: '2026-10-24', until: '2026-10-27' })).toHaveLength(3)
})

test('days from one on are those of the period, up to today', () => {
  const since = (first: string | null, since: string, until: string) =>
    daysSince(first, { period: { since, until }, today })
  expect(since('2026-11-18', '2026-11-01', '2026-12-01')).toEqual(['2026-11-18', '2026-11-19', '2026-11-20'])
  expect(since('2026-11-18', '2026-11-01', '2026-11-19')).toEqual(['2026-11-18'])
  expect(since('2026-11-18', '2026-10-01', '2026-11-01')).toEqual([])
  expect(since(null, '2026-11-01', '2026-12-01')).toEqual([])
})

test.each([
  [{ since: '2026-11-02', until: '2026-11-02' }, 'since'],
  [{ since: '2025-11-18', until: '2026-11-20' }, 'until'],
])('%o is not a period', (given, field) => {
  expect(() => choosePeriod(given, today)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', details: { fields: { [field]: [expect.any(String)] } } }),
  )
})
