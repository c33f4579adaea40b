import type { Order } from '../../../functions/sync-shopify/rows/nodes.ts'
import { orderRows } from '../../../functions/sync-shopify/rows.ts'
import type { Row, Rows } from '../../../shared/db/tables.ts'
import type { ConnectionContext } from '../../../shared/sync/connector.ts'
import type { Json } from '../../sandbox/shopify-world.ts'
import { contextOf } from './shop.ts'
import { orderNode, type refundNode } from './wire-nodes.ts'

type Fields = Json & { refunds?: ReturnType<typeof refundNode>[] }

/** The order as it stands after all its nested lists were read. */
export function wholeOrder({ refunds = [], ...fields }: Fields = {}): Order {
  const { lineItems, customerJourneySummary, ...plain } = orderNode(fields)
  return {
    ...plain,
    journey: customerJourneySummary,
    lines: lineItems.nodes,
    refunds: refunds.map(({ refundLineItems, orderAdjustments, ...refund }) => ({
      ...refund,
      lines: refundLineItems.nodes,
      adjustments: orderAdjustments.nodes,
    })),
  }
}

export const allRowsOf = (fields?: Fields, context?: Partial<ConnectionContext>): Rows =>
  orderRows([wholeOrder(fields)], contextOf(context))

export function orderRowOf(fields?: Fields, context?: Partial<ConnectionContext>): Row<'orders'> {
  const [row] = allRowsOf(fields, context).orders ?? []
  if (!row) throw new Error('no order row')
  return row
}
