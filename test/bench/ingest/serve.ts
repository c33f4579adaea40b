import { setImmediate } from 'node:timers/promises'
import * as z from 'zod'
import { FIRST_ORDER_AT, ORDER_EVERY_MS, PAGE_ORDERS, type Store } from './pages.ts'

/** Where the connector believes the shop to be; no request to it leaves the process. */
export const SHOP_URL = 'http://{shop}.bench.invalid'

const Asked = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) })

/**
 * Answers the connector's HTTP requests from memory in place of the network: every other line of the product runs, and no
 * socket or stand-in server is measured with it. Requests to other hosts go their way.
 */
export function serveFromMemory(store: () => Store): void {
  const outside = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    if (typeof input !== 'string' || !new URL(input).hostname.endsWith('.bench.invalid')) return outside(input, init)
    return new Response(ReadableStream.from(chunksOf(answerTo(store(), Asked.parse(JSON.parse(String(init?.body)))))))
  }
}

/** As a socket delivers it: a piece in each turn of the event loop, in which other sockets have theirs too. */
async function* chunksOf(answer: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < answer.length; at += SOCKET_READ_BYTES) {
    await setImmediate()
    yield answer.subarray(at, at + SOCKET_READ_BYTES)
  }
}
const SOCKET_READ_BYTES = 65_536

const SHOP = Buffer.from(
  '{"data":{"shop":{"id":"gid://shopify/Shop/1","name":"Bench","myshopifyDomain":"bench.myshopify.com","currencyCode":"USD","ianaTimezone":"UTC","taxesIncluded":false,"plan":null}}}',
)
/** Pages are what is measured, however many there are. */
const FEW_ORDERS = Buffer.from('{"data":{"ordersCount":{"count":1},"oldest":{"nodes":[]},"newest":{"nodes":[]}}}')
const NO_PRODUCTS = Buffer.from('{"data":{"products":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[]}}}')

function answerTo(store: Store, { query, variables }: z.output<typeof Asked>): Buffer {
  if (query.includes('shop {')) return SHOP
  if (query.includes('products(')) return NO_PRODUCTS
  if (query.includes('ordersCount(')) return FEW_ORDERS
  if (query.includes('orders(')) return store.pages[pageAsked(variables)] ?? Buffer.from('')
  const parts = Object.entries(variables).filter(([name]) => name.startsWith('id'))
  const nodes = parts.map(([name, id]) => `"p${name.slice(2)}":${store.refunds.get(String(id)) ?? 'null'}`)
  return Buffer.from(`{"data":{${nodes.join(',')}}}`)
}

/** After a cursor, or from an instant: there the page after the one that ends with it, as pages are made beforehand. */
function pageAsked({ after, filter }: Readonly<Record<string, unknown>>): number {
  if (typeof after === 'string') return Number(after) + 1
  const since = /updated_at:>='([^']+)'/.exec(String(filter))?.[1]
  if (since === undefined) return 0
  return Math.ceil((Date.parse(since) - FIRST_ORDER_AT) / ORDER_EVERY_MS / PAGE_ORDERS)
}
