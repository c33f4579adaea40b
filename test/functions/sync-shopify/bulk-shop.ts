import { Hono } from 'hono'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { sandbox } from '../../../scripts/sandbox/sandbox.ts'
import type { BulkFault } from '../../../scripts/sandbox/shopify/bulk/fault.ts'
import type { Rows } from '../../../shared/db/tables.ts'
import type { Page, Json as PlainJson, Range } from '../../../shared/sync/connector.ts'
import { listening } from '../../sandbox/listening.ts'
import { type Json, node, unitStore } from '../../sandbox/shopify-world.ts'
import { clientAt, contextOf, HISTORY, NOW } from './shop.ts'

/** What the shop was asked, in order: an operation of the API, or a file with the byte it was asked from. */
type Asked = string
type Intercept = (
  request: Request,
  answer: (instead?: Request) => Response | Promise<Response>,
) => Response | Promise<Response>

/** A shop with these orders that runs bulk operations, each struck by one of the faults, as long as there are any. */
export async function bulkShop(orders: readonly Json[], faults: readonly BulkFault[] = []) {
  const nodes = orders.map((order) => node({ ...order, id: String(order.id), updatedAt: String(order.updatedAt) }))
  const app = sandbox({ now: () => new Date(NOW), stores: [unitStore({ orders: nodes })] })
  for (const [at, outcome] of faults.entries()) {
    const match = { provider: 'shopify', operation: 'bulkOperationRunQuery', nth: at + 1 }
    await app.request('/_control/faults', {
      method: 'POST',
      body: JSON.stringify({ match, fault: { kind: 'bulk', outcome } }),
    })
  }
  const asked: Asked[] = []
  const tokens: (string | null)[] = []
  const control: { intercept: Intercept } = { intercept: (_, answer) => answer() }
  const outer = new Hono()
  outer.all('*', async (c) => {
    const isFile = c.req.path.includes('/_bulk/')
    asked.push(isFile ? `file ${c.req.header('range') ?? 'bytes=0-'}` : operationOf(await c.req.raw.clone().text()))
    if (isFile) tokens.push(c.req.header('x-shopify-access-token') ?? null)
    return control.intercept(c.req.raw.clone(), (instead = c.req.raw) => app.fetch(instead))
  })
  return { url: `${await listening(outer)}/shopify/{shop}`, asked, fileTokens: tokens, control }
}

const operationOf = (body: string): string =>
  /(?:query|mutation)[^{]*\{\s*(?:\w+:\s*)?(\w+)/.exec(String(JSON.parse(body).query))?.[1] ?? 'unknown'

/** Orders changed in October and on, as one file. */
export const onePlan = (since = '2026-10-01T00:00:00Z'): PlainJson => ({
  bulk: [{ since, until: NOW, at: 0, seen: 0, failures: 0 }],
  waits: 0,
})

type Reading = {
  resume?: PlainJson | null
  range?: Range
  until?: (page: Page) => boolean
  onWait?: () => void
  now?: () => Date
}

/** Reads orders as the sync loop does: where Shopify has it wait, a new slice begins with what was stored. */
export async function readInSlices(
  url: string,
  { resume = onePlan(), range = HISTORY, until = () => false, onWait, now }: Reading = {},
) {
  const context = contextOf(now ? { now } : {})
  const stream = shopify.streams.find(({ name }) => name === 'orders')
  const pages: Page[] = []
  const waits: number[] = []
  for (let at = resume, slice = 0; slice < 100; slice += 1) {
    const client = clientAt(url, context)
    for await (const page of stream?.read(client, { ...range, resume: at }, context) ?? []) {
      pages.push(page)
      if (page.resume === null || until(page)) return { pages, waits, resume: page.resume }
      at = JSON.parse(JSON.stringify(page.resume))
      if (page.waitMs === undefined) continue
      waits.push(page.waitMs)
      onWait?.()
      break
    }
  }
  throw new Error('a hundred slices were not enough')
}

/** Every row by its table, in the order of the keys: the same for the same orders, however they were read. */
export function allRows(pages: readonly Page[]): Record<string, string[]> {
  const rows: Record<string, string[]> = {}
  const text = (row: object) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
  for (const page of pages)
    for (const [table, some] of Object.entries(page.rows satisfies Rows))
      rows[table] = [...(rows[table] ?? []), ...some.map(text)]
  for (const table of Object.values(rows)) table.sort()
  return rows
}
