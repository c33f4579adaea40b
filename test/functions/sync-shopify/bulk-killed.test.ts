import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { shopifySandbox } from '../../../scripts/sandbox/shopify/app.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { digestOf } from '../../flow/digest.ts'
import { until } from '../../flow/locks.ts'
import { connectedTenant, requested, TOKEN } from '../../flow/scripted.ts'
import { listening } from '../../sandbox/listening.ts'
import { node, unitStore } from '../../sandbox/shopify-world.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'
import { onePlan } from './bulk-shop.ts'
import { NOW } from './shop.ts'
import { orderNode } from './wire-nodes.ts'

const database = useDatabase()
useCloud()

const WORKER = fileURLToPath(new URL('./bulk-worker.ts', import.meta.url))
const minute = (n: number): string => new Date(Date.UTC(2026, 10, 1) + n * 60_000).toISOString()
const ORDERS = 800
/** Orders of a commit, as the tests' environment has it. */
const COMMIT = 250

/** Two shops of the same orders. A file stands still after two thirds of it until `goOn`; every look finds an operation done. */
async function shops() {
  const orders = Array.from({ length: ORDERS }, (_, index) =>
    // Without customers, whose pseudonyms are each tenant's own.
    node(orderNode({ number: index + 1, customer: null, updatedAt: minute(index) })),
  )
  const unit = unitStore({ orders })
  const stores = ['calm', 'killed'].map((name) => ({
    ...unit,
    shopify: { ...unit.shopify, domain: `${name}.myshopify.com`, access_token: TOKEN },
  }))
  let ticks = 0
  const sandbox = shopifySandbox({ now: () => new Date(NOW), limitsClock: () => new Date(ticks++ * 10_000), stores })
  const ranges: (string | null)[] = []
  const app = new Hono()
  let isSlow = false
  app.all('*', async (c) => {
    const answer = await sandbox.fetch(c.req.raw)
    if (!c.req.path.startsWith('/_bulk/')) return answer
    ranges.push(c.req.header('range') ?? null)
    if (!isSlow) return answer
    const file = new Uint8Array(await answer.arrayBuffer())
    // The rest never comes: whoever reads it is killed.
    const body = new ReadableStream({ start: (stream) => stream.enqueue(file.subarray(0, (file.length * 2) / 3)) })
    return new Response(body, { headers: answer.headers })
  })
  process.env.SHOPIFY_URL = `${await listening(app)}/{shop}`
  forgetConfig()
  return { ranges, standStill: (wanted: boolean) => (isSlow = wanted) }
}

/** A connection whose history is to be read by one file, and whose operation has begun. */
async function begun(name: string): Promise<TestTenant> {
  const tenant = await connectedTenant(name)
  const { tenantId, integrationId } = tenant
  await database.asAdmin(
    `insert into sync_state (tenant_id, integration_id, stream, range_until, resume, updated_at)
     values ($1, $2, 'orders', $3, $4, now())`,
    [tenantId, integrationId, NOW, JSON.stringify(onePlan())],
  )
  await slice(tenant)
  // Shopify is at work; its second is over.
  const waiting = await database.asAdmin(
    'update sync_state set wait_until = null where integration_id = $1 and wait_until is not null returning stream',
    [integrationId],
  )
  expect(waiting).toEqual([{ stream: 'orders' }])
  return tenant
}

const slice = (tenant: TestTenant): Promise<void> =>
  asSystem(tenant.tenantId, () => syncConnection(shopify, requested(tenant), { mustStop: () => false }))

const rowsRead = async ({ integrationId }: TestTenant): Promise<number> => {
  const [row] = await database.asAdmin<{ n: string }>(
    "select rows_read as n from sync_state where integration_id = $1 and stream = 'orders'",
    [integrationId],
  )
  return Number(row?.n)
}

test('a worker killed in the middle of a file: the next one asks for the rest of it, and the state is that of one that was not', {
  timeout: 60_000,
}, async () => {
  const { ranges, standStill } = await shops()
  const calm = await begun('calm')
  await slice(calm)
  expect([ranges, await rowsRead(calm)]).toEqual([[null], ORDERS])

  const killed = await begun('killed')
  standStill(true)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', WORKER, JSON.stringify(killed)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const ended = once(child, 'exit')
  await Promise.race([until(async () => (await rowsRead(killed)) === 2 * COMMIT, 30_000), ended])
  child.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])
  standStill(false)
  await database.asAdmin("update integrations set lease_until = now() - interval '1 s' where integration_id = $1", [
    killed.integrationId,
  ])
  await slice(killed)
  expect(ranges.slice(1)).toEqual([null, expect.stringMatching(/^bytes=[1-9]\d+-$/)])
  expect(await rowsRead(killed)).toBe(ORDERS)
  expect(await digestOf(database, killed)).toEqual(await digestOf(database, calm))
})
