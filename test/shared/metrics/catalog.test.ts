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

  const month = {
    ...{ gross: 1_000n, discounts: 100n, returns: 50n, net: 850n, tax: 80n, shipping: 20n, cogs: 350n },
    ...{ orders: 9n, new_customers: 4n, returning_customers: 4n, new_net: 400n, shipping_cost: 40n, payment_fees: 10n },
    ...{ spend: 200n, paid_net: 300n, clicks: 400n, impressions: 20_000n },
  }
  it.each([
    ['total_sales', 950],
    ['aov', 100],
    ['roas', 1.5],
    ['mer', 4.75],
    ['cac', 25],
    ['ncac', 50],
    ['nroas', 2],
    ['cm1', 500],
    ['cm2', 450],
    ['cm3', 250],
  ])('%s of a month is %d, worked out by hand; of nothing it is nothing, not a division', (id, expected) => {
    const sums = Object.fromEntries(Object.entries(month).map(([name, whole]) => [name, whole * 1_000_000n]))
    expect(value(id, sums)).toBe(BigInt(expected * 1_000_000))
    expect(value(id, {})).toBe(metricOf(id)?.formula.isRatio ? null : 0n)
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
