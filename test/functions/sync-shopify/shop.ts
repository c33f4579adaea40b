import { Hono } from 'hono'
import { onTestFinished } from 'vitest'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { shopifySandbox } from '../../../scripts/sandbox/shopify/app.ts'
import { forgetConfig } from '../../../shared/config.ts'
import type { Row, Rows, TableName } from '../../../shared/db/tables.ts'
import { pace } from '../../../shared/fetch.ts'
import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import { listening } from '../../sandbox/listening.ts'
import { DOMAIN, type Json, node, TOKEN, unitStore } from '../../sandbox/shopify-world.ts'

export const NOW = '2026-11-20T00:00:00Z'
/** Short enough to be read page by page. */
export const ALL: Range = { since: new Date('2026-10-25T00:00:00Z'), until: new Date(NOW), resume: null }
export const HISTORY: Range = { ...ALL, since: null }

export const contextOf = (more: Partial<ConnectionContext> = {}): ConnectionContext => ({
  tenantId: 'tenant',
  brandId: 'brand',
  accountId: DOMAIN,
  currency: 'USD',
  timeZone: 'UTC',
  pseudonym: (id) => `pseudonym of ${id}`,
  now: () => new Date(NOW),
  mayCall: async () => {},
  ...more,
})

/** A client whose shop answers at `url`, where {shop} is the shop's domain. */
export function clientAt(url: string, context = contextOf()) {
  process.env.SHOPIFY_URL = url
  forgetConfig()
  return shopify.client({ access_token: TOKEN }, context)
}

export type Client = ReturnType<typeof clientAt>

/** Reads a stream to its end. Pages that came before a failure are in `into`. */
export async function pagesOf(
  stream: 'shop' | 'orders' | 'products',
  client: Client,
  { range = ALL, into = [], context = contextOf() }: { range?: Range; into?: Page[]; context?: ConnectionContext } = {},
): Promise<Page[]> {
  const found = shopify.streams.find(({ name }) => name === stream)
  if (!found) throw new Error(`no stream ${stream}`)
  for await (const page of found.read(client, range, context)) into.push(page)
  return into
}

/** Every row of a table, in the order of the pages. */
export const rowsOf = <T extends TableName>(pages: readonly Page[], table: T): Row<T>[] =>
  pages.flatMap(({ rows }) => [...(rows[table] ?? [])] as Row<T>[]) // Rows names each table's own type

export const rowsOfTable = <T extends TableName>(rows: Rows, table: T): readonly Row<T>[] => rows[table] ?? []

type Shop = {
  orders?: readonly Json[]
  products?: readonly Json[]
  bucket?: { maximumAvailable: number; restoreRate: number }
  shop?: Json
}

const nodesOf = (values: readonly Json[] = []) =>
  values.map((value) => node({ ...value, id: String(value.id), updatedAt: String(value.updatedAt) }))

/** The sandbox's shop on a real socket. `now` is its clock. */
export async function shopServing({ orders, products, ...more }: Shop, now = () => new Date(NOW)) {
  const store = unitStore({ ...more, orders: nodesOf(orders), products: nodesOf(products) })
  const costs: { requested: number; throttled: boolean }[] = []
  const sandbox = shopifySandbox({ now, stores: [store] })
  const app = new Hono()
  app.all('*', async (c) => {
    const response = await sandbox.fetch(c.req.raw)
    const body = (await response.clone().json()) as {
      data?: unknown
      extensions?: { cost: { requestedQueryCost: number } }
    }
    costs.push({ requested: body.extensions?.cost.requestedQueryCost ?? 0, throttled: body.data === undefined })
    return response
  })
  return { url: `${await listening(app)}/{shop}`, costs }
}

/** A shop that gives these answers one after the other, the last one for ever, and what it was asked. */
export async function shopAnswering(...answers: ((asked: Json) => Response)[]) {
  const asked: Json[] = []
  const app = new Hono()
  app.post('*', async (c) => {
    asked.push({ ...(await c.req.json()), path: c.req.path, token: c.req.header('x-shopify-access-token') })
    const answer = answers[Math.min(asked.length, answers.length) - 1]
    return answer?.(asked.at(-1) ?? {}) ?? c.body(null, 500)
  })
  return { url: `${await listening(app)}/{shop}`, asked }
}

/** Waiting takes no time in this test; what was waited is listed, and told to `onWait`. */
export function withoutWaiting(onWait: (ms: number) => void = () => {}): number[] {
  const { wait, random } = pace
  const waits: number[] = []
  pace.random = () => 0
  pace.wait = async (ms) => {
    waits.push(ms)
    onWait(ms)
  }
  onTestFinished(() => {
    Object.assign(pace, { wait, random })
  })
  return waits
}
