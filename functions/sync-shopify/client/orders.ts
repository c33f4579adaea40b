import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../client.ts'
import { driftOf } from '../rows/drift.ts'
import { type OrderNode, OrdersPage } from '../rows/nodes.ts'
import { type Connection, parsed } from '../rows/scalars.ts'
import { orderRows } from '../rows.ts'
import { bulkPages } from './bulk/pages.ts'
import { planFor } from './bulk/survey.ts'
import { planOf } from './bulk/windows.ts'
import { type ListPage, pagesOf } from './lists.ts'
import { type Draft, draftOf, wholeOrders } from './order-drafts.ts'
import { API_VERSION, type Budget, type OrderSizes, ordersQuery, TARGET_POINTS, withinBudget } from './queries.ts'

type Reading = { client: ShopifyClient; context: ConnectionContext; budget: Budget; sizes: OrderSizes }

const USUAL = { lines: 3, moments: 3 } as const

/**
 * Orders changed in [since, until), oldest change first, each with all its lines, payments, visits and refunds: page by
 * page, or, of a long range with many orders, by files that Shopify makes. Throws PROVIDER_* errors.
 * Source: shopify.dev, Admin API 2026-10.
 */
export async function* orderPages(
  client: ShopifyClient,
  range: Range,
  context: ConnectionContext,
): AsyncGenerator<Page> {
  const reading: Reading = { client, context, budget: { points: TARGET_POINTS }, sizes: { ...USUAL, taxes: false } }
  const read = (at: { filter: string; after: string | null }) => readPage(reading, at)
  const plan = range.resume === null ? await planFor(client, range) : planOf(range.resume)
  if (plan) yield* bulkPages({ client, context, read, finish: (drafts) => finish(reading, drafts) }, plan)
  else yield* pagesOf(range, read)
}

async function readPage(reading: Reading, at: { filter: string; after: string | null }): Promise<ListPage> {
  const { client, budget, sizes } = reading
  const { orders: page } = await withinBudget(budget, async (points) =>
    parsed(OrdersPage, await client.query(ordersQuery(sizes, { ...at, budget: points }))),
  )
  if (!sizes.taxes && page.nodes.some((order) => order.taxesIncluded)) {
    // Only included taxes are needed line by line, and asking costs a third more: asked for once one is seen.
    sizes.taxes = true
    return readPage(reading, at)
  }
  const finished = await finish(
    reading,
    page.nodes.map((node) => draftOf(node, sizes.taxes)),
  )
  fitSizes(sizes, page.nodes)
  return { ...finished, lastUpdatedAt: page.nodes.at(-1)?.updatedAt ?? null, pageInfo: page.pageInfo }
}

/** The orders' rows, once nothing is missing of them. */
async function finish({ client, budget, context }: Reading, drafts: readonly Draft[]) {
  const orders = await wholeOrders(client, budget, drafts)
  const drift = { ...driftOf.orders(orders), ...driftOf.version(client.servedVersion(), API_VERSION) }
  return { rows: orderRows(orders, context), count: drafts.length, drift }
}

/** A shop whose orders have one line and no visits pays for one of each: twice as many orders fit a page. */
function fitSizes(sizes: OrderSizes, nodes: readonly OrderNode[]): void {
  const many = (lists: readonly (Connection<unknown> | null | undefined)[]): boolean =>
    lists.some((list) => (list?.nodes.length ?? 0) > 1 || list?.pageInfo.hasNextPage)
  sizes.lines = many(nodes.map((node) => node.lineItems)) ? USUAL.lines : 1
  sizes.moments = many(nodes.map((node) => node.customerJourneySummary?.moments)) ? USUAL.moments : 1
}
