import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { authenticate } from '../../../shared/auth/authenticate.ts'
import { AUTHORITY_CACHE_MS } from '../../../shared/auth/authority-cache.ts'
import { newSecretToken } from '../../../shared/auth/secret-token.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const apiKeyId = uuidv7()
let tenantId: string
let header: string

beforeAll(async () => {
  tenantId = (await createTenant('acme')).tenantId
  const { token: text, hash } = newSecretToken({ tenantId, id: apiKeyId })
  header = `Bearer ${text}`
  await database.asAdmin(
    `insert into api_keys (tenant_id, api_key_id, name, secret_hash, scopes, created_by, created_at)
     values ($1, $2, 'k', $3, array['brands:read', 'ai:ask'], $1, now())`,
    [tenantId, apiKeyId, hash],
  )
})
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.advanceTimersByTime(1)
})
afterAll(() => vi.useRealTimers())

const use = () => authenticate(header, 'request-1')
const lastUsed = async (): Promise<number> => {
  const [row] = await database.asAdmin<{ last_used_at: Date | null }>('select last_used_at from api_keys')
  return row?.last_used_at?.getTime() ?? 0
}

it('a key becomes an actor without user or session, and its use is noted once a minute at most', async () => {
  expect(await use()).toEqual({
    tenantId,
    userId: null,
    name: 'api_client',
    permissions: new Set(['brands:read', 'ai:ask']),
    sessionId: null,
    apiKeyId,
    tier: 'starter',
    requestId: 'request-1',
  })
  await Promise.all([use(), use()])
  await vi.waitFor(async () => expect(await lastUsed()).toBeGreaterThan(0))
  const first = await lastUsed()
  await use()
  vi.advanceTimersByTime(60_001) // this instance has forgotten, as another one that never knew; the row still knows
  await use()
  await lastUsed() // by now the note is on its way, and the old pool ends when its last statement has
  await database.connectAs('pulsepoint_app')
  expect(await lastUsed()).toBe(first)
  await database.asAdmin(`update api_keys set last_used_at = now() - interval '61 s'`)
  vi.advanceTimersByTime(60_001)
  await use()
  await vi.waitFor(async () => expect(await lastUsed()).toBeGreaterThanOrEqual(first))
})

it.each(['revoked_at = now()', `expires_at = now() - interval '1 s'`])(
  'a key with %s, set by another instance, is refused 15 s later at the latest',
  async (change) => {
    await use()
    await database.asAdmin(`update api_keys set ${change}`)
    await expect(use()).resolves.toMatchObject({ apiKeyId })
    vi.advanceTimersByTime(AUTHORITY_CACHE_MS + 1)
    await expect(use()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await database.asAdmin('update api_keys set revoked_at = null, expires_at = null')
    vi.advanceTimersByTime(AUTHORITY_CACHE_MS + 1)
  },
)
