import { AppError } from '../../../shared/errors.ts'
import type { ShopifyClient } from '../client.ts'
import type { BulkOrder, Line, Moment, Order, OrderNode } from '../rows/nodes.ts'
import { complete, eachOnce, nextCursor, type Part } from './lists.ts'
import { firstAndLastPart, linesPart, momentsPart, refundPart } from './order-parts.ts'
import type { Budget } from './queries.ts'

/** An order on its way: what is still missing of it, and whether it was deleted meanwhile. */
export type Draft = { order: Order; parts: Part[]; deleted: boolean }

export function draftOf(node: OrderNode, taxes: boolean): Draft {
  const { lineItems, refunds: refundIds, customerJourneySummary: summary, ...plain } = node
  const visits = summary?.moments?.nodes ?? []
  const order: Order = {
    ...plain,
    journey: summary && { ready: summary.ready, visits },
    lines: lineItems.nodes,
    refunds: [],
  }
  const draft: Draft = { order, parts: [], deleted: false }
  const gone = (): void => {
    draft.deleted = true
  }
  const moreLines = nextCursor(lineItems, null)
  if (moreLines !== null) draft.parts.push(linesPart({ id: node.id, gone, taxes, into: order.lines }, moreLines))
  const moreVisits = summary?.moments ? nextCursor(summary.moments, null) : null
  if (moreVisits !== null) draft.parts.push(momentsPart({ id: node.id, gone, into: visits }, moreVisits))
  if (summary?.ready && visits.length === 0) draft.parts.push(firstAndLastPart({ id: node.id, gone, into: visits }))
  for (const { id } of refundIds) draft.parts.push(refundPart({ id, gone: refundGone, into: order.refunds }, null))
  return draft
}

/** The order of a file with the lines that follow it there: of visits it holds two, and of refunds the ids. */
export function bulkDraftOf(node: BulkOrder, lines: Line[]): Draft {
  const { refunds: refundIds, customerJourneySummary: summary, subtotalLineItemsQuantity: _, ...plain } = node
  const { count = 0, precision = 'EXACT' } = summary?.momentsCount ?? {}
  const hasMore = count > 2 || precision !== 'EXACT'
  const isKnown = summary !== null && !hasMore && (summary.ready || count > 0)
  const visits = isKnown ? [summary.firstVisit, summary.lastVisit].filter((visit) => visit !== null) : []
  const journey = summary && { ready: summary.ready, visits }
  const draft: Draft = { order: { ...plain, journey, lines, refunds: [] }, parts: [], deleted: false }
  const gone = (): void => {
    draft.deleted = true
  }
  if (hasMore) draft.parts.push(momentsPart({ id: node.id, gone, into: visits }, null))
  draft.parts.push(...refundIds.map(({ id }) => refundPart({ id, gone: refundGone, into: draft.order.refunds }, null)))
  return draft
}

/** Set on the error of a list, or a file, that tells of what is no longer there. */
export const OUTDATED_DETAIL = 'outdated'

/** Only a deleted order loses a refund; a later list does not tell of it any more. To leave out one that exists would be wrong for ever. */
function refundGone(): never {
  throw new AppError('PROVIDER_UNAVAILABLE', 'Shopify listed a refund that it did not show a moment later.', {
    details: { [OUTDATED_DETAIL]: true },
  })
}

/** Reads what is missing of the orders, and leaves out those that were deleted meanwhile. */
export async function wholeOrders(client: ShopifyClient, budget: Budget, drafts: readonly Draft[]): Promise<Order[]> {
  await complete(
    client,
    budget,
    drafts.flatMap(({ parts }) => parts),
  )
  return drafts.filter(({ deleted }) => !deleted).map(({ order }) => finished(order))
}

/** The same whatever the page sizes were that it came in. */
function finished(order: Order): Order {
  const lines = eachOnce(order.lines)
  return {
    ...order,
    journey: order.journey && { ...order.journey, visits: visitsOf(order.journey.visits) },
    lines: order.taxesIncluded ? lines : lines.map(({ taxLines: _, ...line }) => line),
    refunds: order.refunds.map((refund) => ({
      ...refund,
      lines: eachOnce(refund.lines),
      adjustments: eachOnce(refund.adjustments),
    })),
  }
}

const visitsOf = (moments: readonly Moment[]): Moment[] =>
  eachOnce(moments.flatMap((moment) => (moment.id === undefined ? [] : [{ ...moment, id: moment.id }])))
