import { beforeAll, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { forgetConfig } from '../../../shared/config.ts'
import { flushTelemetry } from '../../../shared/events/telemetry.ts'
import { buildApi } from '../../../shared/http/api.ts'
import { MESSAGE_CHARACTERS } from '../../../shared/http/record-request.ts'
import { operation } from '../../../shared/operation.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type Answer, ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

const broken = operation({
  name: 'break',
  description: 'Fails as nobody foresaw.',
  http: { method: 'get', path: '/api/broken' },
  permission: 'authenticated',
  input: z.object({}),
  output: z.object({}),
  run: async () => {
    throw new Error('select * from secrets at line 7')
  },
})
const echo = operation({
  name: 'echo',
  description: 'Says what it was given.',
  http: { method: 'post', path: ['/api/echo/{id}', '/api/v1/echo/{id}'], status: 201 },
  permission: 'brands:write',
  input: z.object({ id: z.string(), rating: z.int().optional(), note: z.string().optional() }),
  output: z.object({ id: z.string(), rating: z.int().optional(), note: z.string().optional() }),
  run: async (input) => ({ ...input, hidden: 'never shown' }),
})

let tenant: TestTenant
let manager: SignedIn
let origin: string
const call = (path: string, asked?: Parameters<typeof ask>[1]): Promise<Answer> => ask(`${origin}${path}`, asked)

beforeAll(async () => {
  vi.stubEnv('ALLOWED_ORIGINS', 'https://app.pulsepoint.test, https://admin.pulsepoint.test')
  forgetConfig()
  origin = await serveApp(buildApi({ operations: [...OPERATIONS, broken, echo], ...PLENTY }))
  tenant = await createTenant('acme')
  manager = await signIn(tenant.tenantId, 'manager')
})

describe('every answer', () => {
  it.each(['/health', '/api/brands', '/nowhere'])('of %s carries the security headers', async (path) => {
    const { headers } = await call(path)
    expect(Object.fromEntries(headers)).toMatchObject({
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-xss-protection': '1',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'ratelimit-limit': '1000000',
      'cache-control': 'no-store',
    })
    expect(headers.has('x-powered-by')).toBe(false)
  })

  it('takes over a sane request id, and no other', async () => {
    const idFor = async (given: string) =>
      (await call('/health', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
    expect(await idFor('order-42.retry_1')).toBe('order-42.retry_1')
    for (const odd of ['a b', '<script>', 'x'.repeat(129), '"', 'ä']) expect(await idFor(odd)).not.toBe(odd)
  })

  it('is JSON without a stack when something breaks, and the log has the rest', async () => {
    const lines: string[] = []
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
    const answer = await call('/api/broken', { token: manager.token, headers: { 'x-request-id': 'broken-1' } })
    spy.mockRestore()
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL', request_id: 'broken-1' } } })
    expect(JSON.stringify(answer.body)).not.toMatch(/select|line 7|\.ts|at /)
    expect(lines.join('')).toContain('select * from secrets at line 7')
  })
})

describe('what is refused', () => {
  it.each<[string, string, Parameters<typeof ask>[1], number, string]>([
    ['an unknown path', '/api/nothing', {}, 404, 'NOT_FOUND'],
    ['an unknown path, even with a token', '/api/brands/x/y/z', {}, 404, 'NOT_FOUND'],
    ['a method that a path does not take', '/api/brands', { method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED'],
    ['a method that the document does not take', '/openapi.json', { method: 'POST' }, 405, 'METHOD_NOT_ALLOWED'],
    ['a body over 1 MiB', '/api/echo/1', { body: { note: 'x'.repeat(1_048_577) } }, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'another media type',
      '/api/echo/1',
      { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'text that only looks like JSON',
      '/api/echo/1',
      { body: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['JSON that is cut off', '/api/echo/1', { body: '{"rating": 5' }, 400, 'INPUT_INVALID'],
    ['JSON that is no object', '/api/echo/1', { body: 'null' }, 400, 'INPUT_INVALID'],
    ['an id in path and body', '/api/echo/1', { body: { id: '2' } }, 400, 'INPUT_INVALID'],
    ['a field in query and body', '/api/echo/1?rating=1', { body: { rating: 2 } }, 400, 'INPUT_INVALID'],
  ])('%s', async (_, path, asked, status, code) => {
    const answer = await call(path, { ...asked, token: manager.token })
    expect(answer).toMatchObject({ status, body: { error: { code } } })
  })

  it('names the methods a path takes', async () => {
    expect((await call('/api/brands', { method: 'PUT' })).headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
  })

  it('comes in an order: who, may they, is it well-formed', async () => {
    const analyst = await signIn(tenant.tenantId, 'analyst')
    const statuses = [undefined, analyst.token, manager.token].map((token) =>
      call('/api/echo/1', { body: '{', ...(token && { token }) }),
    )
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 403, 400])
  })
})

describe('input and output', () => {
  it('merges path and body, and lets out nothing that the schema does not name', async () => {
    const answer = await call('/api/v1/echo/a%2Fb', { token: manager.token, body: { rating: 5 } })
    expect([answer.status, answer.body]).toEqual([201, { id: 'a/b', rating: 5 }])
  })

  it('turns text into numbers in query strings alone', async () => {
    const query = await call('/api/brands?limit=10', { token: manager.token })
    const body = await call('/api/echo/1', { token: manager.token, body: { rating: '5' } })
    expect([query.status, body.status]).toEqual([200, 400])
    for (const odd of ['', '1e1', '0x10', ' 10', '10.5', '101', '0', '-1', 'NaN']) {
      expect((await call(`/api/brands?limit=${odd}`, { token: manager.token })).status).toBe(400)
    }
  })

  it('answers HEAD as GET without a body', async () => {
    const head = await call('/api/brands', { token: manager.token, method: 'HEAD' })
    expect([head.status, head.body, head.headers.has('etag')]).toEqual([200, '', true])
  })
})

describe('CORS', () => {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
  it('lets the listed origins in, with credentials', async () => {
    for (const from of ['https://app.pulsepoint.test', 'https://admin.pulsepoint.test']) {
      const asked = await call('/api/brands', { method: 'OPTIONS', headers: { origin: from, ...preflight } })
      expect(asked.status).toBe(204)
      expect(asked.headers.get('access-control-allow-origin')).toBe(from)
      expect(asked.headers.get('access-control-allow-credentials')).toBe('true')
      expect(asked.headers.get('access-control-allow-headers')).toContain('Authorization')
      const got = await call('/api/brands', { token: manager.token, headers: { origin: from } })
      expect([got.status, got.headers.get('access-control-allow-origin'), got.headers.get('vary')]).toEqual([
        200,
        from,
        'Origin',
      ])
    }
  })

  it.each(['https://evil.test', 'null', 'https://app.pulsepoint.test.evil.test', 'http://app.pulsepoint.test'])(
    'tells %s nothing',
    async (from) => {
      const { headers } = await call('/api/brands', { method: 'OPTIONS', headers: { origin: from, ...preflight } })
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    },
  )
})

describe('the host', () => {
  it('must be on the list, if there is one', async () => {
    vi.stubEnv('ALLOWED_HOSTS', 'api.pulsepoint.test')
    forgetConfig()
    const app = buildApi({ operations: OPERATIONS })
    const statusOf = async (host: string) => (await app.request('/health', { headers: { host } })).status
    expect([
      await statusOf('api.pulsepoint.test'),
      await statusOf('API.pulsepoint.test'),
      await statusOf('evil.test'),
    ]).toEqual([200, 200, 403])
    vi.stubEnv('ALLOWED_HOSTS', '')
    forgetConfig()
  })
})

describe('the record of requests', () => {
  type Noted = {
    event_type: string
    tenant_id: string
    user_id: string | null
    status: string
    brand_id: string | null
    error_message: string | null
    metadata: Record<string, unknown>
  }
  const noted = async (requestId: string, type = 'api.response'): Promise<Noted[]> => {
    await flushTelemetry()
    return database.asAdmin(
      `select * from observability_events where class = 'telemetry' and request_id = $1 and event_type = $2`,
      [requestId, type],
    )
  }

  it('is one line each of what was asked, and of brands’ data that was read', async () => {
    const headers = { 'x-request-id': 'seen-0' }
    const { headers: told } = await call(`/api/brands/${tenant.brandId}`, { token: manager.token, headers })
    expect(await noted('seen-0', 'api.request')).toMatchObject([{ metadata: { operation: 'get_brand' } }])
    expect(await noted('seen-0', 'data.accessed')).toMatchObject([
      { user_id: manager.userId, brand_id: tenant.brandId, metadata: { operation: 'get_brand' } },
    ])
    const again = { 'x-request-id': 'seen-8', 'if-none-match': told.get('etag') ?? '' }
    await call(`/api/brands/${tenant.brandId}`, { token: manager.token, headers: again })
    expect(await noted('seen-8', 'api.response')).toMatchObject([{ metadata: { http_status: 304 } }])
    expect(await noted('seen-8', 'data.accessed')).toEqual([])
    const refused = { 'x-request-id': 'seen-6' }
    await call(`/api/brands/${tenant.brandId}?surprise=1`, { token: manager.token, headers: refused })
    expect(await noted('seen-6', 'data.accessed')).toEqual([])
  })

  it('keeps so much of a caller’s own words that a message full of them is still published', async () => {
    const headers = { 'x-request-id': 'seen-7' }
    await call(`/api/brands/${tenant.brandId}?${'x'.repeat(5_000)}=1`, { token: manager.token, headers })
    const [line] = await noted('seen-7')
    expect(line?.error_message).toHaveLength(MESSAGE_CHARACTERS)
  })

  it('is one line each of what was answered: who, what, how long, and of which brand', async () => {
    const trace = 'a'.repeat(32)
    const headers = {
      'x-request-id': 'seen-1',
      traceparent: `00-${trace}-${'b'.repeat(16)}-01`,
      'x-session-id': 'tab-7',
    }
    await call(`/api/brands/${tenant.brandId}?surprise=1`, { token: manager.token, headers })
    expect(await noted('seen-1')).toMatchObject([
      {
        event_type: 'api.response',
        tenant_id: tenant.tenantId,
        user_id: manager.userId,
        brand_id: tenant.brandId,
        status: 'failure',
        error_message: 'INPUT_INVALID: Not valid: surprise.',
        duration_ms: expect.any(Number),
        metadata: {
          method: 'GET',
          route: '/api/brands/{id}',
          operation: 'get_brand',
          http_status: 400,
          trace_id: trace,
          client_session_id: 'tab-7',
        },
      },
    ])
  })

  it('marks what is our fault as an error too', async () => {
    await call('/api/broken', { token: manager.token, headers: { 'x-request-id': 'seen-2' } })
    for (const type of ['api.request', 'api.response', 'api.error']) expect(await noted('seen-2', type)).toHaveLength(1)
  })

  it('belongs to the platform when nobody was known, and leaves probes out', async () => {
    await call('/api/brands', { headers: { 'x-request-id': 'seen-3' } })
    await call('/health', { headers: { 'x-request-id': 'seen-4' } })
    expect(await noted('seen-3')).toMatchObject([{ tenant_id: PLATFORM_TENANT_ID, user_id: null, status: 'failure' }])
    expect(await noted('seen-4')).toEqual([])
  })

  it('is not held up by fields that Postgres could not store', async () => {
    const body = '{"\\u0000": 1, "\\ud800": 2}'
    const answer = await call('/api/echo/1', { token: manager.token, body, headers: { 'x-request-id': 'seen-5' } })
    expect(answer.status).toBe(400)
    expect(await noted('seen-5')).toMatchObject([{ error_message: expect.stringContaining('INPUT_INVALID') }])
  })
})
