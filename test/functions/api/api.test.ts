import { getTestServer } from '@google-cloud/functions-framework/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask } from '../../support/http.ts'
import { createPerson } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const PASSWORD = 'correct horse battery staple'
useDatabase()
useCloud()
let url: string
let tenant: TestTenant

beforeAll(async () => {
  await import('../../../functions/api/index.ts')
  const server = getTestServer('api')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  tenant = await createTenant('acme')
  await createPerson(tenant.tenantId, { email: 'ana@example.com', password: PASSWORD })
})

test('signing in and listing brands, under the functions framework', async () => {
  const signedIn = await ask(`${url}/api/auth/login`, { body: { email: 'ana@example.com', password: PASSWORD } })
  expect(signedIn).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 28_800 } })
  const { access_token: token } = signedIn.body as { access_token: string }
  const listed = await ask(`${url}/api/brands`, { token })
  expect(listed).toMatchObject({ status: 200, body: { brands: [{ id: tenant.brandId, name: 'acme brand' }] } })
})

test.each([
  ['malformed JSON', '{"email": ', 400, 'INPUT_INVALID'],
  ['a JSON array', '[1]', 400, 'INPUT_INVALID'],
  ['more than 1 MiB', JSON.stringify({ email: 'x'.repeat(1_100_000) }), 413, 'PAYLOAD_TOO_LARGE'],
])('%s is refused in our words, not in those of the framework', async (_, body, status, code) => {
  const answer = await ask(`${url}/api/auth/login`, { body })
  expect(answer).toMatchObject({ status, body: { error: { code } } })
})

test('a compressed body is not inflated', async () => {
  const headers = { 'content-encoding': 'gzip' }
  const answer = await ask(`${url}/api/auth/login`, { body: { email: 'a@example.com', password: 'x' }, headers })
  expect(answer).toMatchObject({ status: 415, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } })
})
