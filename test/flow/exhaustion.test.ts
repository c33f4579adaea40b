import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetConfig } from '../../shared/config.ts'
import { endPool } from '../../shared/db/pools.ts'
import { buildApi } from '../../shared/http/api.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { PLENTY } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { type Answer, ask, serveApp } from '../support/http.ts'
import { type SignedIn, signIn } from '../support/people.ts'
import { createTenant } from '../support/tenants.ts'
import { holdLocks, until, waitingForLocks } from './locks.ts'

const CONNECTIONS = 5
const REQUESTS = 1_000
/** Of shared/db/pools.ts, and what a shared processor may add. */
const ACQUIRE_TIMEOUT_MS = 5_000
const SLACK_MS = 2_500

/** Nobody reads brands while it is held. */
const LOCK = 'lock table brands in access exclusive mode'

const database = useDatabase()
useCloud()
let origin = ''
const people: SignedIn[] = []

beforeAll(async () => {
  process.env.DATABASE_POOL = String(CONNECTIONS)
  forgetConfig()
  await endPool()
  origin = await serveApp(buildApi({ operations: OPERATIONS, ...PLENTY }))
  for (const name of ['mine', 'theirs']) people.push(await signIn((await createTenant(name)).tenantId))
})
afterAll(() => {
  delete process.env.DATABASE_POOL
  forgetConfig()
})

type Asked = { answer: Answer; tenantId: string; tookMs: number }

/** The tenants' people take turns. */
async function askOne(n: number): Promise<Asked> {
  const { token, tenantId } = people[n % people.length] ?? { token: '', tenantId: '' }
  const startedAt = performance.now()
  const answer = await ask(`${origin}/api/brands`, { token })
  return { answer, tenantId, tookMs: performance.now() - startedAt }
}

const askAll = (count: number): Promise<Asked[]> => Promise.all(Array.from({ length: count }, (_, n) => askOne(n)))

const statuses = (asked: readonly Asked[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(asked, ({ answer }) => answer.status)].map(([key, all]) => [key, all.length]))

async function expectOwnRows(asked: readonly Asked[]): Promise<void> {
  const brands = await database.asAdmin<{ tenant_id: string; name: string }>('select tenant_id, name from brands')
  for (const { answer, tenantId } of asked) {
    if (answer.status !== 200) continue
    const own = brands.filter((brand) => brand.tenant_id === tenantId).map(({ name }) => name)
    expect(answer.body).toMatchObject({ brands: own.map((name) => ({ name })) })
  }
}

const backends = (state: string) =>
  database.asAdmin<{ pid: number }>(
    "select pid from pg_stat_activity where datname = current_database() and usename = 'pulsepoint_app' and state = $1",
    [state],
  )
test('1,000 requests at once on 5 connections: every answer is the own rows or a 503, and none takes a sixth connection', async () => {
  let most = 0
  const watched = askAll(REQUESTS)
  let done = false
  void watched.finally(() => {
    done = true
  })
  while (!done) {
    const busy = await database.asAdmin(
      "select pid from pg_stat_activity where datname = current_database() and usename = 'pulsepoint_app'",
    )
    most = Math.max(most, busy.length)
    await setTimeout(20)
  }
  const asked = await watched
  const slowest = Math.max(...asked.map(({ tookMs }) => tookMs))
  console.log(`${JSON.stringify(statuses(asked))}, at most ${most} connections, slowest ${slowest.toFixed(0)} ms`)
  expect(most).toBe(CONNECTIONS)
  expect(asked.every(({ answer }) => [200, 503].includes(answer.status))).toBe(true)
  await expectOwnRows(asked)
}, 60_000)

test('with every connection held, the others get 503 and Retry-After within the acquire timeout; then all is well', async () => {
  const unlock = await holdLocks(database, LOCK)
  const settled: Asked[] = []
  // More than a flush of telemetry waits for, which would wait for a connection once more.
  const asking = Array.from({ length: 120 }, (_, n) => askOne(n).then((asked) => settled.push(asked)))
  await until(async () => (await waitingForLocks(database)) === CONNECTIONS)
  await until(async () => settled.length === asking.length - CONNECTIONS, 3 * ACQUIRE_TIMEOUT_MS)
  await unlock()
  await Promise.all(asking)
  const refused = settled.filter(({ answer }) => answer.status === 503)
  const slowest = Math.max(...refused.map(({ tookMs }) => tookMs))
  console.log(`${JSON.stringify(statuses(settled))}, slowest refusal ${slowest.toFixed(0)} ms`)
  expect(refused).toHaveLength(asking.length - CONNECTIONS)
  expect(slowest).toBeLessThan(ACQUIRE_TIMEOUT_MS + SLACK_MS)
  for (const { answer } of refused) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(statuses(await askAll(20))).toEqual({ 200: 20 })
}, 60_000)

test('clients that go away leave no transaction open and no connection unclean', async () => {
  const unlock = await holdLocks(database, LOCK)
  const gone = new AbortController()
  const { token } = people[0] ?? { token: '' }
  const asking = Array.from({ length: 20 }, () =>
    fetch(`${origin}/api/brands`, { headers: { authorization: `Bearer ${token}` }, signal: gone.signal }).then(
      () => 'answered',
      (error: unknown) => (error instanceof Error ? error.name : 'other'),
    ),
  )
  await until(async () => (await waitingForLocks(database)) === CONNECTIONS)
  gone.abort()
  expect(new Set(await Promise.all(asking))).toEqual(new Set(['AbortError']))
  await unlock()
  await until(async () => (await backends('idle')).length === CONNECTIONS)
  const after = await askAll(40)
  expect(statuses(after)).toEqual({ 200: 40 })
  await expectOwnRows(after)
}, 60_000)
