import { expect, it } from 'vitest'
import { allRowsOf } from '../order-row.ts'
import { bag, transactionNode } from '../wire-nodes.ts'

const paid = (...transactions: ReturnType<typeof transactionNode>[]) => allRowsOf({ transactions }).order_transactions

it('keeps each payment and refund as it was told, to the last digit', () => {
  const rows = paid(
    transactionNode({ id: 9_007_199_254_740_993n, amount: '123456789012.345678', fees: [{ amount: '0.29' }] }),
    transactionNode({ id: 2, amount: '12.50', kind: 'REFUND', status: 'PENDING', gateway: null, processedAt: null }),
  )
  expect(rows).toMatchObject([
    { transaction_id: '9007199254740993', kind: 'SALE', status: 'SUCCESS', currency: 'USD' },
    { order_id: '1', transaction_id: '2', kind: 'REFUND', status: 'PENDING', gateway: null, processed_at: null },
  ])
  expect(rows?.[0]).toMatchObject({ amount_micros: 123_456_789_012_345_678n, fee_micros: 290_000n })
})

it('knows no fee where the gateway tells none, never 0', () => {
  const fee = (...fees: { amount: string; currency?: string }[]) =>
    paid(transactionNode({ amount: '10.00', fees }))?.[0]
  expect(fee()?.fee_micros).toBeNull()
  expect(fee({ amount: '0.00' })?.fee_micros).toBe(0n)
  expect(fee({ amount: '0.29' }, { amount: '0.30' })?.fee_micros).toBe(590_000n)
  expect(fee({ amount: '0.29' }, { amount: '0.25', currency: 'EUR' })?.fee_micros).toBeNull()
})

it('leaves out what was paid to a test gateway', () => {
  expect(paid(transactionNode({ amount: '10.00', test: true }))).toEqual([])
})

it('takes amounts in the shop’s currency, not the customer’s', () => {
  const amountSet = { shopMoney: bag('10.00').shopMoney, presentmentMoney: bag('13.80', 'CAD').presentmentMoney }
  expect(paid(transactionNode({ amount: '0', amountSet }))).toMatchObject([
    { amount_micros: 10_000_000n, currency: 'USD' },
  ])
})
