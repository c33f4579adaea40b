import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Credit, creditsOf as creditsBy, type Order } from '../../../shared/attribution/credit.ts'
import { last } from '../../../shared/attribution/last.ts'
import { linear } from '../../../shared/attribution/linear.ts'
import { markov } from '../../../shared/attribution/markov.ts'
import { campaignFinder } from '../../../shared/attribution/match.ts'
import { type Model, USUAL } from '../../../shared/attribution/model.ts'
import { MODELS } from '../../../shared/attribution/models.ts'
import { visit } from './journey.ts'

const find = campaignFinder([{ provider: 'meta', campaign_id: '1', name: 'Spring', since: null, until: null }])
/** A row per touch and model. */
const flat = (credits: readonly Credit[]) =>
  credits.flatMap(({ shares, ...credit }) => shares.map((share) => ({ ...credit, ...share })))
const basis = { ...USUAL, find, windowDays: 30 }
const creditsOf = (order: Order, ...models: Model[]) => flat(creditsBy(order, { ...basis, models }))

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
const total = (credits: readonly { net_micros: bigint }[]): bigint =>
  credits.reduce((sum, credit) => sum + credit.net_micros, 0n)
const billionths = (text: string): bigint => BigInt(text.replace('.', ''))

const three = ['2026-03-07', '2026-03-08', '2026-03-09'].map((day) => visit(`${day}T09:00:00.000Z`))

describe('creditsOf', () => {
  test('the sale is gross − discounts: the order ledger on its own day, the touch ledger on the touch’s', () => {
    const touches = [
      visit('2026-03-08T09:00:00.000Z', { campaign_id_hint: '1' }),
      visit('2026-03-10T09:00:00.000Z', { bucket: 'direct' }),
    ]
    expect(creditsOf(anOrder({ touches }), last)).toEqual([
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
    const [, reversal] = creditsOf(anOrder({ refunds, touches: [visit('2026-03-08T09:00:00.000Z')] }), last)
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
      const credits = creditsOf(anOrder({ touches, refunds }), last)
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
    expect(creditsOf(anOrder({ touches }), last)).toMatchObject([{ bucket: 'direct', touch_ledger_day: '2026-03-09' }])
  })

  test('a model of many weights splits order, customer and money exactly, money in whole cents', () => {
    const credits = creditsOf(anOrder({ touches: three, gross_micros: 100_000_000n, discounts_micros: 0n }), linear)
    expect(credits.map((credit) => credit.net_micros)).toEqual([33_340_000n, 33_330_000n, 33_330_000n])
    expect(credits.map((credit) => credit.orders)).toEqual(['0.333333334', '0.333333333', '0.333333333'])
    expect(credits.map((credit) => credit.position)).toEqual([1, 2, 3])
  })

  test('1,000 yen by three touches are 334, 333 and 333; a return of 100 is 34, 33 and 33', () => {
    const yen = { currency: 'JPY', gross_micros: 1_000_000_000n, discounts_micros: 0n }
    const refunds = [{ refund_id: 'r', day: '2026-03-15', returns_micros: 100_000_000n }]
    const credits = creditsOf(anOrder({ ...yen, touches: three, refunds }), linear)
    const net = [334n, 333n, 333n, -34n, -33n, -33n].map((amount) => amount * 1_000_000n)
    expect(credits.map((credit) => credit.net_micros)).toEqual(net)
  })

  test('a refund reverses each touch in the proportion of its credit: 40 % of the sale, 40 % of every part', () => {
    const refunds = [{ refund_id: 'r', day: '2026-03-15', returns_micros: 36_000_000n }]
    const credits = creditsOf(anOrder({ touches: three, refunds }), ...MODELS)
    const [sales, returns] = ['sale', 'return:r'].map((entry) => credits.filter((credit) => credit.entry === entry))
    expect(sales?.length).toBeGreaterThan(MODELS.length)
    for (const [at, sale] of (sales ?? []).entries()) {
      const reversed = returns?.[at]
      expect([reversed?.model, reversed?.position]).toEqual([sale.model, sale.position])
      expect(Math.abs(Number(reversed?.net_micros ?? 0n) + 0.4 * Number(sale.net_micros))).toBeLessThan(10_000)
    }
  })

  test('a touch has one row for all models that give it anything, in their order', () => {
    const models = (touches: Order['touches']) =>
      creditsBy(anOrder({ touches }), { ...basis, models: MODELS }).map(({ shares }) =>
        shares.map(({ model }) => model).join(' '),
      )
    expect(models([])).toEqual(['last first linear position time_decay markov shapley'])
    expect(models(three)).toEqual([
      'first linear position time_decay markov shapley',
      'linear position time_decay markov shapley',
      'last linear position time_decay markov shapley',
    ])
  })

  test('Markov splits by the effects of the channels; touches of one channel share', () => {
    const touches = [
      visit('2026-03-07T09:00:00.000Z', { campaign_id_hint: '1' }),
      visit('2026-03-08T09:00:00.000Z', { bucket: 'email' }),
      visit('2026-03-09T09:00:00.000Z', { campaign_id_hint: '1' }),
    ]
    const effects = new Map([
      ['campaign/meta/1', 0.6],
      ['email', 0.2],
      ['organic', 0.2],
    ])
    const credits = flat(creditsBy(anOrder({ touches }), { ...basis, models: [markov], effects }))
    expect(credits.map(({ net_micros }) => net_micros)).toEqual([33_750_000n, 22_500_000n, 33_750_000n])
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
        const credits = creditsOf(anOrder({ gross_micros, discounts_micros, refunds, touches }), model)
        const sale = credits.filter((credit) => credit.entry === 'sale')
        expect(total(sale)).toBe(gross_micros - discounts_micros)
        expect(total(credits)).toBe(gross_micros - discounts_micros - returns_micros)
        expect(sale.reduce((sum, credit) => sum + billionths(credit.orders), 0n)).toBe(1_000_000_000n)
        expect(sale.reduce((sum, credit) => sum + billionths(credit.new_customers), 0n)).toBe(1_000_000_000n)
      }),
    )
  })

  test('same order, same credits, whatever the order its touches come in', () => {
    expect(creditsOf(anOrder({ touches: three.toReversed() }), ...MODELS)).toEqual(
      creditsOf(anOrder({ touches: three }), ...MODELS),
    )
  })
})
