import { describe, expect, test } from 'vitest'
import { touchesInWindow } from '../../../shared/attribution/journey.ts'
import { visit } from './journey.ts'

const orderedAt = new Date('2026-03-31T12:00:00.000Z')
const ids = (touches: readonly { visit_id: string }[]): string[] => touches.map((touch) => touch.visit_id)

describe('touchesInWindow', () => {
  test('thirty days to the millisecond are in, one more is out', () => {
    const edge = visit('2026-03-01T12:00:00.000Z')
    const beyond = visit('2026-03-01T11:59:59.999Z')
    expect(touchesInWindow([edge, beyond], orderedAt, 30)).toEqual([edge])
  })

  test('a visit at the instant of the order is in, a later one is out', () => {
    const atOnce = visit('2026-03-31T12:00:00.000Z')
    const later = visit('2026-03-31T12:00:00.001Z')
    expect(touchesInWindow([later, atOnce], orderedAt, 30)).toEqual([atOnce])
  })

  test('by time, then by id, whatever the order of arrival', () => {
    const at = '2026-03-30T08:00:00.000Z'
    const touches = [
      visit(at, { visit_id: 'b' }),
      visit('2026-03-29T08:00:00.000Z', { visit_id: 'z' }),
      visit(at, { visit_id: 'a' }),
    ]
    expect(ids(touchesInWindow(touches, orderedAt, 30))).toEqual(['z', 'a', 'b'])
    expect(ids(touchesInWindow(touches.toReversed(), orderedAt, 30))).toEqual(['z', 'a', 'b'])
  })
})
