import { AppError } from '../../../shared/errors.ts'
import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../client.ts'
import { driftOf } from '../rows/drift.ts'
import {
  type Adjustment,
  AdjustmentsPart,
  type Connection,
  FirstAndLastVisitPart,
  type Line,
  LinesPart,
  type Moment,
  MomentsPart,
  type Order,
  type OrderNode,
  OrdersPage,
  parsed,
  type Refund,
  RefundPart,
} from '../rows/nodes.ts'
import { orderRows } from '../rows.ts'
import { complete, eachOnce, type ListPage, nextCursor, type Part, pagesOf } from './lists.ts'
import {
  API_VERSION,
  type Budget,
  type OrderSizes,
  ordersQuery,
  PARTS,
  TARGET_POINTS,
  withinBudget,
} from './queries.ts'

type Reading = { client: ShopifyClient; context: ConnectionContext; budget: Budget; sizes: OrderSizes }

const USUAL = { lines: 3, moments: 3 } as const

/**
 * Orders changed in [since, until), oldest change first, each with all its lines, visits and refunds.
 * Throws PROVIDER_* errors. Source: shopify.dev, Admin API 2026-10.
 */
export function orderPages(client: ShopifyClient, range: Range, context: ConnectionContext): AsyncGenerator<Page> {
  const sizes = { ...USUAL, taxes: false }
  const reading: Reading = { client, context, budget: { points: TARGET_POINTS }, sizes }
  return pagesOf(range, (at) => readPage(reading, at))
}

async function readPage(reading: Reading, at: { filter: string; after: string | null }): Promise<ListPage> {
  const { client, budget, sizes, context } = reading
  const { orders: page } = await withinBudget(budget, async (points) =>
    parsed(OrdersPage, await client.query(ordersQuery(sizes, { ...at, budget: points }))),
  )
  if (!sizes.taxes && page.nodes.some((order) => order.taxesIncluded)) {
    // Only included taxes are needed line by line, and asking costs a third more: asked for once one is seen.
    sizes.taxes = true
    return readPage(reading, at)
  }
  const drafts = page.nodes.map((node) => draftOf(node, sizes.taxes))
  await complete(
    client,
    budget,
    drafts.flatMap(({ parts }) => parts),
  )
  fitSizes(sizes, page.nodes)
  const orders = drafts.filter(({ deleted }) => !deleted).map(({ order }) => finished(order))
  return {
    rows: orderRows(orders, context),
    count: page.nodes.length,
    lastUpdatedAt: page.nodes.at(-1)?.updatedAt ?? null,
    pageInfo: page.pageInfo,
    drift: { ...driftOf.orders(orders), ...driftOf.version(client.servedVersion(), API_VERSION) },
  }
}

/** A shop whose orders have one line and no visits pays for one of each: twice as many orders fit a page. */
function fitSizes(sizes: OrderSizes, nodes: readonly OrderNode[]): void {
  const many = (lists: readonly (Connection<unknown> | null | undefined)[]): boolean =>
    lists.some((list) => (list?.nodes.length ?? 0) > 1 || list?.pageInfo.hasNextPage)
  sizes.lines = many(nodes.map((node) => node.lineItems)) ? USUAL.lines : 1
  sizes.moments = many(nodes.map((node) => node.customerJourneySummary?.moments)) ? USUAL.moments : 1
}

type Draft = { order: Order; parts: Part[]; deleted: boolean }

function draftOf(node: OrderNode, taxes: boolean): Draft {
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

/** Only a deleted order loses a refund; a later try does not list it any more. To leave out one that exists would be wrong for ever. */
function refundGone(): never {
  throw new AppError('PROVIDER_UNAVAILABLE', 'Shopify listed a refund that it did not show a moment later.')
}

type Target<T> = { id: string; gone: () => void; into: T[] }

function linesPart(target: Target<Line> & { taxes: boolean }, after: string): Part {
  const { id, gone, taxes, into } = target
  const take = (node: unknown): Part | null => {
    const page = parsed(LinesPart, node).lineItems
    into.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : linesPart(target, next)
  }
  return { id, gone, after, query: PARTS.lines(taxes), take }
}

function momentsPart(target: Target<Moment>, after: string): Part {
  const { id, gone, into } = target
  const take = (node: unknown): Part | null => {
    const page = parsed(MomentsPart, node).customerJourneySummary?.moments
    if (!page) return null
    into.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : momentsPart(target, next)
  }
  return { id, gone, after, query: PARTS.moments, take }
}

/** Older orders know their first and last visit alone. */
function firstAndLastPart({ id, gone, into }: Target<Moment>): Part {
  const take = (node: unknown): null => {
    const summary = parsed(FirstAndLastVisitPart, node).customerJourneySummary
    into.push(...[summary?.firstVisit, summary?.lastVisit].filter((visit) => visit != null))
    return null
  }
  return { id, gone, after: null, query: PARTS.firstAndLastVisit, take }
}

function refundPart(target: Target<Refund>, after: string | null): Part {
  const { id, gone, into } = target
  const take = (node: unknown): Part | null => {
    const { refundLineItems: page, orderAdjustments, ...refund } = parsed(RefundPart, node)
    const known = into.find((one) => one.id === id)
    const adjustments = known?.adjustments ?? orderAdjustments.nodes
    if (known) known.lines.push(...page.nodes)
    else into.push({ ...refund, lines: page.nodes, adjustments })
    const next = nextCursor(page, after)
    if (next !== null) return refundPart(target, next)
    const moreAdjustments = nextCursor(orderAdjustments, null)
    return moreAdjustments === null ? null : adjustmentsPart({ id, gone, into: adjustments }, moreAdjustments)
  }
  return { id, gone, after, query: PARTS.refund, take }
}

function adjustmentsPart(target: Target<Adjustment>, after: string): Part {
  const { id, gone, into } = target
  const take = (node: unknown): Part | null => {
    const page = parsed(AdjustmentsPart, node).orderAdjustments
    into.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : adjustmentsPart(target, next)
  }
  return { id, gone, after, query: PARTS.adjustments, take }
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
