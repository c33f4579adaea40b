import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { forgetConfig } from '../../../shared/config.ts'
import { flushTelemetry } from '../../../shared/events/telemetry.ts'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { operation } from '../../../shared/operation.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { useMcpClients } from '../../support/mcp.ts'
import { signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const connectWith = useMcpClients()

const write = operation({
  name: 'rename_brand',
  description: 'Renames a brand.',
  http: { method: 'post', path: '/api/brands/{id}/name' },
  permission: 'brands:write',
  surfaces: ['http', 'mcp'],
  input: z.object({ id: z.uuid(), name: z.string() }),
  output: z.object({ name: z.string() }),
  run: async ({ name }) => ({ name }),
})
const broken = operation({
  name: 'break',
  description: 'Fails as nobody foresaw.',
  http: { method: 'get', path: '/api/broken' },
  permission: 'authenticated',
  input: z.object({}),
  output: z.object({}),
  run: async () => {
    throw new Error('select * from secrets')
  },
})

let origin: string
let ours: TestTenant
let theirs: TestTenant

beforeAll(async () => {
  vi.stubEnv('ALLOWED_ORIGINS', 'https://app.pulsepoint.test')
  forgetConfig()
  origin = await serveApp(buildMcp({ operations: [...OPERATIONS, write, broken], ...PLENTY }))
  ours = await createTenant('ours')
  theirs = await createTenant('theirs')
})
async function connect(tenant: TestTenant, role: 'analyst' | 'manager' | 'operator' = 'analyst'): Promise<Client> {
  const { token } = await signIn(tenant.tenantId, role)
  return connectWith(origin, token)
}
const brandsOf = async (client: Client): Promise<unknown> =>
  (await client.callTool({ name: 'list_brands', arguments: {} })).structuredContent
/** What a failed call says: its code and the rest. */
async function failureOf(client: Client, name: string, given: Record<string, unknown>): Promise<unknown> {
  const { isError, content } = await client.callTool({ name, arguments: given })
  expect(isError).toBe(true)
  const [first] = z.array(z.object({ text: z.string() })).parse(content)
  return JSON.parse(first?.text ?? '').error
}

describe('the tools', () => {
  it('are the operations offered to MCP that the role may call, never signing in', async () => {
    const { tools } = await (await connect(ours)).listTools()
    const reads = OPERATIONS.filter(({ surfaces, http }) => surfaces.includes('mcp') && http.method === 'get')
    expect(tools.map(({ name }) => name).sort()).toEqual(['break', ...reads.map(({ name }) => name)].sort())
    expect(reads.filter(({ permission }) => permission !== 'brands:read')).toEqual([])
    const { tools: managers } = await (await connect(ours, 'manager')).listTools()
    expect(managers.map(({ name }) => name)).toContain('rename_brand')
    const { tools: strangers } = await (await connect(ours, 'operator')).listTools()
    expect(strangers.map(({ name }) => name)).toEqual(['break'])
  })

  it('say what they take, what they answer and whether they change anything', async () => {
    const { tools } = await (await connect(ours, 'manager')).listTools()
    const tool = (wanted: string) => tools.find(({ name }) => name === wanted)
    expect(tool('get_brand')).toMatchObject({
      inputSchema: { type: 'object', required: ['id'], additionalProperties: false },
      outputSchema: { type: 'object', required: ['complete', 'brand'] },
      annotations: { readOnlyHint: true },
    })
    expect(tool('rename_brand')?.annotations).toMatchObject({ readOnlyHint: false })
    expect(JSON.stringify(tools)).not.toContain('tenant_id"')
  })

  it('answer structured content that the client checks against the schema', async () => {
    const client = await connect(ours)
    expect(await brandsOf(client)).toMatchObject({
      brands: [{ id: ours.brandId, name: 'ours brand' }],
      next_cursor: null,
      complete: true,
    })
  })

  it('fail with a code, what was wrong by field, and nothing of our inside', async () => {
    const client = await connect(ours)
    expect(await failureOf(client, 'list_brands', { limit: '5' })).toMatchObject({
      code: 'INPUT_INVALID',
      details: { fields: { limit: [expect.any(String)] } },
    })
    expect(await failureOf(client, 'list_brands', { tenant_id: theirs.tenantId })).toMatchObject({
      code: 'INPUT_INVALID',
      details: { fields: { tenant_id: ['Unknown field.'] } },
    })
    expect(await failureOf(client, 'rename_brand', { id: ours.brandId, name: 'x' })).toMatchObject({
      code: 'FORBIDDEN',
    })
    const internal = await failureOf(client, 'break', {})
    expect(internal).toMatchObject({ code: 'INTERNAL', request_id: expect.any(String) })
    expect(JSON.stringify(internal)).not.toContain('secrets')
    await expect(client.callTool({ name: 'login', arguments: {} })).rejects.toThrow('There is no tool login')
  })

  it('leave a record that names the operation and the brand', async () => {
    const client = await connect(ours)
    await client.callTool({ name: 'get_brand', arguments: { id: ours.brandId } })
    await flushTelemetry()
    const rows = await database.asAdmin(
      `select tenant_id, brand_id from observability_events where event_type = 'api.response' and metadata->>'operation' = 'get_brand' and metadata->>'method' = 'POST'`,
    )
    expect(rows).toEqual([{ tenant_id: ours.tenantId, brand_id: ours.brandId }])
  })
})

describe('two tenants', () => {
  it('see their own, also at the same time', async () => {
    const [mine, other] = await Promise.all([connect(ours), connect(theirs)])
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => brandsOf(at % 2 ? mine : other)))
    for (const [at, answer] of answers.entries()) {
      expect(answer).toMatchObject({ brands: [{ id: (at % 2 ? ours : theirs).brandId }] })
      expect(JSON.stringify(answer)).not.toContain((at % 2 ? theirs : ours).brandId)
    }
  })

  it('know each other’s ids no better than unknown ones', async () => {
    const client = await connect(ours)
    for (const name of ['get_brand', 'get_brand_dashboard']) {
      const [foreign, unknown] = await Promise.all([
        failureOf(client, name, { id: theirs.brandId }),
        failureOf(client, name, { id: uuidv7() }),
      ])
      const { request_id: _, ...said } = z.looseObject({ request_id: z.string() }).parse(foreign)
      expect(unknown).toMatchObject(said)
      expect(said).toMatchObject({ code: 'NOT_FOUND' })
    }
  })
})

describe('the endpoint', () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
  const accept = 'application/json, text/event-stream'
  const asked = (extra: { token?: string; method?: string; headers?: Record<string, string>; body?: unknown } = {}) =>
    ask(`${origin}/mcp`, { body: list, ...extra, headers: { accept, ...extra.headers } })

  it('answers the first request of a client that was never seen before: there are no sessions', async () => {
    const { token } = await signIn(ours.tenantId)
    const answer = await asked({ token })
    expect(answer.status).toBe(200)
    expect(answer.headers.has('mcp-session-id')).toBe(false)
    expect(answer.body).toHaveProperty('result.tools')
  })

  it('is closed without a token, to other origins and to other methods', async () => {
    const { token } = await signIn(ours.tenantId)
    expect(await asked()).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHENTICATED' } } })
    expect((await asked({ token, headers: { origin: 'https://evil.test' } })).status).toBe(403)
    expect((await asked({ token, headers: { origin: 'https://app.pulsepoint.test' } })).status).toBe(200)
    for (const method of ['GET', 'DELETE']) {
      const answer = await ask(`${origin}/mcp`, { token, method, headers: { accept } })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    }
    expect((await ask(`${origin}/mcp/admin`, { token })).status).toBe(404)
  })

  it('without lists of hosts and origins is for this machine alone', async () => {
    const { token } = await signIn(ours.tenantId)
    vi.stubEnv('ALLOWED_ORIGINS', '')
    forgetConfig()
    const app = buildMcp({ operations: OPERATIONS, ...PLENTY })
    const statusOf = async (given: Record<string, string>): Promise<number> => {
      const headers = { accept, authorization: `Bearer ${token}`, 'content-type': 'application/json', ...given }
      return (await app.request('/mcp', { method: 'POST', headers, body: JSON.stringify(list) })).status
    }
    for (const name of ['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:9']) {
      expect([name, await statusOf({ host: name })]).toEqual([name, 200])
      expect([name, await statusOf({ host: name, origin: `http://${name}` })]).toEqual([name, 200])
    }
    for (const host of ['evil.test', 'localhost.evil.test', '127.0.0.1.evil.test:8080', 'localhost@evil.test', ''])
      expect([host, await statusOf({ host })]).toEqual([host, 403])
    for (const origin of ['https://evil.test', 'http://localhost.evil.test', 'null', ''])
      expect([origin, await statusOf({ host: 'localhost', origin })]).toEqual([origin, 403])
    vi.stubEnv('ALLOWED_HOSTS', 'mcp.pulsepoint.test')
    forgetConfig()
    const deployed = buildMcp({ operations: OPERATIONS, ...PLENTY })
    const refused = await deployed.request('/mcp', { method: 'POST', headers: { host: 'localhost' } })
    expect(await refused.json()).toMatchObject({
      error: { code: 'FORBIDDEN', message: 'This host is not served here.' },
    })
    vi.stubEnv('ALLOWED_HOSTS', '')
    vi.stubEnv('ALLOWED_ORIGINS', 'https://app.pulsepoint.test')
    forgetConfig()
  })

  it('refuses what is no message', async () => {
    const { token } = await signIn(ours.tenantId)
    expect((await asked({ token, body: '{' })).status).toBe(400)
    expect((await asked({ token, body: { hello: 'world' } })).status).toBe(400)
    expect((await asked({ token, body: { ...list, params: { x: 'x'.repeat(1_048_577) } } })).status).toBe(413)
  })
})
