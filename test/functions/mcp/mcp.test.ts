import { getTestServer } from '@google-cloud/functions-framework/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask } from '../../support/http.ts'
import { signIn } from '../../support/people.ts'
import { createTenant } from '../../support/tenants.ts'

useDatabase()
useCloud()
let url: string

beforeAll(async () => {
  await import('../../../functions/mcp/index.ts')
  const server = getTestServer('mcp')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})

test('a tool answers under the functions framework', async () => {
  const tenant = await createTenant('acme')
  const { token } = await signIn(tenant.tenantId)
  const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'list_brands', arguments: {} } }
  const headers = { accept: 'application/json, text/event-stream' }
  const answer = await ask(`${url}/mcp`, { token, body, headers })
  expect(answer).toMatchObject({
    status: 200,
    body: { id: 7, result: { structuredContent: { brands: [{ id: tenant.brandId }] } } },
  })
})
