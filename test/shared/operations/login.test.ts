import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { verifyAccessToken } from '../../../shared/auth/access-token.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson, type Person } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const login = (body: object) => call('/api/auth/login', { body })
const right = 'correct horse battery staple'

let acme: TestTenant
let globex: TestTenant
let ana: Person

type Fact = { event_type: string; tenant_id: string; user_id: string; status: string; request_id: string }
const factsOf = (userId: string): Promise<Fact[]> =>
  database.asAdmin(
    `select event_type, tenant_id, user_id, status, request_id from observability_events where class = 'fact' and user_id = $1 order by "timestamp"`,
    [userId],
  )

beforeAll(async () => {
  acme = await createTenant('acme')
  globex = await createTenant('globex')
  ana = await createPerson(acme.tenantId, { email: 'ana@example.com', role: 'admin', password: right })
})

describe('signing in', () => {
  it('answers tokens of a session whose refresh token is kept as a hash', async () => {
    const answer = await call('/api/v1/auth/login', {
      body: { email: 'ANA@example.com', password: right },
      headers: { 'x-request-id': 'login-1' },
    })
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 28_800 } })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { access_token, refresh_token } = answer.body as { access_token: string; refresh_token: string }
    const subject = await verifyAccessToken(access_token)
    expect(subject).toMatchObject({ tenantId: acme.tenantId, userId: ana.userId, role: 'admin' })
    const [, tenantId, sessionId, secret = ''] = /^pp_([^_]+)_([^_]+)_(.+)$/.exec(refresh_token) ?? []
    expect([tenantId, sessionId]).toEqual([acme.tenantId, subject.sessionId])
    const [session] = await database.asAdmin('select * from sessions where session_id = $1', [sessionId])
    expect(session?.refresh_hash).toBe(createHash('sha256').update(secret).digest('base64url'))
    expect(await database.asAdmin('select last_login from users where user_id = $1', [ana.userId])).toEqual([
      { last_login: expect.any(Date) },
    ])
    expect((await factsOf(ana.userId)).at(-1)).toMatchObject({ event_type: 'auth.login', request_id: 'login-1' })
    expect(await call('/api/auth/me', { token: access_token })).toMatchObject({
      status: 200,
      body: { user: { id: ana.userId, email: 'ana@example.com', role: 'admin' }, tenant: { company_name: 'acme' } },
    })
  })

  it('is refused in the same words for a wrong password and an unknown e-mail; a known user’s record tells', async () => {
    const wrong = await login({ email: 'ana@example.com', password: 'wrong' })
    const unknown = await login({ email: 'nobody@example.com', password: 'wrong' })
    const words = { status: 401, body: { error: { code: 'UNAUTHENTICATED', message: 'E-mail or password is wrong.' } } }
    expect(wrong).toMatchObject(words)
    expect(unknown).toMatchObject(words)
    expect((await factsOf(ana.userId)).at(-1)).toMatchObject({
      event_type: 'auth.failed',
      status: 'failure',
      tenant_id: acme.tenantId,
    })
  })

  it.each([
    ['nobody is active under the e-mail', 'update users set is_active = false where user_id = $1', 401],
    ['the tenant is suspended', `update tenants set status = 'suspended' where id = $2`, 403],
  ])('is refused when %s', async (_, change, status) => {
    const { tenantId } = await createTenant(`tenant ${status}`)
    const person = await createPerson(tenantId, { email: `p${status}@example.com`, password: right })
    await database.asAdmin(change.replace('$2', '$1'), [change.includes('$2') ? tenantId : person.userId])
    expect(await login({ email: person.email, password: right })).toMatchObject({ status })
  })

  it('asks which company when the password fits in several, and names no other', async () => {
    const email = 'bo@example.com'
    const umbrella = await createTenant('umbrella')
    await createPerson(acme.tenantId, { email, password: right })
    await createPerson(globex.tenantId, { email, password: right })
    await createPerson(umbrella.tenantId, { email, password: 'another one' })
    const several = await login({ email, password: right })
    expect(several).toMatchObject({ status: 409, body: { error: { code: 'TENANT_REQUIRED' } } })
    const { tenants } = (several.body as { error: { details: { tenants: { company_name: string }[] } } }).error.details
    expect(tenants.map(({ company_name }) => company_name).sort()).toEqual(['acme', 'globex'])
    expect(await login({ email, password: right, tenant_id: globex.tenantId })).toMatchObject({ status: 200 })
    expect(await login({ email, password: 'another one' })).toMatchObject({ status: 200 })
    expect(await login({ email, password: right, tenant_id: umbrella.tenantId })).toMatchObject({ status: 401 })
  })

  it.each([
    ['no e-mail', { password: 'x' }, 'email'],
    ['an e-mail that is none', { email: 'ana', password: 'x' }, 'email'],
    ['no password', { email: 'ana@example.com' }, 'password'],
    ['an endless password', { email: 'ana@example.com', password: 'x'.repeat(257) }, 'password'],
    ['a tenant that is no id', { email: 'ana@example.com', password: 'x', tenant_id: "' or 1=1" }, 'tenant_id'],
    ['a prototype', JSON.parse('{"email":"ana@example.com","password":"x","__proto__":{"a":1}}'), '__proto__'],
  ])('is a 400 with %s', async (_, body, field) => {
    const answer = await login(body)
    expect(answer.status).toBe(400)
    expect(Object.keys((answer.body as { error: { details: { fields: object } } }).error.details.fields)).toEqual([
      field,
    ])
  })
})
