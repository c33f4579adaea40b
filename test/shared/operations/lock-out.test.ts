import { afterAll, beforeEach, expect, it } from 'vitest'
import { evenTime } from '../../../shared/auth/even-time.ts'
import { LOCK_OUT } from '../../../shared/auth/lock-out.ts'
import { clock } from '../../../shared/clock.ts'
import { setClock } from '../../functions/evaluate-alerts/deliveries.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson, type Person } from '../../support/people.ts'
import { createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const PASSWORD = 'correct horse battery staple'

const waits: number[] = []
const { wait } = evenTime
let person: Person
let count = 0

beforeEach(async () => {
  waits.length = 0
  evenTime.wait = async (ms) => void waits.push(ms)
  const { tenantId } = await createTenant(`tenant ${++count}`)
  person = await createPerson(tenantId, { email: `p${count}@example.com`, password: PASSWORD })
})
afterAll(() => {
  evenTime.wait = wait
  setClock(new Date())
})

const moveClock = (ms: number) => setClock(new Date(clock.now().getTime() + ms))
const login = (password: string, email = person.email) => call('/api/auth/login', { body: { email, password } })
const wrongly = (times: number) => Promise.all(Array.from({ length: times }, () => login('wrong')))
const counted = async () =>
  (await database.asAdmin('select failed_sign_ins, locked_until from users where user_id = $1', [person.userId]))[0]

it('ten wrong passwords, at whatever moment, lock the user out for fifteen minutes in the words of a wrong password', async () => {
  await wrongly(LOCK_OUT.failures - 1)
  expect(await counted()).toEqual({ failed_sign_ins: 9, locked_until: null })
  const refused = await login('wrong')
  expect(await counted()).toMatchObject({ locked_until: expect.any(Date) })
  const locked = await login(PASSWORD)
  const withoutId = ({ body }: { body: unknown }) => JSON.stringify(body).replace(/"request_id":"[^"]*"/, '')
  expect([locked.status, withoutId(locked)]).toEqual([401, withoutId(refused)])
  expect([...locked.headers.keys()]).toEqual([...refused.headers.keys()])
  // The same statements, in both cases until the next step of the clock.
  expect(waits).toHaveLength(LOCK_OUT.failures + 1)
  const facts = await database.asAdmin(
    `select count(*)::int as n from observability_facts where event_type = 'auth.failed' and user_id = $1`,
    [person.userId],
  )
  expect(facts).toEqual([{ n: LOCK_OUT.failures + 1 }])
  moveClock(LOCK_OUT.lockMs - 60_000)
  expect(await login(PASSWORD)).toMatchObject({ status: 401 })
  moveClock(61_000)
  expect(await login(PASSWORD)).toMatchObject({ status: 200 })
})

it('a success, or time, forgets what failed before', async () => {
  await wrongly(LOCK_OUT.failures - 1)
  expect(await login(PASSWORD)).toMatchObject({ status: 200 })
  expect(await counted()).toEqual({ failed_sign_ins: 0, locked_until: null })
  await wrongly(LOCK_OUT.failures - 1)
  moveClock(LOCK_OUT.windowMs + 1_000)
  await login('wrong')
  expect(await counted()).toEqual({ failed_sign_ins: 1, locked_until: null })
})

it('sign-ins at the same time with the right password do not count', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => login(PASSWORD)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
})

it('who is locked out in one company is not in another', async () => {
  const elsewhere = await createTenant('elsewhere')
  await createPerson(elsewhere.tenantId, { email: person.email, password: 'quite another password' })
  await database.asAdmin(`update users set locked_until = $2 where user_id = $1`, [
    person.userId,
    new Date(clock.now().getTime() + 60_000),
  ])
  expect(await login(PASSWORD)).toMatchObject({ status: 401 })
  expect(await login('quite another password')).toMatchObject({ status: 200 })
})

it('a stolen access token is no way to guess the password', async () => {
  const { body } = await login(PASSWORD)
  const { access_token: token } = body as { access_token: string } // the contract suite compares it with its schema
  const guess = (current_password: string) =>
    call('/api/auth/password', { token, body: { current_password, new_password: 'another horse entirely' } })
  await Promise.all(Array.from({ length: LOCK_OUT.failures }, () => guess('wrong')))
  expect(await guess(PASSWORD)).toMatchObject({ status: 400 })
  expect(await login(PASSWORD)).toMatchObject({ status: 401 })
})
