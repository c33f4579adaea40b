import { describe, expect, it } from 'vitest'
import { outlookOf, reorderPoint, type Sold, stockOutRisk } from '../../../shared/metrics/inventory.ts'

/** Runs of like days, as the read of snapshots and lines adds them up. */
const days = (...runs: readonly [count: number, available: number | null, units: number][]): Sold => {
  const known = runs.filter(([, available]) => available !== null)
  const inStock = known.filter(([, available, units]) => (available ?? 0) > 0 || units > 0)
  const sum = (of: readonly (typeof runs)[number][], value: (units: number) => number): number =>
    of.reduce((total, [count, , units]) => total + count * value(units), 0)
  return {
    known_days: sum(known, () => 1),
    in_stock_days: sum(inStock, () => 1),
    units: sum(inStock, (units) => units),
    units_squared: sum(inStock, (units) => units ** 2),
  }
}
const STOCK = { available: 30, on_hand: 34, incoming: 6 }
const LEAD = { mean: 10, sd: 2 }

describe('the outlook of a stock item', () => {
  it('counts demand on the days it was in stock alone', () => {
    const outlook = outlookOf(days([10, 40, 3], [10, 0, 0], [8, 20, 6]), STOCK, LEAD)
    // 10 × 3 + 8 × 6 = 78 units on 18 days in stock.
    expect(outlook.velocity).toBeCloseTo(78 / 18, 12)
    expect(outlook.cover_days).toBeCloseTo(30 / (78 / 18), 12)
    expect(outlook.known_days).toBe(28)
  })

  it('is unknown with fewer than 14 known days, and without a lead time, and says what it needs', () => {
    expect(outlookOf(days([13, 9, 1], [15, null, 4]), STOCK, LEAD)).toEqual({
      known_days: 13,
      velocity: null,
      cover_days: null,
      reorder_point: null,
      stock_out_risk: null,
      needs: ['14 days of snapshots'],
    })
    expect(outlookOf(days([14, 9, 2]), STOCK, null)).toMatchObject({
      velocity: 2,
      cover_days: 15,
      reorder_point: null,
      stock_out_risk: null,
      needs: ['lead time'],
    })
  })

  it('has no cover where nothing sells, and none of what is oversold', () => {
    expect(outlookOf(days([28, 9, 0]), STOCK, LEAD)).toMatchObject({ velocity: 0, cover_days: null, stock_out_risk: 0 })
    expect(outlookOf(days([28, 9, 2]), { ...STOCK, available: -4 }, LEAD).cover_days).toBe(0)
    expect(outlookOf(days([28, 0, 0]), STOCK, LEAD).velocity).toBeNull()
  })

  it('orders at d·L + z·√(L·σd² + d²·σL²), and risks what a table of the normal distribution says', () => {
    const demand = { perDay: 4, sd: 3 }
    // 40 + 1.645 × √(10 × 9 + 16 × 4)
    expect(reorderPoint(demand, LEAD)).toBeCloseTo(40 + 1.645 * Math.sqrt(154), 12)
    expect(stockOutRisk(demand, LEAD, 40)).toBeCloseTo(0.5, 7)
    expect(stockOutRisk(demand, LEAD, 40 + Math.sqrt(154))).toBeCloseTo(0.1586553, 6)
    expect(stockOutRisk(demand, LEAD, 40 - 1.96 * Math.sqrt(154))).toBeCloseTo(0.9750021, 6)
    expect(stockOutRisk({ perDay: 4, sd: 0 }, { mean: 10, sd: 0 }, 39)).toBe(1)
    expect(stockOutRisk({ perDay: 4, sd: 0 }, { mean: 10, sd: 0 }, 40)).toBe(0)
  })
})
