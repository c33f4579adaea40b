import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import type { Answer } from '../../support/http.ts'
import { letters } from '../../support/letters.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const database = useDatabase()
const { listen, linksTo } = letters(useCloud())
const call = useApi()
const PASSWORD = 'correct horse battery staple'
const User = z.object({ user: z.object({ id: z.uuid(), email: z.string(), role: z.string(), state: z.string() }) })

let tenantId: string
let admin: SignedIn
let tenants = 0

beforeAll(listen)
beforeAll(() => asSystem(PLATFORM_TENANT_ID, () => transaction(addTenantKey)))
beforeEach(async () => {
  tenants += 1
  tenantId = await newTenant(`acme ${tenants}`)
  admin = await signIn(tenantId, 'admin')
})

async function newTenant(name: string): Promise<string> {
  const made = await createTenant(name)
  await asSystem(made.tenantId, () => transaction(addTenantKey))
  return made.tenantId
}

const invite = (email: string, role = 'analyst', { token }: { token: string } = admin): Promise<Answer> =>
  call('/api/users/invite', { body: { email, role }, token })
const change = (userId: string, body: object, { token }: { token: string } = admin): Promise<Answer> =>
  call(`/api/users/${userId}`, { method: 'PATCH', body, token })
const remove = (userId: string, { token }: { token: string } = admin): Promise<Answer> =>
  call(`/api/users/${userId}`, { method: 'DELETE', token })
const accept = (token: string, password = PASSWORD): Promise<Answer> =>
  call('/api/auth/accept-invitation', { body: { token, password } })
const me = ({ token }: { token: string }): Promise<Answer> => call('/api/auth/me', { token })
const statusOf = ({ status }: Answer): number => status

/** Somebody just invited, and the token in their newest letter. */
async function invited(email: string, role = 'analyst'): Promise<{ userId: string; token: string }> {
  const userId = User.parse((await invite(email, role)).body).user.id
  return { userId, token: await newestToken(userId) }
}
const newestToken = async (userId: string): Promise<string> =>
  (await linksTo({ tenantId, userId })).at(-1)?.split('#')[1] ?? 'no letter'

const liveAdmins = (): Promise<{ user_id: string }[]> =>
  database.asAdmin(
    `select user_id from users where tenant_id = $1 and role = 'admin' and is_active and hashed_password is not null`,
    [tenantId],
  )
const actionsOn = async (userId: string): Promise<unknown[]> => {
  const rows = await database.asAdmin<{ user_id: string; metadata: { action: string; details: object } }>(
    `select user_id, metadata from observability_events
     where tenant_id = $1 and event_type = 'admin.action' and metadata->>'subject_id' = $2 order by event_id`,
    [tenantId, userId],
  )
  return rows.map(({ user_id, metadata }) => [user_id, metadata.action, metadata.details])
}

describe('an invitation', () => {
  it('makes a user who chooses a password by the link in a letter and is signed in', async () => {
    const answer = await invite('Bo@Example.com', 'manager')
    expect(answer).toMatchObject({
      status: 201,
      body: { user: { email: 'bo@example.com', role: 'manager', state: 'invited', is_active: true, last_login: null } },
    })
    const userId = User.parse(answer.body).user.id
    expect((await call('/api/auth/login', { body: { email: 'bo@example.com', password: PASSWORD } })).status).toBe(401)
    const [link = ''] = await linksTo({ tenantId, userId })
    expect(link).toMatch(/^http:\/\/localhost:8080\/invitation#pp_/)
    const accepted = await accept(link.split('#')[1] ?? '')
    expect(accepted).toMatchObject({ status: 200, body: { token_type: 'Bearer', refresh_token: expect.any(String) } })
    const { access_token: token } = z.object({ access_token: z.string() }).parse(accepted.body)
    expect(await me({ token })).toMatchObject({ status: 200, body: { user: { id: userId, role: 'manager' } } })
    expect(await call(`/api/users/${userId}`, { token: admin.token })).toMatchObject({
      body: { user: { state: 'active', last_login: expect.any(String) } },
    })
    expect((await call('/api/auth/login', { body: { email: 'bo@example.com', password: PASSWORD } })).status).toBe(200)
  })

  it('is good once, for seven days, for an active user; a refusal says always the same', async () => {
    const used = await invited('used@example.com')
    expect((await accept(used.token)).status).toBe(200)
    const late = await invited('late@example.com')
    await database.asAdmin(
      `update one_time_tokens set expires_at = expires_at - interval '7 days' where user_id = $1`,
      [late.userId],
    )
    const away = await invited('away@example.com')
    expect((await change(away.userId, { is_active: false })).status).toBe(200)
    const gone = await invited('gone@example.com')
    expect((await remove(gone.userId)).status).toBe(200)
    const other = await newTenant(`other ${tenants}`)
    const sound = await invited('sound@example.com')
    const elsewhere = sound.token.replace(tenantId, other)
    const answers = await Promise.all(
      [used.token, late.token, away.token, gone.token, elsewhere, `${sound.token}A`, 'x'].map((token) => accept(token)),
    )
    expect(
      new Set(
        answers.map(({ body }) => z.object({ error: z.object({ message: z.string() }) }).parse(body).error.message),
      ).size,
    ).toBe(1)
    expect(answers.map(statusOf)).toEqual(answers.map(() => 401))
    expect((await accept(sound.token, 'too short')).status).toBe(400)
    expect((await accept(sound.token)).status).toBe(200)
  })

  it('is accepted once when it comes twice at the same moment', async () => {
    const { token } = await invited('twice@example.com')
    const statuses = (await Promise.all([accept(token), accept(token)])).map(statusOf)
    expect(statuses.sort()).toEqual([200, 401])
  })

  it('can be sent again until somebody accepted; the later letter does not give a second password', async () => {
    const { userId, token } = await invited('bo@example.com')
    const again = () => call(`/api/users/${userId}/invite`, { method: 'POST', token: admin.token })
    expect(await again()).toMatchObject({ status: 200, body: { user: { state: 'invited' } } })
    const second = await newestToken(userId)
    expect(second).not.toBe(token)
    expect((await accept(second)).status).toBe(200)
    expect((await accept(token)).status).toBe(401)
    expect(await again()).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } })
  })

  it('waits while the tenant is suspended', async () => {
    const { token } = await invited('bo@example.com')
    await database.asAdmin(`update tenants set status = 'suspended' where id = $1`, [tenantId])
    expect(await accept(token)).toMatchObject({ status: 403, body: { error: { code: 'TENANT_INACTIVE' } } })
    await database.asAdmin(`update tenants set status = 'active' where id = $1`, [tenantId])
    expect((await accept(token)).status).toBe(200)
  })

  it('is refused with 409 for an e-mail that the tenant has, in any case and at the same moment; other tenants may', async () => {
    const emails = ['bo@example.com', 'BO@example.com', 'Bo@Example.Com']
    const statuses = (await Promise.all(emails.map((email) => invite(email)))).map(statusOf)
    expect(statuses.sort()).toEqual([201, 409, 409])
    const other = await signIn(await newTenant(`other ${tenants}`), 'admin')
    expect((await invite('bo@example.com', 'analyst', other)).status).toBe(201)
  })

  it('makes operators in the platform tenant only', async () => {
    const refused = { status: 400, body: { error: { details: { fields: { role: [expect.any(String)] } } } } }
    expect(await invite('op@example.com', 'operator')).toMatchObject(refused)
    const person = await signIn(tenantId)
    expect(await change(person.userId, { role: 'operator' })).toMatchObject(refused)
    const keeper = await signIn(PLATFORM_TENANT_ID, 'admin')
    expect((await invite('op@example.com', 'operator', keeper)).status).toBe(201)
  })
})

describe('the last active admin', () => {
  it('is neither demoted, deactivated nor deleted; an admin who has not accepted or is inactive does not count', async () => {
    await invited('later@example.com', 'admin')
    const inactive = await signIn(tenantId, 'admin')
    expect((await change(inactive.userId, { is_active: false })).status).toBe(200)
    const key = await call('/api/api-keys', { body: { name: 'k', scopes: ['admin:manage'] }, token: admin.token })
    const { key: token } = z.object({ key: z.string() }).parse(key.body)
    for (const attempt of [
      change(admin.userId, { role: 'manager' }, { token }),
      change(admin.userId, { is_active: false }),
      change(admin.userId, { is_active: false }, { token }),
      remove(admin.userId),
      remove(admin.userId, { token }),
    ]) {
      expect(await attempt).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } })
    }
    expect((await me(admin)).status).toBe(200)
    await database.asAdmin('update users set is_active = true where user_id = $1', [inactive.userId])
    expect((await change(admin.userId, { is_active: false }, { token })).status).toBe(200)
  })

  it.each<[string, (by: SignedIn, target: SignedIn) => Promise<Answer>]>([
    ['demote', (by, target) => change(target.userId, { role: 'analyst' }, by)],
    ['deactivate', (by, target) => change(target.userId, { is_active: false }, by)],
    ['delete', (by, target) => remove(target.userId, by)],
  ])('remains when two admins %s each other at the same moment', async (_, attack) => {
    for (let round = 0; round < 5; round += 1) {
      const other = await signIn(tenantId, 'admin')
      await Promise.all([me(admin), me(other)]) // both are known, so that nothing but the work itself takes time
      const statuses = (await Promise.all([attack(admin, other), attack(other, admin)])).map(statusOf)
      const left = await liveAdmins()
      expect(left.length).toBe(1)
      expect(statuses.filter((status) => status === 200)).toEqual([200])
      if (left[0]?.user_id === other.userId) admin = other
    }
  })
})

describe('changing a user', () => {
  it('takes effect at once in this instance, though the session was known', async () => {
    const person = await signIn(tenantId, 'analyst')
    expect((await call('/api/users', { token: person.token })).status).toBe(403)
    expect(await change(person.userId, { role: 'admin' })).toMatchObject({ body: { user: { role: 'admin' } } })
    expect((await call('/api/users', { token: person.token })).status).toBe(200)
    await change(person.userId, { role: 'analyst' })
    expect((await call('/api/users', { token: person.token })).status).toBe(403)
  })

  it('never changes one’s own role, though other fields of it may', async () => {
    await signIn(tenantId, 'admin')
    expect(await change(admin.userId, { role: 'manager' })).toMatchObject({ status: 403 })
    expect(await change(admin.userId, { role: 'admin' })).toMatchObject({ status: 200 })
    expect((await change(admin.userId, { is_active: false })).status).toBe(200)
    expect((await me(admin)).status).toBe(401)
  })

  it('ends every session when it deactivates, for good', async () => {
    const person = await signIn(tenantId)
    const bystander = await signIn(tenantId)
    expect([(await me(person)).status, (await me(bystander)).status]).toEqual([200, 200])
    expect(await change(person.userId, { is_active: false })).toMatchObject({
      status: 200,
      body: { user: { state: 'deactivated', is_active: false } },
    })
    expect([(await me(person)).status, (await me(bystander)).status]).toEqual([401, 200])
    expect((await change(person.userId, { is_active: true })).status).toBe(200)
    expect((await me(person)).status).toBe(401)
    expect(
      await database.asAdmin('select 1 from sessions where user_id = $1 and revoked_at is null', [person.userId]),
    ).toEqual([])
  })

  it('leaves facts of who did what, and of nothing that did not change', async () => {
    const { userId, token } = await invited('bo@example.com')
    await accept(token)
    for (const body of [{}, { role: 'analyst' }, { role: 'manager', is_active: false }, { is_active: true }]) {
      expect((await change(userId, body)).status).toBe(200)
    }
    await remove(userId)
    expect(await actionsOn(userId)).toEqual([
      [admin.userId, 'user.invited', { role: 'analyst' }],
      [userId, 'user.accepted_invitation', {}],
      [admin.userId, 'user.role_changed', { from: 'analyst', to: 'manager' }],
      [admin.userId, 'user.deactivated', {}],
      [admin.userId, 'user.activated', {}],
      [admin.userId, 'user.deleted', { role: 'manager' }],
    ])
    const told = await database.asAdmin<{ text: string }>(
      `select e::text as text from observability_events e where tenant_id = $1
       union all select o::text from outbox o where tenant_id = $1`,
      [tenantId],
    )
    const all = told.map(({ text }) => text).join('\n')
    for (const secret of ['bo@example.com', token, token.slice(-43), PASSWORD]) {
      expect(all).not.toContain(secret)
    }
  })
})

describe('deleting a user', () => {
  it('ends their sessions at once and keeps their name on what they did', async () => {
    const person = await signIn(tenantId, 'admin')
    const { userId } = person
    expect((await invite('bo@example.com', 'analyst', person)).status).toBe(201)
    expect((await me(person)).status).toBe(200)
    expect(await remove(userId)).toMatchObject({ status: 200, body: { id: userId, deleted: true } })
    expect((await me(person)).status).toBe(401)
    expect(await database.asAdmin('select 1 from sessions where user_id = $1', [userId])).toEqual([])
    expect(
      await database.asAdmin(`select 1 from observability_events where class = 'fact' and user_id = $1`, [userId]),
    ).toHaveLength(1)
    expect((await remove(userId)).status).toBe(404)
  })
})

describe('the list', () => {
  it('is paged by e-mail, each once, and searched by any part of it, taken literally', async () => {
    for (const email of ['ann@a.example', 'bob_1@a.example', 'bobx1@a.example', 'cy@b.example']) await invite(email)
    await database.asAdmin('update users set email = $1 where user_id = $2', ['zo%e@b.example', admin.userId])
    const read = async (query: string) => {
      const { body, status } = await call(`/api/users?${query}`, { token: admin.token })
      expect(status).toBe(200)
      return z
        .object({ users: z.array(z.object({ email: z.string() })), next_cursor: z.string().nullable() })
        .parse(body)
    }
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof read>> = await read(`limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.users.map(({ email }) => email))
      cursor = page.next_cursor
    }
    expect(seen).toEqual([...seen].sort())
    expect(seen.length).toBe(5)
    const found = async (part: string) =>
      (await read(`email=${encodeURIComponent(part)}`)).users.map(({ email }) => email)
    expect(await found('BOB')).toEqual(['bob_1@a.example', 'bobx1@a.example'])
    expect(await found('b_1')).toEqual(['bob_1@a.example'])
    expect(await found('%')).toEqual(['zo%e@b.example'])
    expect(await found("' or 1=1")).toEqual([])
    expect((await call('/api/users?email=%00', { token: admin.token })).status).toBe(400)
  })
})
