import * as z from 'zod'
import { DAY_MS, type Range } from '../../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../../client.ts'
import { Instant, parsed } from '../../rows/scalars.ts'
import { filterOf, secondOf } from '../lists.ts'
import { type Plan, windowsOf } from './windows.ts'

/** Shorter ranges are never worth asking how many orders they hold. */
const LONG_MS = 30 * DAY_MS
/**
 * From so many orders on files take less than pages: a third less work, measured, while of 2,000 the waiting costs as much
 * as it saves. Pages of 5,000 orders take a shop on the smallest plan twenty minutes.
 */
const MANY_ORDERS = 5_000

const Newest = z.object({ nodes: z.array(z.object({ updatedAt: Instant })) })
const Survey = z.object({ ordersCount: z.object({ count: z.int() }).nullable(), oldest: Newest, newest: Newest })

const QUERY = `query ($filter: String!, $limit: Int!) {
  ordersCount(query: $filter, limit: $limit) { count }
  oldest: orders(first: 1, query: $filter, sortKey: UPDATED_AT) { nodes { updatedAt } }
  newest: orders(first: 1, query: $filter, sortKey: UPDATED_AT, reverse: true) { nodes { updatedAt } }
}`
const POINTS = 7

/** How to read the range by files; null when pages do. */
export async function planFor(client: ShopifyClient, range: Range): Promise<Plan | null> {
  const { since, until } = range
  if (since && until.getTime() - since.getTime() <= LONG_MS) return null
  const variables = { filter: filterOf({ since: since && secondOf(since) }, until), limit: MANY_ORDERS }
  const { ordersCount, oldest, newest } = parsed(Survey, await client.query({ text: QUERY, variables, points: POINTS }))
  const [first, last] = [oldest.nodes[0]?.updatedAt, newest.nodes[0]?.updatedAt]
  if (!ordersCount || ordersCount.count < MANY_ORDERS || !first || !last) return null
  return { bulk: windowsOf(range, { oldest: first, newest: last }), waits: 0 }
}
