import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../client.ts'
import { driftOf } from '../rows/drift.ts'
import { type OrderNode, OrdersPage } from '../rows/nodes.ts'
import { type Connection, parsed } from '../rows/scalars.ts'
import { orderRows } from '../rows.ts'
import { type ListPage, pagesOf } from './lists.ts'
import { draftOf, wholeOrders } from './order-drafts.ts'
import { API_VERSION, type Budget, type OrderSizes, ordersQuery, TARGET_POINTS, withinBudget } from './queries.ts'

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
  const orders = await wholeOrders(client, budget, drafts)
  fitSizes(sizes, page.nodes)
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
