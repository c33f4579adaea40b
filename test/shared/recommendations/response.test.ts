import { expect, test } from 'vitest'
import { responseOf } from '../../../shared/recommendations/response.ts'
import { campaign, hill } from './world.ts'

test('of few days, or of a spend that hardly varies, nothing is said; the same days say the same', () => {
  const { days } = campaign('one', hill)
  expect(responseOf('one', days.slice(-55))).toBe('too few days')
  expect(
    responseOf(
      'one',
      days.map((day) => ({ ...day, spend: 100 + (day.spend % 20) })),
    ),
  ).toBe('spend hardly varied')
  expect(JSON.stringify(responseOf('one', days))).toBe(JSON.stringify(responseOf('one', days)))
})
