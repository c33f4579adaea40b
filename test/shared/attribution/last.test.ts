import { expect, test } from 'vitest'
import { last } from '../../../shared/attribution/last.ts'
import { visit } from './journey.ts'

const paid = visit('2026-03-01T10:00:00.000Z')
const email = visit('2026-03-02T10:00:00.000Z', { bucket: 'email' })
const direct = visit('2026-03-03T10:00:00.000Z', { bucket: 'direct' })

test('the last touch that is not direct takes all', () => {
  expect(last.weigh([paid, email, direct])).toEqual([0, 1, 0])
  expect(last.weigh([email, paid])).toEqual([0, 1])
})

test('when all are direct, the last of them', () => {
  expect(last.weigh([direct, direct])).toEqual([0, 1])
})
