import type { Row } from '../../../shared/db/tables.ts'
import { microsFromDecimal } from '../../../shared/units.ts'
import type { Order, Transaction } from './nodes.ts'
import { numberOf } from './scalars.ts'

/** How the order was paid and paid back, in micros of the shop's currency; payments with a test gateway are none. */
export const transactionRows = (order: Order): Row<'order_transactions'>[] =>
  order.transactions.flatMap((transaction) => (transaction.test ? [] : [rowOf(order, transaction)]))

function rowOf(order: Order, transaction: Transaction): Row<'order_transactions'> {
  const { amount, currencyCode } = transaction.amountSet.shopMoney
  return {
    order_id: numberOf(order.id),
    transaction_id: numberOf(transaction.id),
    kind: transaction.kind,
    status: transaction.status,
    gateway: transaction.gateway,
    processed_at: transaction.processedAt,
    amount_micros: microsFromDecimal(amount),
    fee_micros: feeOf(transaction),
    currency: currencyCode,
  }
}

/** Shopify knows the fees of its own gateway alone; one in another currency than the payment's cannot be added up. */
function feeOf({ amountSet, fees }: Transaction): bigint | null {
  const { currencyCode } = amountSet.shopMoney
  if (fees.length === 0 || fees.some(({ amount }) => amount.currencyCode !== currencyCode)) return null
  return fees.reduce((sum, { amount }) => sum + microsFromDecimal(amount.amount), 0n)
}
