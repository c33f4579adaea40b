import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitByWeight } from '../../../shared/attribution/split.ts'

const total = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n })
const weights = fc
  .array(fc.oneof(fc.constant(0), fc.nat(100), fc.double({ min: 1e-6, max: 1e6, noNaN: true })), {
    minLength: 1,
    maxLength: 12,
  })
  .filter((all) => all.some((weight) => weight > 0))
const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n)

describe('splitByWeight', () => {
  test('ten units by 1:1:1: the odd one goes to the first', () => {
    expect(splitByWeight(10n, [1, 1, 1])).toEqual([4n, 3n, 3n])
  })

  test('the largest remainder wins: 40/20/40 of 101 is 40.4, 20.2, 40.4', () => {
    expect(splitByWeight(101n, [40, 20, 40])).toEqual([41n, 20n, 40n])
    expect(splitByWeight(7n, [0.2, 0.3, 0.5])).toEqual([1n, 2n, 4n])
  })

  test('one weight takes all, a weight of zero nothing', () => {
    expect(splitByWeight(-5_000_001n, [0, 1, 0])).toEqual([0n, -5_000_001n, 0n])
  })

  test('parts always sum to the whole; a weight of zero gets nothing', () => {
    fc.assert(
      fc.property(total, weights, (whole, all) => {
        const parts = splitByWeight(whole, all)
        expect(sum(parts)).toBe(whole)
        expect(parts.every((part, index) => part === 0n || (all[index] ?? 0) > 0)).toBe(true)
      }),
    )
  })

  test('no part is a whole unit away from its exact share', () => {
    const counts = fc
      .array(fc.nat(1000), { minLength: 1, maxLength: 12 })
      .filter((all) => all.some((count) => count > 0))
    fc.assert(
      fc.property(total, counts, (whole, all) => {
        const weightSum = sum(all.map(BigInt))
        splitByWeight(whole, all).forEach((part, index) => {
          const off = part * weightSum - whole * BigInt(all[index] ?? 0)
          expect(off < weightSum && -off < weightSum).toBe(true)
        })
      }),
    )
  })

  test('a refund of the whole mirrors the sale part by part', () => {
    fc.assert(
      fc.property(total, weights, (whole, all) => {
        expect(splitByWeight(-whole, all)).toEqual(splitByWeight(whole, all).map((part) => -part))
      }),
    )
  })

  test.each([[[0, 0]], [[]], [[1, -1]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY]]])('refuses %j', (bad) => {
    expect(() => splitByWeight(1n, bad)).toThrow(/Expected weights/)
  })
})
