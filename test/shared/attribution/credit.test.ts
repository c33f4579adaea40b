import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Credit, creditsOf, type Order } from '../../../shared/attribution/credit.ts'
import { last } from '../../../shared/attribution/last.ts'
import { campaignFinder } from '../../../shared/attribution/match.ts'
import type { Model } from '../../../shared/attribution/model.ts'
import { visit } from './journey.ts'

const find = campaignFinder([{ provider: 'meta', campaign_id: '1', name: 'Spring' }])
const linear: Model = { name: 'linear', weigh: (touches) => touches.map(() => 1) }

const anOrder = (given: Partial<Order> = {}): Order => ({
  order_id: 'o1',
  day: '2026-03-10',
  processed_at: new Date('2026-03-10T12:00:00.000Z'),
  currency: 'USD',
  gross_micros: 100_000_000n,
  discounts_micros: 10_000_000n,
  is_first: true,
  refunds: [],
  touches: [],
  ...given,
})
const total = (credits: readonly Credit[]): bigint => credits.reduce((sum, credit) => sum + credit.net_micros, 0n)
const billionths = (text: string): bigint => BigInt(text.replace('.', ''))

describe('creditsOf', () => {
  test('the sale is gross − discounts: the order ledger on its own day, the touch ledger on the touch’s', () => {
    const touches = [
      visit('2026-03-08T09:00:00.000Z', { campaign_id_hint: '1' }),
      visit('2026-03-10T09:00:00.000Z', { bucket: 'direct' }),
    ]
    expect(creditsOf(anOrder({ touches }), last, find)).toEqual([
      {
        order_id: 'o1',
        model: 'last',
        entry: 'sale',
        position: 1,
        bucket: 'campaign',
        provider: 'meta',
        campaign_id: '1',
        order_ledger_day: '2026-03-10',
        touch_ledger_day: '2026-03-08',
        orders: '1.000000000',
        new_customers: '1.000000000',
        net_micros: 90_000_000n,
        currency: 'USD',
      },
    ])
  })

  test('a refund reverses on its own day in the order ledger and on the touch’s day in the touch ledger', () => {
    const refunds = [{ refund_id: 'r1', day: '2026-03-15', returns_micros: 30_000_000n }]
    const [, reversal] = creditsOf(anOrder({ refunds, touches: [visit('2026-03-08T09:00:00.000Z')] }), last, find)
    expect(reversal).toMatchObject({
      entry: 'return:r1',
      bucket: 'unmatched_paid',
      order_ledger_day: '2026-03-15',
      touch_ledger_day: '2026-03-08',
      orders: '0.000000000',
      new_customers: '0.000000000',
      net_micros: -30_000_000n,
    })
  })

  test('no touch, or none in the window: no journey, on the order’s day in the touch ledger, its return too', () => {
    const refunds = [{ refund_id: 'r1', day: '2026-03-15', returns_micros: 1n }]
    for (const touches of [[], [visit('2026-01-01T09:00:00.000Z')]]) {
      const credits = creditsOf(anOrder({ touches, refunds }), last, find)
      expect(credits.map(({ bucket, position, touch_ledger_day }) => [bucket, position, touch_ledger_day])).toEqual([
        ['no_journey', 0, '2026-03-10'],
        ['no_journey', 0, '2026-03-10'],
      ])
    }
  })

  test('all direct is direct, on the last direct touch’s day', () => {
    const touches = [
      visit('2026-03-08T09:00:00.000Z', { bucket: 'direct' }),
      visit('2026-03-09T09:00:00.000Z', { bucket: 'direct' }),
    ]
    expect(creditsOf(anOrder({ touches }), last, find)).toMatchObject([
      { bucket: 'direct', touch_ledger_day: '2026-03-09' },
    ])
  })

  test('a model of many weights splits order, customer and money exactly', () => {
    const touches = ['2026-03-07', '2026-03-08', '2026-03-09'].map((day) => visit(`${day}T09:00:00.000Z`))
    const credits = creditsOf(anOrder({ touches, gross_micros: 100n, discounts_micros: 0n }), linear, find)
    expect(credits.map((credit) => credit.net_micros)).toEqual([34n, 33n, 33n])
    expect(credits.map((credit) => credit.orders)).toEqual(['0.333333334', '0.333333333', '0.333333333'])
    expect(credits.map((credit) => credit.position)).toEqual([1, 2, 3])
  })

  test('every entry sums to what it splits, whatever the weights', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 15n })
    const weights = fc
      .array(fc.nat(1000), { minLength: 1, maxLength: 8 })
      .filter((all) => all.some((weight) => weight > 0))
    fc.assert(
      fc.property(amount, amount, amount, weights, (gross_micros, discounts_micros, returns_micros, all) => {
        const model: Model = { name: 'any', weigh: () => all }
        const touches = all.map((_, index) => visit(`2026-03-0${index + 1}T09:00:00.000Z`))
        const refunds = [{ refund_id: 'r', day: '2026-03-20', returns_micros }]
        const credits = creditsOf(anOrder({ gross_micros, discounts_micros, refunds, touches }), model, find)
        const sale = credits.filter((credit) => credit.entry === 'sale')
        expect(total(sale)).toBe(gross_micros - discounts_micros)
        expect(total(credits)).toBe(gross_micros - discounts_micros - returns_micros)
        expect(sale.reduce((sum, credit) => sum + billionths(credit.orders), 0n)).toBe(1_000_000_000n)
        expect(sale.reduce((sum, credit) => sum + billionths(credit.new_customers), 0n)).toBe(1_000_000_000n)
      }),
    )
  })

  test('same order, same credits, whatever the order its touches come in', () => {
    const touches = ['2026-03-07', '2026-03-08', '2026-03-09'].map((day) => visit(`${day}T09:00:00.000Z`))
    expect(creditsOf(anOrder({ touches: touches.toReversed() }), linear, find)).toEqual(
      creditsOf(anOrder({ touches }), linear, find),
    )
  })
})
