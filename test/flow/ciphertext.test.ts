import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addTenantKey, tenantKeys } from '../../shared/db/tenant-keys.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { sealCredentials } from '../../shared/sync/credentials.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { connectedTenant, requested, scriptedShop, TOKEN } from './scripted.ts'

const database = useDatabase()
useCloud()
let opened: string[] = []
let printed = ''
let tenant: TestTenant
let hour = 0

beforeEach(async () => {
  opened = []
  printed = ''
  const write = process.stdout.write.bind(process.stdout)
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk: string | Uint8Array) => {
    printed += String(chunk)
    return write(chunk)
  })
  tenant = await connectedTenant(`cipher ${++hour}`)
})
afterEach(() => vi.restoreAllMocks())

const shop = scriptedShop({ pages: 1, perPage: 10, onToken: (token) => opened.push(token) })
const sync = async (of = tenant): Promise<unknown> => {
  const dueAt = new Date(Date.UTC(2100, 0, 1, ++hour)).toISOString()
  return asSystem(of.tenantId, () => syncConnection(shop, requested(of, dueAt), { mustStop: () => false }))
}

const stored = async (of = tenant): Promise<string> => {
  const [row] = await database.asAdmin<{ jwe: string }>(
    'select access_token_encrypted as jwe from integrations where integration_id = $1',
    [of.integrationId],
  )
  return row?.jwe ?? ''
}
const store = (jwe: string, of = tenant) =>
  database.asAdmin('update integrations set access_token_encrypted = $1 where integration_id = $2', [
    jwe,
    of.integrationId,
  ])
const kidOf = (jwe: string): unknown => JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString()).kid
const keyIds = async (): Promise<string[]> =>
  (
    await database.asAdmin<{ key_id: string }>(
      'select key_id from tenant_keys where tenant_id = $1 order by created_at, key_id',
      [tenant.tenantId],
    )
  ).map((row) => row.key_id)

const seal = (binding: { integrationId: string; refresh?: string }) =>
  asSystem(tenant.tenantId, () =>
    transaction(async (db) =>
      sealCredentials(await tenantKeys(db), binding.integrationId, {
        access_token: TOKEN,
        ...(binding.refresh && { refresh_token: binding.refresh }),
      }),
    ),
  )

/** The hour fails with the code that says why; the token is nowhere in the clear: not used, not stored, not logged. */
async function expectRefused(): Promise<void> {
  await sync()
  expect(opened).toEqual([])
  const [connection] = await database.asAdmin(
    'select status, sync_error_code, lease_until from integrations where integration_id = $1',
    [tenant.integrationId],
  )
  expect(connection).toEqual({ status: 'active', sync_error_code: 'CRYPTO_REFUSED', lease_until: null })
  const rows = await database.asAdmin<{ row: string }>(
    `select to_jsonb(i)::text as row from integrations i where tenant_id = $1
     union all select to_jsonb(e)::text from observability_events e where tenant_id = $1
     union all select to_jsonb(r)::text from sync_runs r where tenant_id = $1`,
    [tenant.tenantId],
  )
  expect(rows.length).toBeGreaterThan(2)
  expect(rows.map(({ row }) => row).join() + printed).not.toContain(TOKEN)
  expect(rows.some(({ row }) => row.includes('CRYPTO_REFUSED'))).toBe(true)
}

test('after a rotation the old key opens what it closed, and what is closed anew names the new one', async () => {
  const old = await stored()
  await asSystem(tenant.tenantId, () => transaction((db) => addTenantKey(db)))
  const [first, second] = await keyIds()
  expect(kidOf(old)).toBe(first)
  await sync()
  const fresh = (await seal(tenant)).access_token_encrypted ?? ''
  expect(kidOf(fresh)).toBe(second)
  await store(fresh)
  await sync()
  expect(opened).toEqual([TOKEN, TOKEN])
  // Once nothing needs it any more, the first key may go.
  await database.asAdmin('delete from tenant_keys where key_id = $1', [first])
  await sync()
  expect(opened).toHaveLength(3)
  await store(old)
  opened = []
  await expectRefused()
})

const PARTS = ['header', 'initialisation vector', 'ciphertext', 'tag'] as const
const POSITIONS = { header: 0, 'initialisation vector': 2, ciphertext: 3, tag: 4 } as const

test.each(PARTS)('a bit flipped in the %s opens nothing; put back, the next hour works', async (part) => {
  const good = await stored()
  const parts = good.split('.')
  const bytes = Buffer.from(parts[POSITIONS[part]] ?? '', 'base64url')
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await store(parts.with(POSITIONS[part], bytes.toString('base64url')).join('.'))
  expect(await stored()).not.toBe(good)
  await expectRefused()
  await store(good)
  await sync()
  expect(opened).toEqual([TOKEN])
})

test('another tenant’s ciphertext opens nothing, in its own words or under our tenant’s name', async () => {
  const theirs = await connectedTenant(`theirs ${hour}`)
  const jwe = await stored(theirs)
  await store(jwe)
  await expectRefused()
  const [header = '', ...rest] = jwe.split('.')
  const claims = JSON.parse(Buffer.from(header, 'base64url').toString())
  const forged = { ...claims, ten: tenant.tenantId, sub: tenant.integrationId }
  await store([Buffer.from(JSON.stringify(forged)).toString('base64url'), ...rest].join('.'))
  await expectRefused()
})

test('a ciphertext of another connection, or of another field, of the same tenant opens nothing', async () => {
  const other = await seal({ integrationId: '0198f000-0000-7000-8000-000000000001' })
  await store(other.access_token_encrypted ?? '')
  await expectRefused()
  const own = await seal({ ...tenant, refresh: TOKEN })
  await store(own.refresh_token_encrypted ?? '')
  await expectRefused()
})

test('the tenant’s key destroyed, or replaced by another tenant’s, leaves nothing to open', async () => {
  const { tenantId } = tenant
  const theirs = await connectedTenant(`keys ${hour}`)
  const [kept] = await database.asAdmin<{ wrapped_key: string }>(
    'select wrapped_key from tenant_keys where tenant_id = $1',
    [tenantId],
  )
  await database.asAdmin(
    'update tenant_keys set wrapped_key = (select wrapped_key from tenant_keys where tenant_id = $2) where tenant_id = $1',
    [tenantId, theirs.tenantId],
  )
  await expectRefused()
  await database.asAdmin('update tenant_keys set wrapped_key = $2 where tenant_id = $1', [tenantId, kept?.wrapped_key])
  await sync()
  expect(opened).toEqual([TOKEN])
  opened = []
  await database.asAdmin('delete from tenant_keys where tenant_id = $1', [tenantId])
  await expectRefused()
  // A key made later does not bring it back.
  await asSystem(tenantId, () => transaction((db) => addTenantKey(db)))
  await expectRefused()
  await sync(theirs)
  expect(opened).toEqual([TOKEN])
})
