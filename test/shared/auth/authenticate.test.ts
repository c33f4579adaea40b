import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { issueAccessToken } from '../../../shared/auth/access-token.ts'
import { authenticate } from '../../../shared/auth/authenticate.ts'
import { AUTHORITY_CACHE_MS } from '../../../shared/auth/authority-cache.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
let tenant: TestTenant
let person: SignedIn

beforeAll(async () => {
  tenant = await createTenant('acme')
})
beforeEach(async () => {
  person = await signIn(tenant.tenantId, 'manager')
})
afterEach(() => vi.useRealTimers())

const whoIs = (header: string | undefined) => authenticate(header, 'request-1')
const refused = { code: 'UNAUTHENTICATED' }

describe('a bearer', () => {
  it('becomes an actor with the role that the user has now', async () => {
    expect(await whoIs(`Bearer ${person.token}`)).toMatchObject({
      tenantId: tenant.tenantId,
      userId: person.userId,
      sessionId: person.sessionId,
      name: 'manager',
      requestId: 'request-1',
    })
    await database.asAdmin(`update users set role = 'analyst' where user_id = $1`, [person.userId])
    const later = await signInAgain(person)
    expect([...(await whoIs(`Bearer ${later}`)).permissions]).toEqual(['brands:read', 'ai:ask'])
  })

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'Token x', 'Bearer  x', 'Bearer a b'])(
    'is not %j',
    async (header) => {
      await expect(whoIs(header)).rejects.toMatchObject(refused)
    },
  )

  it('is refused without its session, though the token is sound', async () => {
    const { token } = await issueAccessToken({ ...person, sessionId: uuidv7() })
    await expect(whoIs(`Bearer ${token}`)).rejects.toMatchObject(refused)
  })

  it('is refused on the session of somebody else', async () => {
    const other = await signIn(tenant.tenantId)
    const { token } = await issueAccessToken({ ...person, sessionId: other.sessionId })
    await expect(whoIs(`Bearer ${token}`)).rejects.toMatchObject(refused)
  })

  it('is refused in another tenant, even one with a token signed by us', async () => {
    const other = await createTenant('other')
    const { token } = await issueAccessToken({ ...person, tenantId: other.tenantId })
    await expect(whoIs(`Bearer ${token}`)).rejects.toMatchObject(refused)
  })

  it.each([
    ['the session is revoked', 'update sessions set revoked_at = now() where user_id = $1'],
    ['the session is over', `update sessions set expires_at = now() - interval '1 s' where user_id = $1`],
    ['the user is not active', 'update users set is_active = false where user_id = $1'],
    ['the user is deleted', 'delete from users where user_id = $1'],
  ])('is refused once %s, 15 s later at the latest', async (_, change) => {
    vi.useFakeTimers({ toFake: ['performance'] })
    vi.advanceTimersByTime(1)
    await whoIs(`Bearer ${person.token}`)
    await database.asAdmin(change, [person.userId])
    await expect(whoIs(`Bearer ${person.token}`)).resolves.toMatchObject({ userId: person.userId })
    vi.advanceTimersByTime(AUTHORITY_CACHE_MS + 1)
    await expect(whoIs(`Bearer ${person.token}`)).rejects.toMatchObject(refused)
  })

  it('is refused with the tenant: suspended and deleting, not while it is being provisioned', async () => {
    const { tenantId } = await createTenant('moody')
    const answers = []
    for (const status of ['provisioning', 'active', 'suspended', 'deleting']) {
      await database.asAdmin('update tenants set status = $1 where id = $2', [status, tenantId])
      const { token } = await signIn(tenantId)
      answers.push(
        await whoIs(`Bearer ${token}`).then(
          () => 'ok',
          ({ code }: { code: string }) => code,
        ),
      )
    }
    expect(answers).toEqual(['ok', 'ok', 'TENANT_INACTIVE', 'TENANT_INACTIVE'])
  })

  it('is an operator in the platform tenant only', async () => {
    const impostor = await signIn(tenant.tenantId, 'operator')
    expect((await whoIs(`Bearer ${impostor.token}`)).permissions.size).toBe(0)
    await database.asAdmin(
      `insert into tenants (id, company_name, created_at) values ($1, 'Platform', now()) on conflict do nothing`,
      [PLATFORM_TENANT_ID],
    )
    const operator = await signIn(PLATFORM_TENANT_ID, 'operator')
    expect([...(await whoIs(`Bearer ${operator.token}`)).permissions]).toEqual(['platform:manage'])
  })

  it('is not refused but asked to come back when the database is away', async () => {
    await database.connectAs('nobody')
    await expect(whoIs(`Bearer ${person.token}`)).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' })
    await database.connectAs('pulsepoint_app')
    await expect(whoIs(`Bearer ${person.token}`)).resolves.toMatchObject({ userId: person.userId })
  })
})

/** A second session of the same person. */
async function signInAgain({ tenantId, userId, role }: SignedIn): Promise<string> {
  const sessionId = uuidv7()
  await database.asAdmin(
    `insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at) values ($1, $2, $3, 'none', now(), now() + interval '1 day')`,
    [tenantId, sessionId, userId],
  )
  return (await issueAccessToken({ tenantId, userId, role, sessionId })).token
}
