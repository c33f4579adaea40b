import { Hono } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { googleAds } from '../../functions/sync-google-ads/connector.ts'
import { meta } from '../../functions/sync-meta/connector.ts'
import { shopify } from '../../functions/sync-shopify/connector.ts'
import { tiktok } from '../../functions/sync-tiktok/connector.ts'
import { type Listening, listen } from '../../scripts/local/listen.ts'
import { googleAdsSandbox } from '../../scripts/sandbox/google-ads.ts'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import { generateStores } from '../../scripts/sandbox/stores/generate.ts'
import { forgetConfig } from '../../shared/config.ts'
import { sql } from '../../shared/db/sql.ts'
import { addTenantKey, tenantKeys } from '../../shared/db/tenant-keys.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { enqueue } from '../../shared/events/record.ts'
import { askBackfill } from '../../shared/sync/ask-backfill.ts'
import { type Connector, DAY_MS } from '../../shared/sync/connector.ts'
import { sealCredentials } from '../../shared/sync/credentials.ts'
import { syncMessages, type WorkRequested } from '../../shared/sync/request.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { useDatabase } from '../support/database.ts'
import { asSystem } from '../support/tenants.ts'
import { until } from './locks.ts'
import { useWorld } from './world.ts'

/** Ten tenants with a shop and three ad accounts each, and an eleventh that reads its history again, on providers that mind their limits. */
const database = useDatabase()
const CONNECTORS = [shopify, meta, tiktok, googleAds] as unknown as Connector[] // each reads with the client it made itself
useWorld(
  Object.fromEntries(
    CONNECTORS.map((connector) => {
      const handle = (event: WorkRequested) => syncConnection(connector, event, { mustStop: () => false })
      const { provider } = connector
      return [`sync-${provider}`, { [`sync.requested.${provider}`]: handle, [`sync.backfill.${provider}`]: handle }]
    }),
  ),
)

const Account = z.object({
  provider: z.enum(['shopify', 'meta', 'tiktok', 'google-ads']),
  account_id: z.string(),
  credentials: z.object({ access_token: z.string(), refresh_token: z.string().optional() }),
  token_expires_at: z.string().optional(),
})
const Brands = z.array(
  z.object({ brand: z.string(), currency: z.string(), time_zone: z.string(), connections: z.array(Account) }),
)
type Brand = z.output<typeof Brands>[number]
type Connection = { tenantId: string; integration_id: string; platform: string; account_id: string }

let server: Listening
let brands: Brand[] = []
/** What the providers refused because there were too many calls. */
const refusals: string[] = []
const TOO_MANY = /"THROTTLED"|"code":\s?(4|17|40100|800\d\d)\b|RESOURCE_EXHAUSTED/
/** What the whole app may ask of Google Ads: enough for the hours, too little for three years of history besides. */
const OPERATIONS = 100
let google: ReturnType<typeof googleAdsSandbox>
/** Held are the answers about this account after the first few. */
const HELD_AFTER = 6
let held = { customer: '', asked: 0, goOn: Promise.withResolvers<void>() }

beforeAll(async () => {
  const stores = generateStores({ seed: 'forty', tenants: 7, orders: 20, epoch: new Date() })
  const world = { now: () => new Date(), stores }
  const providers = sandbox(world)
  google = googleAdsSandbox(world, { operationsPerDay: OPERATIONS })
  const scarce = new Hono().route('/google-ads', google)
  const app = new Hono().all('*', async (c) => {
    if (held.customer !== '' && c.req.path.includes(held.customer)) held.asked += 1
    if (c.req.path.includes(held.customer || 'nobody') && held.asked > HELD_AFTER) await held.goOn.promise
    const answer = await (c.req.path.startsWith('/google-ads/') ? scarce : providers).fetch(c.req.raw)
    const text = await answer.clone().text()
    if (answer.status === 429 || TOO_MANY.test(text)) refusals.push(`${c.req.path}: ${text.slice(0, 300)}`)
    return answer
  })
  server = await listen((request) => app.fetch(request), 0)
  process.env.SHOPIFY_URL = `${server.url}/shopify/{shop}`
  process.env.META_URL = `${server.url}/meta`
  process.env.TIKTOK_URL = `${server.url}/tiktok`
  process.env.GOOGLE_ADS_OPERATIONS_PER_DAY = String(OPERATIONS)
  process.env.GOOGLE_ADS_URL = `${server.url}/google-ads`
  forgetConfig()
  const shown = await (await fetch(`${server.url}/_control/stores`)).json()
  brands = Brands.parse(shown).filter(({ connections }) => connections.length === CONNECTORS.length)
})
afterAll(() => server?.close())

/** A tenant whose brand has been synced up to a few days ago. */
async function onboard({ brand, currency, time_zone, connections }: Brand): Promise<Connection[]> {
  const [tenantId, brandId, now] = [uuidv7(), uuidv7(), new Date()]
  return asSystem(tenantId, () =>
    transaction(async (db) => {
      await db.query(sql`insert into tenants (id, company_name, created_at) values (${tenantId}, ${brand}, ${now})`)
      await db.query(sql`insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
        values (${tenantId}, ${brandId}, ${brand}, ${time_zone}, ${currency}, ${now})`)
      await addTenantKey(db)
      const ring = await tenantKeys(db)
      const added = connections.map((account) => ({ ...account, integration_id: uuidv7() }))
      for (const { integration_id, provider, account_id, credentials, token_expires_at = null } of added) {
        const { refresh_token, access_token } = credentials
        const plain = { access_token, ...(refresh_token !== undefined && { refresh_token }) }
        const sealed = await sealCredentials(ring, integration_id, plain)
        await db.query(sql`
          insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, next_due_at, created_at,
            access_token_encrypted, refresh_token_encrypted, token_expires_at)
          values (${tenantId}, ${brandId}, ${integration_id}, ${provider}, ${account_id}, ${brand}, ${now}, ${now},
            ${sealed.access_token_encrypted}, ${sealed.refresh_token_encrypted}, ${token_expires_at})`)
        const known = new Date(now.getTime() - (provider === 'shopify' ? 10 : 1) * DAY_MS)
        const streams = CONNECTORS.find((each) => each.provider === provider)?.streams.map(({ name }) => name)
        await db.query(sql`
          insert into sync_state (tenant_id, integration_id, stream, complete_until, updated_at)
          select ${tenantId}, ${integration_id}, name, ${known}, ${now} from unnest(${streams}::text[]) as name`)
      }
      return added.map(({ integration_id, provider, account_id }) => ({
        ...{ tenantId, integration_id, account_id },
        platform: provider,
      }))
    }),
  )
}

/** As the scheduler asks for an hour. */
const hour = ({ tenantId, integration_id, platform }: Connection, dueAt: string): Promise<void> =>
  asSystem(tenantId, () =>
    transaction((db) =>
      enqueue(db, syncMessages({ tenant_id: tenantId, platform, data: { integration_id, due_at: dueAt } })),
    ),
  )
const runs = async (kind: string): Promise<Record<string, number>> => {
  const rows = await database.asAdmin<{ status: string; n: number }>(
    'select status, count(*)::int as n from sync_runs where kind = $1 group by status',
    [kind],
  )
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}

test('forty connections are synced at once within every provider’s limits, while another tenant’s history is being read', async () => {
  const [busy, ...others] = brands
  const [reading] = busy ? (await onboard(busy)).filter(({ platform }) => platform === 'google-ads') : []
  if (!reading) throw new Error('no brand with an account at Google Ads')
  const connections = (await Promise.all(others.slice(0, 10).map(onboard))).flat()
  expect(connections).toHaveLength(40)

  held = { ...held, customer: reading.account_id }
  const since = new Date(Date.now() - 3 * 364 * DAY_MS).toISOString().slice(0, 10)
  const days = { since, until: new Date().toISOString().slice(0, 10) }
  await asSystem(reading.tenantId, () => transaction((db) => askBackfill(db, reading, { ...days, requestedBy: null })))
  await until(async () => held.asked > HELD_AFTER, 60_000)

  const startedAt = performance.now()
  const dueAt = new Date().toISOString()
  await Promise.all(connections.map((connection) => hour(connection, dueAt)))
  await until(async () => (await runs('hourly')).completed === 40, 60_000)
  console.log(`40 connections synced in ${Math.round(performance.now() - startedAt)} ms`)
  expect(await runs('backfill')).toEqual({ running: 1 })

  // What is left of the day's quota is for history, which waits for more of it.
  held.goOn.resolve()
  await until(async () => (await runs('backfill')).continued === 1, 60_000)
  expect(refusals).toEqual([])
  expect(google.counts()).toEqual({ operations: OPERATIONS, refused: 0 })
  const [told] = await database.asAdmin(
    `select count(distinct integration_id)::int as connections, count(*) filter (where abs(ours - theirs) > tolerance)::int as drifting
     from reconciliations`,
  )
  expect(told).toEqual({ connections: 40, drifting: 0 })
}, 120_000)
