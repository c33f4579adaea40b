import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { EXPORTED, NOT_EXPORTED } from '../../../shared/operations/privacy/exported.ts'
import { until } from '../../flow/locks.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()

const ROWS = 100_000
const SERVER = fileURLToPath(new URL('../http/stream-server.ts', import.meta.url))
let child: ChildProcess | undefined

afterAll(async () => {
  if (child?.exitCode === null && child.kill()) await once(child, 'exit')
})

test('an export has everything of its tenant, with no secret and nothing of another', async () => {
  const ours = await createTenant('ours')
  const theirs = await createTenant('theirs')
  const admin = await signIn(ours.tenantId, 'admin')
  for (const { tenantId } of [ours, theirs]) await asSystem(tenantId, () => transaction(addTenantKey))
  await database.asAdmin(
    `update integrations set access_token_encrypted = 'SECRET-token', refresh_token_encrypted = 'SECRET-refresh'`,
  )
  await database.asAdmin(`update users set hashed_password = 'SECRET-password'`)
  await database.asAdmin(`update sessions set refresh_hash = 'SECRET-hash'`)
  await database.asAdmin(
    `insert into orders (tenant_id, brand_id, order_id, integration_id, created_at, processed_at, updated_at, day, is_test, currency, units,
       gross_micros, discounts_micros, tax_micros, shipping_micros, gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
     values ($1, $2, 'o1', $3, now(), now(), now(), '2026-11-01', false, 'USD', 1, 9007199254740993, 0, 0, 0, 0, 0, 'none', 'SECRET-content', now())`,
    [ours.tenantId, ours.brandId, ours.integrationId],
  )
  const text = String((await call('/api/privacy/export', { token: admin.token })).body)
  const tables = new Set(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).table),
  )
  expect([...tables]).toEqual(['tenants', 'users', 'brands', 'integrations', 'orders', 'observability_events'])
  expect(text).not.toContain('SECRET')
  expect(text).not.toContain(theirs.tenantId)
  expect(text).not.toContain('theirs')
  const [fact] = await database.asAdmin(
    `select user_id from observability_events where tenant_id = $1 and metadata->>'action' = 'privacy.export'`,
    [ours.tenantId],
  )
  expect(fact).toEqual({ user_id: admin.userId })
})

test('every table of a tenant is exported, or is said to be left out and why', async () => {
  const rows = await database.asAdmin<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
  )
  const told = [...EXPORTED.map(({ table }) => table), ...Object.keys(NOT_EXPORTED)]
  expect(rows.map(({ name }) => name).filter((name) => !told.includes(name))).toEqual([])
})

test('no exported column is a secret, a hash or a ciphertext', () => {
  const columns = EXPORTED.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`))
  expect(columns.filter((name) => /hash|encrypted|wrapped|secret|password|refresh/.test(name))).toEqual([])
})

/** The one transaction that a stalled export holds open. */
const stalled = async (): Promise<boolean> => {
  const rows = await database.asAdmin(
    `select pid from pg_stat_activity where usename = 'pulsepoint_app' and datname = current_database()
       and state = 'idle in transaction' and clock_timestamp() - state_change > interval '2 seconds'`,
  )
  return rows.length === 1
}

test(`${ROWS} rows pass through a small heap at the pace of their reader`, async () => {
  const { tenantId } = await createTenant('large')
  const { token } = await signIn(tenantId, 'admin')
  await database.asAdmin(
    `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id, metadata)
     select $1, uuidv7(), 'telemetry', 'api.response', now(), n::text, jsonb_build_object('filler', repeat('x', 600)) from generate_series(1, ${ROWS}) n`,
    [tenantId],
  )
  const flags = ['--max-old-space-size=64', '--max-semi-space-size=4', '--disable-warning=ExperimentalWarning']
  child = spawn(process.execPath, [...flags, SERVER], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const [port] = await once(child, 'message')
  const headers = { authorization: `Bearer ${token}` }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/api/privacy/export', headers }, resolve).on('error', reject)
  })
  await until(stalled, 15_000) // nobody reads yet, so nothing more is fetched
  let lines = 0
  let last = ''
  for await (const line of createInterface({ input: answer })) {
    lines += 1
    last = line
  }
  expect(lines).toBeGreaterThanOrEqual(ROWS)
  expect(JSON.parse(last)).toHaveProperty('table')
  expect(child.exitCode).toBeNull()
}, 60_000)
