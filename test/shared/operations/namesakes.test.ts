import { beforeAll, expect, it } from 'vitest'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const PASSWORD = 'correct horse battery staple'
const EMAIL = 'victim@example.com'

let company: TestTenant
beforeAll(async () => {
  company = await createTenant('the company')
})

const found = (n: number) =>
  call('/api/auth/register', { body: { company_name: `Squatter ${n}`, email: EMAIL, password: `${PASSWORD} ${n}` } })
const logIn = () => call('/api/auth/login', { body: { email: EMAIL, password: PASSWORD } })

it('companies founded under somebody’s e-mail are few, and shut out nobody who has answered from it', async () => {
  expect([(await found(1)).status, (await found(2)).status, (await found(3)).status]).toEqual([201, 201, 201])
  expect(await found(4)).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } })
  await createPerson(company.tenantId, { email: EMAIL, password: PASSWORD })
  expect((await logIn()).status).toBe(401) // three older ones are looked at, and nobody knows yet whose address it is
  await database.asAdmin('update users set email_verified_at = now() where tenant_id = $1', [company.tenantId])
  expect((await logIn()).status).toBe(200)
  // Who has answered does not keep anybody from founding another.
  await database.asAdmin('update users set email_verified_at = now() where email = $1', [EMAIL])
  expect((await found(4)).status).toBe(201)
})
