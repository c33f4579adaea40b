import * as z from 'zod'
import type { Nodes } from '../../../scripts/sandbox/world.ts'
import { dayOf } from './days.ts'

const Money = z
  .object({ shopMoney: z.object({ amount: z.coerce.number() }) })
  .transform(({ shopMoney }) => shopMoney.amount)
const Line = z.object({
  id: z.string(),
  quantity: z.number(),
  isGiftCard: z.boolean(),
  product: z.object({ id: z.string() }),
  originalTotalSet: Money,
  discountAllocations: z.array(z.object({ allocatedAmountSet: Money })),
  taxLines: z.array(z.object({ rate: z.number(), priceSet: Money })),
})
type Line = z.output<typeof Line>
const Refund = z.object({
  createdAt: z.string(),
  refundLineItems: z.object({
    nodes: z.array(z.object({ subtotalSet: Money, totalTaxSet: Money, lineItem: z.object({ id: z.string() }) })),
  }),
})
const Order = z.object({
  processedAt: z.string(),
  test: z.boolean(),
  taxesIncluded: z.boolean(),
  lineItems: z.object({ nodes: z.array(Line) }),
  refunds: z.array(Refund),
})
type Order = z.output<typeof Order>

/** What happened on a day, of one product or (product null) of the order as a whole. Money without tax, in units of the shop's currency. */
export type Sale = {
  day: string
  product: string | null
  orders: number
  units: number
  gross: number
  discounts: number
  returns: number
}

/** Each node as it was last changed up to `now`. */
export function lastVersions(nodes: Nodes, now: Date): unknown[] {
  const known = new Map<string, string>()
  for (const { id, updatedAt, json } of nodes) if (Date.parse(updatedAt) <= now.getTime()) known.set(id, json)
  return [...known.values()].map((json) => JSON.parse(json))
}

/** Sales and returns as the shop's own files tell them: test orders and gift cards out, returns on the day they were processed. */
export function salesOf(nodes: Nodes, { zone, now }: { zone: string; now: Date }): Sale[] {
  const day = dayOf(zone)
  return lastVersions(nodes, now)
    .map((node) => Order.parse(node))
    .filter(({ test }) => !test)
    .flatMap((order) => [...soldIn(order, day), ...returnedIn(order, day)])
}

const nothing = { orders: 0, units: 0, gross: 0, discounts: 0, returns: 0 }
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)

function soldIn({ processedAt, taxesIncluded, lineItems }: Order, dayIn: (instant: string) => string): Sale[] {
  const day = dayIn(processedAt)
  const lines = lineItems.nodes
    .filter(({ isGiftCard }) => !isGiftCard)
    .map((line) => ({
      ...nothing,
      day,
      product: line.product.id,
      units: line.quantity,
      ...priced(line, taxesIncluded),
    }))
  return [{ ...nothing, day, product: null, orders: 1 }, ...lines]
}

/** With included taxes, what was really charged of them is taken out of the full price too. */
function priced(line: Line, taxesIncluded: boolean): Pick<Sale, 'gross' | 'discounts'> {
  const discounts = sum(line.discountAllocations.map(({ allocatedAmountSet }) => allocatedAmountSet))
  if (!taxesIncluded) return { gross: line.originalTotalSet, discounts }
  const paid = line.originalTotalSet - discounts
  const tax = sum(line.taxLines.map(({ priceSet }) => priceSet))
  const share = paid === 0 ? 1 / (1 + sum(line.taxLines.map(({ rate }) => rate))) : (paid - tax) / paid
  const gross = line.originalTotalSet * share
  return { gross, discounts: gross - (paid - tax) }
}

function returnedIn({ refunds, lineItems, taxesIncluded }: Order, dayIn: (instant: string) => string): Sale[] {
  const goods = new Map(lineItems.nodes.filter(({ isGiftCard }) => !isGiftCard).map((line) => [line.id, line]))
  return refunds.flatMap(({ createdAt, refundLineItems }) =>
    refundLineItems.nodes.flatMap(({ subtotalSet, totalTaxSet, lineItem }) => {
      const line = goods.get(lineItem.id)
      const returns = taxesIncluded ? subtotalSet - totalTaxSet : subtotalSet
      return line ? [{ ...nothing, day: dayIn(createdAt), product: line.product.id, returns }] : []
    }),
  )
}
