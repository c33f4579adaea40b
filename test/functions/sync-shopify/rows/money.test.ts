import { describe, expect, it } from 'vitest'
import { lineMoney } from '../../../../functions/sync-shopify/rows/money.ts'
import { orderRowOf } from '../order-row.ts'
import { bag, lineNode, refundNode } from '../wire-nodes.ts'

const VAT = (price: string) => [{ rate: 0.19, price }]

describe('a line', () => {
  it('keeps its price and discount where tax comes on top', () => {
    const line = lineNode({
      original: '29.97',
      allocations: ['3.33', '1.00'],
      taxes: [{ rate: 0.0825, price: '2.12' }],
    })
    expect(lineMoney(line, false)).toEqual({ gross: 29_970_000n, discount: 4_330_000n, tax: 0n, paid: 25_640_000n })
  })

  it('gives up its included tax, so that gross less discount is what was paid without tax', () => {
    // 29.97 − 3.33 = 26.64 paid, of it 4.25 tax: 22.39 net. Gross: 29.97 × 22.39 / 26.64.
    const money = lineMoney(lineNode({ original: '29.97', allocations: ['3.33'], taxes: VAT('4.25') }), true)
    expect(money).toEqual({ gross: 25_188_750n, discount: 2_798_750n, tax: 4_250_000n, paid: 26_640_000n })
  })

  it.each([
    ['0.07', '0.03', '0.01'],
    ['999999.99', '333333.33', '106443.91'],
    ['10.01', '9.99', '0.00'],
    ['10.01', '0.00', '1.60'],
  ])('of %s less %s with %s tax included adds up exactly', (original, discount, tax) => {
    const { gross, ...money } = lineMoney(lineNode({ original, allocations: [discount], taxes: VAT(tax) }), true)
    expect(gross - money.discount).toBe(money.paid - money.tax)
    expect(gross).toBeGreaterThanOrEqual(money.discount)
  })

  it('that was given away shows its price by the nominal rates', () => {
    const line = lineNode({ original: '11.90', allocations: ['11.90'], taxes: VAT('0.00') })
    expect(lineMoney(line, true)).toEqual({ gross: 10_000_000n, discount: 10_000_000n, tax: 0n, paid: 0n })
  })

  it('of several taxes gives up all of them', () => {
    const taxes = [
      { rate: 0.05, price: '5.00' },
      { rate: 0.1, price: '10.00' },
    ]
    expect(lineMoney(lineNode({ original: '115.00', taxes }), true)).toMatchObject({
      gross: 100_000_000n,
      tax: 15_000_000n,
    })
  })

  it('that costs nothing is nothing', () => {
    expect(lineMoney(lineNode({ original: '0.00' }), true)).toEqual({ gross: 0n, discount: 0n, tax: 0n, paid: 0n })
  })
})

describe('an order', () => {
  it('with tax on top: shipping and tax stand beside the sale', () => {
    const row = orderRowOf({
      lineItems: {
        nodes: [
          lineNode({ original: '100.00', allocations: ['10.00'], quantity: 2 }),
          lineNode({ id: 2, original: '5.55' }),
        ],
      },
      totalTaxSet: bag('7.88'),
      totalShippingPriceSet: bag('4.99'),
      currentSubtotalPriceSet: bag('95.55'),
    })
    expect(row).toMatchObject({
      gross_micros: 105_550_000n,
      discounts_micros: 10_000_000n,
      tax_micros: 7_880_000n,
      shipping_micros: 4_990_000n,
    })
    expect(row).toMatchObject({ units: 3n, adjustment_micros: 0n, adjustment_day: null })
  })

  it('with tax included: net, tax and shipping sum to the total that was paid', () => {
    // 119.00 of goods (19.00 tax) and 5.95 shipping (0.95 tax): the customer paid 124.95.
    const row = orderRowOf({
      taxesIncluded: true,
      lineItems: { nodes: [lineNode({ original: '119.00', taxes: VAT('19.00') })] },
      totalTaxSet: bag('19.95'),
      totalShippingPriceSet: bag('5.95'),
      currentSubtotalPriceSet: bag('119.00'),
    })
    expect(row).toMatchObject({
      gross_micros: 100_000_000n,
      tax_micros: 19_950_000n,
      shipping_micros: 5_000_000n,
      adjustment_micros: 0n,
    })
    expect(row.gross_micros - row.discounts_micros + row.tax_micros + row.shipping_micros).toBe(124_950_000n)
  })

  it('sells gift cards apart from its revenue', () => {
    const nodes = [
      lineNode({ original: '20.00', quantity: 2 }),
      lineNode({ id: 2, original: '50.00', isGiftCard: true }),
    ]
    const row = orderRowOf({ lineItems: { nodes }, currentSubtotalPriceSet: bag('70.00') })
    expect(row).toMatchObject({
      gross_micros: 20_000_000n,
      gift_cards_micros: 50_000_000n,
      units: 2n,
      adjustment_micros: 0n,
    })
  })

  it.each([
    ['JPY', '1980', 1_980_000_000n],
    ['KWD', '12.345', 12_345_000n],
    ['IDR', '123456789012.00', 123_456_789_012_000_000n],
    ['USD', '0.00', 0n],
    ['XTS', '1.5', 1_500_000n],
  ])('in %s of %s is exact', (currency, original, micros) => {
    const row = orderRowOf({ currencyCode: currency, lineItems: { nodes: [lineNode({ original, currency })] } })
    expect(row).toMatchObject({ currency, gross_micros: micros })
  })

  it('keeps what the customer saw and paid in', () => {
    const totalPriceSet = {
      shopMoney: bag('10.00').shopMoney,
      presentmentMoney: { amount: '1490', currencyCode: 'JPY' },
    }
    const row = orderRowOf({ totalPriceSet, presentmentCurrencyCode: 'JPY' })
    expect(row).toMatchObject({
      currency: 'USD',
      presentment_currency: 'JPY',
      presentment_total_micros: 1_490_000_000n,
    })
  })
})

describe('an adjustment', () => {
  const two = lineNode({ original: '40.00', quantity: 2 })

  it('is none when returns explain what is left', () => {
    const refunds = [refundNode({ lines: [{ subtotal: '20.00' }], total: '20.00' })]
    const row = orderRowOf({
      lineItems: { nodes: [{ ...two, currentQuantity: 1 }] },
      currentSubtotalPriceSet: bag('20.00'),
      refunds,
    })
    expect(row).toMatchObject({ adjustment_micros: 0n, adjustment_day: null })
  })

  it('is what an edit took off, on the day of the refund that paid it back', () => {
    const refunds = [refundNode({ lines: [], total: '20.00', createdAt: '2026-11-03T23:30:00Z' })]
    const row = orderRowOf({
      lineItems: { nodes: [{ ...two, currentQuantity: 1 }] },
      currentSubtotalPriceSet: bag('20.00'),
      refunds,
    })
    expect(row).toMatchObject({ adjustment_micros: -20_000_000n, adjustment_day: '2026-11-03' })
  })

  it('is the whole order when it was voided, on the day it was cancelled', () => {
    const row = orderRowOf({
      cancelledAt: '2026-11-02T09:00:00Z',
      updatedAt: '2026-11-09T09:00:00Z',
      lineItems: { nodes: [{ ...two, currentQuantity: 0 }] },
      currentSubtotalPriceSet: bag('0.00'),
    })
    expect(row).toMatchObject({
      adjustment_micros: -40_000_000n,
      adjustment_day: '2026-11-02',
      cancelled_at: '2026-11-02T09:00:00Z',
    })
  })

  it('is without tax where prices include it, though the shipping is taxed too', () => {
    // Three at 11.90 (1.90 tax each): one returned, one edited away; the shipping's 0.95 tax must not count.
    const refunds = [refundNode({ lines: [{ subtotal: '11.90', tax: '1.90' }] })]
    const row = orderRowOf({
      taxesIncluded: true,
      lineItems: { nodes: [lineNode({ original: '35.70', quantity: 3, current: 1, taxes: VAT('5.70') })] },
      totalTaxSet: bag('6.65'),
      totalShippingPriceSet: bag('5.95'),
      currentSubtotalPriceSet: bag('11.90'),
      refunds,
    })
    expect(row).toMatchObject({ gross_micros: 30_000_000n, adjustment_micros: -10_000_000n })
  })

  it('leaves gift cards out, whole or taken back', () => {
    const card = lineNode({ id: 2, original: '50.00', quantity: 2, current: 1, isGiftCard: true })
    const refunds = [refundNode({ lines: [{ line: 2, subtotal: '25.00' }] })]
    const row = orderRowOf({
      lineItems: { nodes: [lineNode({ original: '10.00' }), card] },
      currentSubtotalPriceSet: bag('35.00'),
      refunds,
    })
    expect(row).toMatchObject({ gift_cards_micros: 50_000_000n, adjustment_micros: 0n })
  })
})
