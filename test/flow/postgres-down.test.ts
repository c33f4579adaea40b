import { chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LocalPostgres, startPostgres } from '../../scripts/local/postgres.ts'
import { forgetConfig } from '../../shared/config.ts'
import { LOGIN_ROLES, migrate } from '../../shared/db/migrate.ts'
import { endPool } from '../../shared/db/pools.ts'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { buildApi } from '../../shared/http/api.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { PLENTY } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { type Answer, ask, serveApp } from '../support/http.ts'
import { signIn } from '../support/people.ts'
import { scratch } from '../support/scratch.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { digestOf, excludedColumns } from './digest.ts'
import { type BeforePage, connectedTenant, requested, scriptedShop } from './scripted.ts'
import { startWire, type Wire } from './wire.ts'

const PASSWORD = 'test'
const RECOVERY_MS = 2_000

useCloud()
let folder = ''
let wire: Wire
let server: LocalPostgres
let origin = ''

/** A PostgreSQL of this file's own behind a wire, since it comes back on another port. Commits are as durable as in the cloud. */
beforeAll(async () => {
  folder = await scratch('pulsepoint-down-')
  await chmod(folder, 0o755)
  server = await start()
  const passwords = Object.fromEntries(LOGIN_ROLES.map((role) => [role, PASSWORD]))
  await migrate({ adminUrl: server.adminUrl, passwords, now: new Date() })
  wire = await startWire(server.port)
  const url = new URL(server.url('pulsepoint_app'))
  url.port = String(wire.port)
  process.env.DATABASE_URL = url.href
  forgetConfig()
  origin = await serveApp(buildApi({ operations: OPERATIONS, ...PLENTY }))
})
afterAll(async () => {
  await endPool()
  await wire.close()
  await server.stop('immediate')
  await rm(folder, { recursive: true, force: true })
})

// A process crash is tried here, not a power cut: what was handed to the kernel survives without fsync.
const start = () =>
  startPostgres({ dataDir: path.join(folder, 'postgres'), password: PASSWORD, settings: { fsync: 'off' } })

async function asAdmin<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query(text, values)
    return rows
  } finally {
    await client.end()
  }
}

async function crash(): Promise<void> {
  await server.stop('immediate')
  await wire.down()
}

/** Returns when it answers again. */
async function comeBack(): Promise<number> {
  server = await start()
  wire.lead(server.port)
  await wire.up()
  return performance.now()
}

async function untilOk(question: () => Promise<Answer>): Promise<number> {
  for (;;) {
    const { status } = await question()
    if (status === 200) return performance.now()
  }
}

test('while PostgreSQL is down a request gets 503 and Retry-After; it succeeds within 2 s after the database answers', async () => {
  const { tenantId } = await connectedTenant('down')
  const { token } = await signIn(tenantId)
  const brands = () => ask(`${origin}/api/brands`, { token })
  expect((await brands()).status).toBe(200)
  await crash()
  const answers = await Promise.all(Array.from({ length: 20 }, brands))
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'DB_UNAVAILABLE' } } })
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  }
  const answersAt = await comeBack()
  const recoveredMs = (await untilOk(brands)) - answersAt
  console.log(`recovered ${recoveredMs.toFixed(0)} ms after PostgreSQL answered`)
  expect(recoveredMs).toBeLessThan(RECOVERY_MS)
  expect((await Promise.all(Array.from({ length: 20 }, brands))).map(({ status }) => status)).toEqual(
    Array.from({ length: 20 }, () => 200),
  )
}, 60_000)

const sync = (tenant: TestTenant, beforePage?: BeforePage): Promise<void> =>
  asSystem(tenant.tenantId, () =>
    syncConnection(scriptedShop({ pages: 4, perPage: 260, ...(beforePage && { beforePage }) }), requested(tenant), {
      mustStop: () => false,
    }),
  )

test('an immediate restart in mid-hour keeps what was committed, and the redelivered event completes the same state', async () => {
  console.log(`compared without\n  ${excludedColumns()}`)
  const [calm, hit] = [await connectedTenant('calm'), await connectedTenant('hit')]
  await sync(calm)
  let crashes = 0
  const crashOnce: BeforePage = async (at) => {
    if (at !== 2 || crashes > 0) return
    crashes += 1
    await crash()
  }
  await expect(sync(hit, crashOnce)).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' })
  expect(crashes).toBe(1)
  const answersAt = await comeBack()
  const [{ resume } = { resume: null }] = await asAdmin<{ resume: number | null }>(
    'select resume from sync_state where integration_id = $1',
    [hit.integrationId],
  )
  expect(resume).toBeGreaterThanOrEqual(1)
  // The lease of the delivery that died with the database; in real time it runs out within a minute.
  await asAdmin('update integrations set lease_until = now() where integration_id = $1', [hit.integrationId])
  const pages: number[] = []
  await sync(hit, (at) => void pages.push(at))
  expect(pages[0]).toBe(resume)
  expect(performance.now() - answersAt).toBeLessThan(RECOVERY_MS)
  expect(await digestOf({ asAdmin }, hit)).toEqual(await digestOf({ asAdmin }, calm))
}, 60_000)

test('a database that only reads refuses the slice as retryable; when it writes again the redelivery completes', async () => {
  const tenant = await connectedTenant('read only')
  await asAdmin('alter role pulsepoint_app set default_transaction_read_only = on')
  await endPool()
  await expect(sync(tenant)).rejects.toMatchObject({ code: 'DB_UNAVAILABLE', cause: { code: '25006' } })
  await asAdmin('alter role pulsepoint_app reset default_transaction_read_only')
  await endPool()
  await sync(tenant)
  const [run] = await asAdmin('select status, pages from sync_runs where tenant_id = $1', [tenant.tenantId])
  expect(run).toEqual({ status: 'completed', pages: 4 })
})

test('of two transactions in a deadlock one is told to try again, the other commits', async () => {
  const tenants = [await connectedTenant('left'), await connectedTenant('right')]
  const both = Promise.withResolvers<void>()
  let holding = 0
  const lockBoth = (order: readonly TestTenant[]) =>
    asSystem(tenants[0]?.tenantId ?? '', () =>
      transaction(async (db) => {
        for (const [at, { integrationId }] of order.entries()) {
          await db.query(sql`select pg_advisory_xact_lock(hashtextextended(${integrationId}, 0))`)
          if (at === 0 && ++holding === 2) both.resolve()
          await both.promise
        }
      }),
    )
  const outcomes = await Promise.allSettled([lockBoth(tenants), lockBoth(tenants.toReversed())])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'DB_UNAVAILABLE', cause: { code: '40P01' } },
  })
})
