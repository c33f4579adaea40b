import { describe, expect, it } from 'vitest'
import { METRICS, metricOf } from '../../../shared/metrics/catalog.ts'
import { FIGURE_NAMES, type Sums } from '../../../shared/metrics/figures.ts'
import {
  additivityOf,
  dimensionsOf,
  ledgersOf,
  provisionalRulesOf,
  settingsOf,
  sourcesOf,
} from '../../../shared/metrics/metric.ts'

const NOTHING = Object.fromEntries(FIGURE_NAMES.map((name) => [name, 0n])) as Sums // every name has its entry
const value = (id: string, sums: Partial<Sums>): bigint | null | undefined =>
  metricOf(id)?.formula.of({ ...NOTHING, ...sums })

describe('the catalogue of metrics', () => {
  it('names each number once, and leaves no figure unused', () => {
    expect(new Set(METRICS.map(({ id }) => id)).size).toBe(METRICS.length)
    expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length)
    expect(new Set(METRICS.flatMap(({ formula }) => formula.figures))).toEqual(new Set(FIGURE_NAMES))
  })

  it('divides sums, and never by nothing', () => {
    expect(value('roas', { paid_net: 7_000_000n, spend: 2_000_000n })).toBe(3_500_000n)
    expect(value('roas', { paid_net: 7_000_000n })).toBeNull()
    expect(value('aov', { gross: 100_000_000n, discounts: 10_000_000n, orders: 7_000_000n })).toBe(12_857_143n)
  })

  it('knows nothing where a part is unknown', () => {
    expect(value('cm1', { net: 5_000_000n, cogs: null })).toBeNull()
    expect(value('cm3', { net: 9n, cogs: 1n, shipping_cost: 1n, payment_fees: 1n, spend: 2n })).toBe(4n)
    expect(value('cm2', { net: 9n, cogs: 1n, shipping_cost: null })).toBeNull()
  })

  it.each([
    ['net', { ledger: ['store'], by: ['product'], adds: 'sum', provisional: [], reads: ['store'], text: 'net' }],
    ['returning_customers', { adds: 'days', by: [] }],
    ['roas', { ledger: ['touch', 'platform'], by: ['channel', 'campaign'], provisional: ['credited', 'spend'] }],
    ['mer', { by: [], adds: 'ratio', text: '(net + tax + shipping) / spend' }],
    ['claimed_roas', { provisional: ['claimed', 'spend'], ledger: ['platform'] }],
    ['cm2', { settings: ['shipping_cost', 'payment_fees'], reads: ['store', 'settings'] }],
    ['aov', { text: '(gross − discounts) / orders', by: ['product'] }],
  ])('says of %s what follows from its figures', (id, expected) => {
    const metric = metricOf(id)
    if (!metric) throw new Error(`There is no ${id}.`)
    expect({
      ledger: ledgersOf(metric),
      by: dimensionsOf(metric),
      adds: additivityOf(metric),
      provisional: provisionalRulesOf(metric),
      reads: sourcesOf(metric),
      settings: settingsOf(metric),
      text: metric.formula.text,
    }).toMatchObject(expected)
  })
})
