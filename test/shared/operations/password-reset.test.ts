import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { evenTime, untilNextStep } from '../../../shared/auth/even-time.ts'
import { newOneTimeToken, redeemOneTimeToken } from '../../../shared/auth/one-time-token.ts'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson, type Person } from '../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const HOUR_MS = 3_600_000
const PASSWORD = 'a wholly different one'
const { wait, nowMs } = evenTime

let acme: TestTenant
let globex: TestTenant
let person: Person
let count = 0

beforeAll(async () => {
  acme = await createTenant('acme')
  globex = await createTenant('globex')
  for (const { tenantId } of [acme, globex]) await asSystem(tenantId, () => transaction(addTenantKey))
})
beforeEach(async () => {
  person = await createPerson(acme.tenantId, { email: `p${++count}@example.com` })
})
afterEach(() => {
  Object.assign(evenTime, { wait, nowMs })
})

const ask = (email: string) => call('/api/auth/password-reset', { body: { email } })
const confirm = (token: string, password = PASSWORD) =>
  call('/api/auth/password-reset/confirm', { body: { token, password } })
const tokenFor = (
  { tenantId, userId }: Person,
  livesMs = HOUR_MS,
  purpose: 'password_reset' | 'invitation' = 'password_reset',
) => asSystem(tenantId, () => transaction((db) => newOneTimeToken(db, { userId, purpose, livesMs })))
const linksOf = ({ userId }: Person) => database.asAdmin('select from one_time_tokens where user_id = $1', [userId])

it('is answered in the same words, and at the same step of the clock, whether the address exists or its tenant has no key', async () => {
  const keyless = await createPerson((await createTenant('keyless')).tenantId, { email: 'keyless@example.com' })
  const waited: number[] = []
  evenTime.wait = async (ms) => void waited.push(ms)
  evenTime.nowMs = () => performance.now() + 123
  const answers = [await ask(person.email), await ask(keyless.email), await ask('nobody@example.com')]
  const [known, ...others] = answers
  for (const other of others) expect([other.status, other.body]).toEqual([known?.status, known?.body])
  expect(known?.status).toBe(202)
  // Each is held back by one wait, whose length complements the work to a whole step.
  expect(waited).toHaveLength(3)
  for (const ms of waited) expect(ms > 0 && ms <= 500).toBe(true)
  expect(await linksOf(person)).toHaveLength(1)
})

it('ends every answer at a multiple of the step', async () => {
  let now = 0
  const ends: number[] = []
  evenTime.nowMs = () => now
  evenTime.wait = async (ms) => void ends.push(now + ms)
  for (now of [1, 130, 499, 501]) await untilNextStep(0, 500)
  expect(ends).toEqual([500, 500, 500, 1000])
})

it('fills nobody’s mailbox: five links an hour, also when asked for at once', async () => {
  evenTime.wait = async () => undefined
  await Promise.all(Array.from({ length: 8 }, () => ask(person.email)))
  expect(await linksOf(person)).toHaveLength(5)
})

it('sends nothing to who cannot sign in', async () => {
  evenTime.wait = async () => undefined
  await database.asAdmin('update users set is_active = false where user_id = $1', [person.userId])
  expect(await ask(person.email)).toMatchObject({ status: 202 })
  expect(await linksOf(person)).toEqual([])
})

it('a link works once, also for two at the same moment', async () => {
  const token = await tokenFor(person)
  const answers = await Promise.all([confirm(token), confirm(token), confirm(token)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
})

it('a token that somebody is redeeming is worth nothing to whoever comes meanwhile', async () => {
  const token = await tokenFor(person)
  const redeemed = Promise.withResolvers<void>()
  const commit = Promise.withResolvers<void>()
  const redeem = (then = async () => {}) =>
    asSystem(acme.tenantId, () =>
      transaction(async (db) => {
        const whom = await redeemOneTimeToken(db, token, 'password_reset')
        await then()
        return whom
      }),
    )
  const first = redeem(() => {
    redeemed.resolve()
    return commit.promise
  })
  await redeemed.promise
  const second = redeem()
  const waiting = () =>
    database.asAdmin(`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%delete from one_time%'
      and datname = current_database()`)
  await expect.poll(async () => (await waiting()).length, { timeout: 10_000 }).toBe(1)
  commit.resolve()
  expect(await Promise.all([first, second])).toEqual([{ userId: person.userId }, null])
})

it('a link ends a lock-out', async () => {
  await database.asAdmin(`update users set locked_until = now() + interval '10 minutes' where user_id = $1`, [
    person.userId,
  ])
  expect(await confirm(await tokenFor(person))).toMatchObject({ status: 200 })
  const login = await call('/api/auth/login', { body: { email: person.email, password: PASSWORD } })
  expect(login).toMatchObject({ status: 200 })
})

it('a link that is late, for something else, altered or of another tenant is worth nothing', async () => {
  const good = await tokenFor(person)
  const foreign = await createPerson(globex.tenantId)
  const tokens = [
    await tokenFor(person, -1),
    await tokenFor(person, HOUR_MS, 'invitation'),
    good.replace(acme.tenantId, globex.tenantId),
    (await tokenFor(foreign)).replace(globex.tenantId, acme.tenantId),
    `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
    `${good} `,
    '',
  ]
  const answers = await Promise.all(tokens.map((token) => confirm(token)))
  for (const { status, body } of answers) {
    expect(status).toBe(400)
    expect(body).toHaveProperty('error.details.fields.token')
  }
  const elsewhere = asSystem(globex.tenantId, () => transaction((db) => redeemOneTimeToken(db, good, 'password_reset')))
  expect(await elsewhere).toBeNull()
  expect(await confirm(good)).toMatchObject({ status: 200 })
})

it('no link works for a user or tenant that was shut meanwhile', async () => {
  const token = await tokenFor(person)
  await database.asAdmin('update users set is_active = false where user_id = $1', [person.userId])
  expect(await confirm(token)).toMatchObject({ status: 400 })
  await database.asAdmin('update users set is_active = true where user_id = $1', [person.userId])
  await database.asAdmin(`update tenants set status = 'suspended' where id = $1`, [acme.tenantId])
  expect(await confirm(token)).toMatchObject({ status: 403 })
  await database.asAdmin(`update tenants set status = 'active' where id = $1`, [acme.tenantId])
  expect(await confirm(token)).toMatchObject({ status: 200 })
})
