import { describe, expect, it } from 'vitest'
import { allRowsOf } from '../order-row.ts'
import { bag, lineNode, refundNode } from '../wire-nodes.ts'

describe('a refund by amount', () => {
  const refundOf = (fields: Parameters<typeof allRowsOf>[0]) => {
    const { orders, refunds, refund_lines } = allRowsOf(fields)
    return { order: orders?.[0], refund: refunds?.[0], lines: refund_lines?.length }
  }

  it('is an adjustment of its own day and no return; the order itself is not adjusted', () => {
    // 100.00 sold on 1 November; on 5 November 12.50 go back because the parcel was late.
    const { order, refund, lines } = refundOf({
      lineItems: { nodes: [lineNode({ original: '100.00' })] },
      currentSubtotalPriceSet: bag('100.00'),
      refunds: [refundNode({ lines: [], total: '12.50', adjustments: [{ amount: '-12.50' }] })],
    })
    expect(refund).toMatchObject({
      day: '2026-11-05',
      units: 0n,
      returns_micros: 0n,
      adjustment_micros: -12_500_000n,
      tax_micros: 0n,
      refunded_micros: 12_500_000n,
    })
    expect(order).toMatchObject({ gross_micros: 100_000_000n, adjustment_micros: 0n, adjustment_day: null })
    expect(lines).toBe(0)
  })

  it('is without its tax where prices include it', () => {
    // 11.90 go back, of it 1.90 tax.
    const refunds = [refundNode({ lines: [], total: '11.90', adjustments: [{ amount: '-11.90', tax: '-1.90' }] })]
    expect(refundOf({ taxesIncluded: true, refunds }).refund).toMatchObject({ adjustment_micros: -10_000_000n })
    expect(refundOf({ taxesIncluded: false, refunds }).refund).toMatchObject({ adjustment_micros: -11_900_000n })
  })

  it('stands beside the lines that were returned with it', () => {
    // 20.00 of goods came back; 3.00 were kept for the scratches, 1.00 given for the trouble: 18.00 paid.
    const adjustments = [{ amount: '3.00' }, { amount: '-1.00' }]
    const { refund } = refundOf({
      lineItems: { nodes: [lineNode({ original: '40.00', quantity: 2, current: 1 })] },
      refunds: [refundNode({ lines: [{ subtotal: '20.00' }], total: '18.00', adjustments })],
    })
    expect(refund).toMatchObject({
      returns_micros: 20_000_000n,
      adjustment_micros: 2_000_000n,
      refunded_micros: 18_000_000n,
    })
  })

  it('does not hide what an edit took off', () => {
    const { order, refund } = refundOf({
      lineItems: { nodes: [lineNode({ original: '40.00', quantity: 2, current: 1 })] },
      currentSubtotalPriceSet: bag('20.00'),
      refunds: [refundNode({ lines: [], total: '5.00', adjustments: [{ amount: '-5.00' }] })],
    })
    expect([order?.adjustment_micros, refund?.adjustment_micros]).toEqual([-20_000_000n, -5_000_000n])
  })
})
