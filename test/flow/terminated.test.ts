import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { relay } from '../../functions/relay-events/relay.ts'
import { forgetConfig } from '../../shared/config.ts'
import { endPool } from '../../shared/db/pools.ts'
import { watchEffects } from '../../shared/effects.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { PLATFORM_TENANT_ID } from '../../shared/tenant.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { type Digest, digestOf, excludedColumns } from './digest.ts'
import { printedSeed, randomOf, shuffled } from './random.ts'
import { connectedTenant, requested, scriptedShop } from './scripted.ts'
import { startWire } from './wire.ts'

/** How many of the points are tried, chosen by the seed; FLOW_POINTS=all tries every one (a minute). */
const POINTS = process.env.FLOW_POINTS === 'all' ? Number.POSITIVE_INFINITY : 16

const database = useDatabase()
useCloud()
const shop = scriptedShop({ pages: 3, perPage: 260 })
const counts = new Int32Array(new SharedArrayBuffer(8))
let worker: Worker
let undisturbed: { points: string[]; digest: Digest }

beforeAll(async () => {
  const workerData = { adminUrl: database.url('postgres'), shared: counts.buffer }
  worker = new Worker(new URL('./terminator.ts', import.meta.url), { workerData })
  await once(worker, 'message')
  await endPool()
  const tenant = await connectedTenant('undisturbed')
  const points: string[] = []
  watchEffects((when, what) => points.push(`${when} ${what}`))
  expect(await sync(tenant)).toBeNull()
  watchEffects(null)
  undisturbed = { points, digest: await digestOf(database, tenant) }
  console.log(`compared without\n  ${excludedColumns()}`)
})
afterEach(() => watchEffects(null))
afterAll(() => void worker.postMessage('end'))

/** Ends every backend of the product and returns how many there were; nothing else of this thread happens meanwhile. */
function terminateBackends(): number {
  Atomics.store(counts, 0, 0)
  worker.postMessage('terminate')
  Atomics.wait(counts, 0, 0, 10_000)
  return Atomics.load(counts, 1)
}

/** One delivery; what it throws is what Pub/Sub would be told. */
const sync = (tenant: TestTenant, event = requested(tenant)): Promise<unknown> =>
  asSystem(tenant.tenantId, () => syncConnection(shop, event, { mustStop: () => false })).then(
    () => null,
    (error: unknown) => error,
  )

/** Redelivered until it is acknowledged; a lease that the fault left behind runs out meanwhile. */
async function redeliver(tenant: TestTenant, event = requested(tenant)): Promise<void> {
  for (let delivery = 0; delivery < 3; delivery += 1) {
    await database.asAdmin('update integrations set lease_until = null where integration_id = $1', [
      tenant.integrationId,
    ])
    if ((await sync(tenant, event)) === null) return
  }
  throw new Error('three redeliveries did not complete the hour')
}

type Fault = { at: number; point: string; strike: () => void; struck: () => number }

/** A new tenant's hour with the fault at that point, then the redelivery: the state is the undisturbed one's. */
async function survives({ at, point, strike, struck }: Fault): Promise<'thrown' | 'acknowledged'> {
  const tenant = await connectedTenant(`${point} ${at} ${Math.random()}`)
  const event = requested(tenant)
  let seen = 0
  watchEffects(() => {
    if (seen++ === at) strike()
  })
  const error = await sync(tenant, event)
  watchEffects(null)
  expect(struck(), `the fault ${at} did not happen ${point}`).toBeGreaterThan(0)
  if (error) expect(error, point).toMatchObject({ code: 'DB_UNAVAILABLE' })
  await redeliver(tenant, event)
  expect(await digestOf(database, tenant), `after the fault ${at}, ${point}`).toEqual(undisturbed.digest)
  return error ? 'thrown' : 'acknowledged'
}

test('backends ended at the statements of a slice: the redelivered event completes, with the same state', async () => {
  const { points } = undisturbed
  expect(points.length).toBeGreaterThan(50)
  const chosen = shuffled([...points.entries()], randomOf(printedSeed())).slice(0, POINTS)
  const outcomes = { thrown: 0, acknowledged: 0 }
  for (const [at, point] of chosen) {
    let ended = 0
    const strike = () => {
      ended = terminateBackends()
    }
    outcomes[await survives({ at, point, strike, struck: () => ended })] += 1
  }
  console.log(`${chosen.length} of ${points.length} points: ${JSON.stringify(outcomes)}`)
  expect(await relayed()).toBe(0)
}, 90_000)

/** What the ended backends kept from being published or crossed off, the relay does; returns what is left. */
async function relayed(): Promise<number> {
  await database.asAdmin("update outbox set created_at = created_at - interval '1 minute'")
  const [before] = await database.asAdmin<{ n: string }>('select count(*) as n from outbox')
  await database.connectAs('pulsepoint_relay')
  const { published } = await asSystem(PLATFORM_TENANT_ID, relay)
  await database.connectAs('pulsepoint_app')
  expect(published).toBe(Number(before?.n))
  console.log(`the relay published ${published} left message(s)`)
  const [left] = await database.asAdmin<{ n: string }>('select count(*) as n from outbox')
  return Number(left?.n)
}

test('a commit whose answer never came is found by its keys: nothing is written twice', async () => {
  const direct = process.env.DATABASE_URL
  const wire = await startWire(Number(new URL(database.url('postgres')).port))
  const through = new URL(direct ?? '')
  through.port = String(wire.port)
  process.env.DATABASE_URL = through.href
  forgetConfig()
  await endPool()
  const commits = [...undisturbed.points.entries()].filter(([, point]) => point === 'before sql commit')
  expect(commits.length).toBeGreaterThan(5)
  try {
    for (const [at, point] of commits) {
      const before = wire.cuts()
      await survives({ at, point, strike: () => wire.cutAt('COMMIT\0'), struck: () => wire.cuts() - before })
    }
  } finally {
    process.env.DATABASE_URL = direct
    forgetConfig()
    await endPool()
    await wire.close()
  }
}, 60_000)
