import { getTestServer } from '@google-cloud/functions-framework/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../../mcp/keys.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { useMcpClients } from '../../support/mcp.ts'
import { createTenant } from '../../support/tenants.ts'

useDatabase()
useCloud()
const connect = useMcpClients()
let origin: string

beforeAll(async () => {
  await import('../../../functions/mcp/index.ts')
  const server = getTestServer('mcp')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})

test('a client with a key finds tools, resources and prompts under the functions framework, and no fixture', async () => {
  const tenant = await createTenant('acme')
  const client = await connect(origin, await createKey(tenant.tenantId))
  expect((await client.callTool({ name: 'list_brands', arguments: {} })).structuredContent).toMatchObject({
    complete: true,
    brands: [{ id: tenant.brandId }],
  })
  const [{ tools }, { resources }, { prompts }] = await Promise.all([
    client.listTools(),
    client.listResources(),
    client.listPrompts(),
  ])
  expect(resources.map(({ uri }) => uri)).toEqual(['pulsepoint://metrics', `pulsepoint://brands/${tenant.brandId}`])
  const names = [...tools, ...prompts].map(({ name }) => name)
  expect(names).toContain('weekly_review')
  expect(names.filter((name) => name.includes('test'))).toEqual([])
})
