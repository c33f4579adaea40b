import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { handlers as provisionTenants } from '../../functions/provision-tenants/handlers.ts'
import { handlers as sendMail } from '../../functions/send-mail/handlers.ts'
import { datasetOf } from '../../shared/warehouse/dataset.ts'
import { ensureTable } from '../../shared/warehouse/provision.ts'
import { useApi } from '../support/api.ts'
import { keyRing, setSecret } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { useMail } from '../support/mail.ts'
import { useWorld } from './world.ts'

const database = useDatabase()
const world = useWorld({ 'provision-tenants': provisionTenants, 'send-mail': sendMail })
const mail = useMail()
const call = useApi()
const PASSWORD = 'correct horse battery staple'

type Tokens = { access_token: string; refresh_token: string }
type Me = { user: { id: string }; tenant: { id: string; company_name: string } }
const post = async <Body = Tokens>(path: string, body: object, token?: string) => {
  const answer = await call(`/api/auth/${path}`, { body, ...(token !== undefined && { token }) })
  return { ...answer, body: answer.body as Body } // the contract suite compares answers with their schemas
}
const me = async (token: string) => (await call('/api/auth/me', { token })).body as Me
const statusOf = (tenantId: string) => database.asAdmin('select status from tenants where id = $1', [tenantId])
const factsOf = async (userId: string): Promise<string[]> =>
  (
    await database.asAdmin<{ text: string }>(
      `select event_type || coalesce(' ' || (metadata->>'reason'), '') || coalesce(' ' || (metadata->'changes'->>'password'), '') as text
       from observability_facts where user_id = $1 order by "timestamp", event_id`,
      [userId],
    )
  ).map(({ text }) => text)

beforeAll(() => setSecret(process.env.CLOUD_ENDPOINT ?? '', 'JWT_KEYS', keyRing(randomBytes(32))))

describe('a company', () => {
  it('signs up, works at once, gets its warehouse, goes on, and leaves', async () => {
    const founded = await post('register', {
      company_name: ' Acme  Ltd ',
      email: 'Ana@Example.com',
      password: PASSWORD,
    })
    expect(founded).toMatchObject({ status: 201, body: { token_type: 'Bearer', expires_in: 28_800 } })
    const { user, tenant } = await me(founded.body.access_token)
    expect({ user, tenant }).toMatchObject({
      user: { email: 'ana@example.com', role: 'admin' },
      tenant: { company_name: 'Acme Ltd', subscription_tier: 'starter' },
    })
    expect(await statusOf(tenant.id)).toEqual([{ status: 'provisioning' }])
    await world.settle()
    expect(await statusOf(tenant.id)).toEqual([{ status: 'active' }])
    await ensureTable(await datasetOf(tenant.id), 'observability_events')

    const { body: first } = await post('login', { email: 'ana@example.com', password: PASSWORD })
    const refreshed = await post('refresh', { refresh_token: first.refresh_token })
    expect(refreshed.status).toBe(200)
    expect(await me(refreshed.body.access_token)).toMatchObject({ user: { id: user.id } })

    // Somebody else has the old token: the whole session ends, the one of the sign-up goes on.
    await database.asAdmin("update used_refresh_tokens set used_at = used_at - interval '11 seconds'")
    const again = await post<unknown>('refresh', { refresh_token: first.refresh_token })
    expect(again).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHENTICATED' } } })
    expect(await post('refresh', { refresh_token: refreshed.body.refresh_token })).toMatchObject({ status: 401 })
    expect(await call('/api/auth/me', { token: refreshed.body.access_token })).toMatchObject({ status: 401 })

    const out = await post<unknown>('logout', {}, founded.body.access_token)
    expect(out).toMatchObject({ status: 200, body: { sessions_ended: 1 } })
    expect(await call('/api/auth/me', { token: founded.body.access_token })).toMatchObject({ status: 401 })
    expect(await factsOf(user.id)).toEqual([
      'auth.login',
      'auth.login',
      'auth.logout refresh token used twice',
      'auth.logout signed out',
    ])
  })

  it('has a name of its own, and nobody learns more than that from the refusal', async () => {
    const body = { company_name: 'Taken', email: 'bo@example.com', password: PASSWORD }
    const both = await Promise.all([post<unknown>('register', body), post<unknown>('register', body)])
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    const refusal = await post<unknown>('register', { ...body, email: 'eve@example.com' })
    expect(refusal).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } })
    expect(JSON.stringify(refusal.body)).not.toMatch(/bo@|[0-9a-f-]{36}.*[0-9a-f-]{36}/)
    const left = await database.asAdmin(`select from users where email in ('bo@example.com', 'eve@example.com')`)
    expect(left).toHaveLength(1)
  })

  it('that was suspended while its warehouse was made stays so', async () => {
    const founded = await post('register', { company_name: 'Paused', email: 'cy@example.com', password: PASSWORD })
    const { tenant } = await me(founded.body.access_token)
    await database.asAdmin(`update tenants set status = 'suspended' where id = $1`, [tenant.id])
    await world.settle()
    expect(await statusOf(tenant.id)).toEqual([{ status: 'suspended' }])
  })

  it.each([
    ['eleven characters', 'elevenchars'],
    ['257 characters', 'correct horse '.repeat(20).slice(0, 257)],
    ['a common one', 'Password 1234'],
    ['the e-mail', 'LONGNAME@example.com'],
    ['the company', 'weak passwords ltd'],
    ['one key held down', 'aaaaaaaaaaaaaaaa'],
  ])('is told what is wrong with %s as password', async (_, password) => {
    const body = { company_name: 'Weak Passwords Ltd', email: 'longname@example.com', password }
    const answer = await post<{ error: { details: { fields: object } } }>('register', body)
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body.error.details.fields)).toEqual(['password'])
  })
})

describe('a forgotten password', () => {
  it('is replaced by the link of a letter, once; sessions and other links end with it', async () => {
    const founded = await post('register', { company_name: 'Globex', email: 'dee@example.com', password: PASSWORD })
    const { user } = await me(founded.body.access_token)
    const asked = [await post<unknown>('password-reset', { email: 'dee@example.com' })]
    asked.push(await post<unknown>('password-reset', { email: 'Dee@Example.com' }))
    expect(asked.map(({ status }) => status)).toEqual([202, 202])
    await world.settle()
    expect(mail.mails().map(({ to }) => to)).toEqual([['dee@example.com'], ['dee@example.com']])
    const [token, other] = mail.mails().map(({ text }) => /#token=(\S+)/.exec(text ?? '')?.[1])

    const weak = await post<unknown>('password-reset/confirm', { token, password: 'dee@example.com' })
    expect(weak).toMatchObject({
      status: 400,
      body: { error: { details: { fields: { password: [expect.any(String)] } } } },
    })
    const password = 'a wholly different one'
    expect(await post<unknown>('password-reset/confirm', { token, password })).toMatchObject({ status: 200 })
    for (const used of [token, other]) {
      const answer = await post<unknown>('password-reset/confirm', { token: used, password })
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { details: { fields: { token: [expect.any(String)] } } } },
      })
    }
    expect(await call('/api/auth/me', { token: founded.body.access_token })).toMatchObject({ status: 401 })
    expect(await post('refresh', { refresh_token: founded.body.refresh_token })).toMatchObject({ status: 401 })
    expect(await post('login', { email: 'dee@example.com', password: PASSWORD })).toMatchObject({ status: 401 })
    expect(await post('login', { email: 'dee@example.com', password })).toMatchObject({ status: 200 })
    await world.settle()
    expect(mail.mails().map(({ subject }) => subject)).toEqual([
      'Choose a new password for Pulsepoint',
      'Choose a new password for Pulsepoint',
      'Your Pulsepoint password was changed',
    ])
    expect(await factsOf(user.id)).toEqual([
      'auth.login',
      'auth.logout password reset',
      'config.changed reset',
      'auth.failed wrong password',
      'auth.login',
    ])
  })

  it('is changed by who knows it; other sessions end, this one goes on', async () => {
    const founded = await post('register', { company_name: 'Initech', email: 'ed@example.com', password: PASSWORD })
    const { body: here } = await post('login', { email: 'ed@example.com', password: PASSWORD })
    const wrong = { current_password: 'not the right one', new_password: 'another horse entirely' }
    const refused = await post<{ error: { details: { fields: object } } }>('password', wrong, here.access_token)
    expect(refused.status).toBe(400)
    expect(Object.keys(refused.body.error.details.fields)).toEqual(['current_password'])
    const right = { ...wrong, current_password: PASSWORD }
    expect(await post<unknown>('password', right, here.access_token)).toMatchObject({ status: 200 })
    expect(await call('/api/auth/me', { token: here.access_token })).toMatchObject({ status: 200 })
    expect(await call('/api/auth/me', { token: founded.body.access_token })).toMatchObject({ status: 401 })
    expect(await post('login', { email: 'ed@example.com', password: right.new_password })).toMatchObject({
      status: 200,
    })
  })
})
