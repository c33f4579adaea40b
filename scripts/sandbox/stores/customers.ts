import type { Random } from './random.ts'

export type Customer = { id: number; orders: number; ordersAtEpoch: number }

/**
 * Draws who orders next. A returning order picks a past *order's* customer, so that those who bought often buy again:
 * the number of orders per customer gets a heavy tail.
 */
export function customerDraw(
  baseId: number,
  chance: Random,
): (isHistory: boolean) => { customer: Customer; orderIndex: number } {
  const byOrder: Customer[] = []
  let next = baseId
  return (isHistory) => {
    const returning = byOrder.length > 5 && chance.chance(0.42)
    const customer = returning ? chance.pick(byOrder) : { id: next++, orders: 0, ordersAtEpoch: 0 }
    byOrder.push(customer)
    customer.orders += 1
    if (isHistory) customer.ordersAtEpoch = customer.orders
    return { customer, orderIndex: customer.orders - 1 }
  }
}
