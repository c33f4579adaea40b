import { readdirSync } from 'node:fs'
import path from 'node:path'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll } from 'vitest'
import * as z from 'zod'
import { sandbox } from '../../../scripts/sandbox/sandbox.ts'
import { generateStores } from '../../../scripts/sandbox/stores/generate.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { pace } from '../../../shared/fetch.ts'
import type { ConnectionContext, Connector, Page, Range, Stream } from '../../../shared/sync/connector.ts'

const FUNCTIONS = path.join(import.meta.dirname, '../../../functions')

/** Every connector there is: what a folder functions/sync-* declares. */
export const CONNECTORS: readonly Connector[] = await Promise.all(
  readdirSync(FUNCTIONS)
    .filter((folder) => folder.startsWith('sync-'))
    .map(async (folder) => {
      const declared: Record<string, unknown> = await import(path.join(FUNCTIONS, folder, 'connector.ts'))
      const found = Object.values(declared).find(
        (value) => typeof value === 'object' && value !== null && 'streams' in value && 'provider' in value,
      )
      return found as Connector // by what every declaration has
    }),
)

const Offered = z.array(
  z.object({
    currency: z.string(),
    time_zone: z.string(),
    connections: z.array(
      z.object({ provider: z.string(), account_id: z.string(), credentials: z.object({ access_token: z.string() }) }),
    ),
  }),
)
type Account = { currency: string; timeZone: string; accountId: string; accessToken: string }

export type Providers = {
  /** The provider's first account of the generated stores. */
  accountOf(provider: string): Promise<Account>
  /** Strikes the provider's requests from the `nth` on, so many `times`. */
  fault(provider: string, fault: object, more?: { nth?: number; times?: number }): Promise<number>
  /** How often the faults struck; then there are none. */
  fired(): Promise<number>
  now: () => Date
}

/** One generated brand with all its accounts behind the sandboxes, on a real socket; nobody waits. */
export function useProviders(): Providers {
  const epoch = new Date('2026-11-20T00:00:00Z')
  // Limits refill and jobs go on by a clock of their own, which runs a minute ahead with every wait.
  let aheadMs = 0
  const stores = generateStores({ seed: 'contract', tenants: 1, orders: 60, epoch }).slice(0, 1)
  const app = sandbox({ now: () => epoch, limitsClock: () => new Date(epoch.getTime() + aheadMs), stores })
  let close = async (): Promise<void> => {}
  const waits = pace.wait
  beforeAll(async () => {
    const origin = await new Promise<string>((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      )
      close = () => new Promise((closed) => server.close(() => closed()))
    })
    Object.assign(process.env, {
      SHOPIFY_URL: `${origin}/shopify/{shop}`,
      META_URL: `${origin}/meta`,
      TIKTOK_URL: `${origin}/tiktok`,
      GOOGLE_ADS_URL: `${origin}/google-ads`,
      GOOGLE_TOKEN_URL: `${origin}/google-ads`,
    })
    forgetConfig()
    pace.wait = async (ms) => {
      aheadMs += Math.max(ms, 60_000)
    }
  })
  afterAll(() => {
    pace.wait = waits
    return close()
  })
  const Faults = z.array(z.object({ fired: z.number() }))
  return {
    now: () => new Date(epoch.getTime() + aheadMs),
    accountOf: async (provider) => {
      for (const store of Offered.parse(await (await app.request('/_control/stores')).json())) {
        const found = store.connections.find((one) => one.provider === provider)
        if (!found) continue
        const { account_id: accountId, credentials } = found
        return { currency: store.currency, timeZone: store.time_zone, accountId, accessToken: credentials.access_token }
      }
      throw new Error(`The generated stores have no account of ${provider}.`)
    },
    fault: async (provider, fault, { nth = 1, times = 1 } = {}) => {
      const body = JSON.stringify({ match: { provider, nth }, fault, times })
      return (await app.request('/_control/faults', { method: 'POST', body })).status
    },
    fired: async () => {
      const faults = Faults.parse(await (await app.request('/_control/faults')).json())
      await app.request('/_control/faults', { method: 'DELETE' })
      return faults.reduce((sum, { fired }) => sum + fired, 0)
    },
  }
}

type Reader = (stream: Stream<unknown>, range: Range) => AsyncIterable<Page>

/** What a sync would read with: a new client each time, as a new slice has. */
export async function readerOf(providers: Providers, connector: Connector, accessToken?: string): Promise<Reader> {
  const account = await providers.accountOf(connector.provider)
  const context: ConnectionContext = {
    tenantId: 'tenant',
    brandId: 'brand',
    accountId: account.accountId,
    currency: account.currency,
    timeZone: account.timeZone,
    pseudonym: (id) => `pseudonym of ${id}`,
    now: providers.now,
    mayCall: async () => {},
  }
  const client = connector.client({ access_token: accessToken ?? account.accessToken }, context)
  return (stream, range) => stream.read(client, range, context)
}

/** All pages of the range; where the provider is still at work, it is asked again as the loop does. */
export async function pagesOf(
  reader: () => Promise<Reader>,
  { stream, range, into = [] }: { stream: Stream<unknown>; range: Range; into?: Page[] },
): Promise<Page[]> {
  let resume = range.resume
  for (let slice = 0; slice < 100; slice += 1) {
    let last: Page | undefined
    await pace.wait(0) // an hour later limits have room again
    const read = await reader()
    for await (const page of read(stream, { ...range, resume })) {
      into.push(page)
      last = page
      if (page.waitMs !== undefined) break
    }
    if (!last || last.resume === null) return into
    await pace.wait(last.waitMs ?? 0)
    resume = last.resume
  }
  throw new Error(`${stream.name}: no end after 100 slices`)
}

/** The rows by table, each once and in an order of their own; `fetched_at` is when they were asked for. */
export function stateOf(pages: readonly Page[]): Record<string, string[]> {
  const tables = new Map<string, Set<string>>()
  const keep = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
  for (const { rows } of pages) {
    for (const [table, its] of Object.entries(rows)) {
      const known = tables.get(table) ?? new Set()
      for (const { fetched_at: _, ...row } of its as readonly { fetched_at?: string }[])
        known.add(JSON.stringify(row, keep)) // rows are objects
      tables.set(table, known)
    }
  }
  return Object.fromEntries([...tables].map(([table, its]) => [table, [...its].sort()]))
}
