import { expect, it } from 'vitest'
import { clientAt, pagesOf, rowsOf, shopServing } from '../shop.ts'
import { orderNode, refundNode } from '../wire-nodes.ts'

it('an order has every adjustment of its refunds, however many, and the lines beside them', async () => {
  const adjustments = Array.from({ length: 120 }, () => ({ amount: '-0.01' }))
  const lines = Array.from({ length: 90 }, (_, index) => ({ line: index + 1, subtotal: '0.10' }))
  const refunds = [
    refundNode({ id: 7, lines: [], adjustments }),
    refundNode({ id: 8, lines, adjustments: adjustments.slice(0, 3) }),
    refundNode({ id: 9, lines: [], adjustments: adjustments.slice(0, 2) }),
  ]
  const { url, costs } = await shopServing({ orders: [orderNode({ refunds })] })
  const pages = await pagesOf('orders', clientAt(url))
  const adjusted = rowsOf(pages, 'refunds').map(({ refund_id, adjustment_micros }) => [refund_id, adjustment_micros])
  expect(adjusted.sort()).toEqual([
    ['7', -1_200_000n],
    ['8', -30_000n],
    ['9', -20_000n],
  ])
  expect(rowsOf(pages, 'refund_lines')).toHaveLength(90)
  const refund = (rows: number) => 17 + 6 * rows
  const rest = (rows: number) => 3 + 5 * rows
  expect(costs.slice(1).map(({ requested }) => requested)).toEqual([
    3 * refund(24),
    rest(49) + refund(38),
    rest(49) + refund(38),
    2 * rest(49),
  ])
})
