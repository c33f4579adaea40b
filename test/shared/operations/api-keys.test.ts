import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { KEY_SCOPES } from '../../../shared/auth/api-key.ts'
import { flushTelemetry } from '../../../shared/events/telemetry.ts'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { pathsOf } from '../../../shared/operation.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type Answer, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const Created = z.object({ api_key: z.looseObject({ id: z.uuid() }), key: z.string() })

let mcp: string
let ours: TestTenant
let admin: SignedIn
let tenants = 0

beforeAll(async () => {
  mcp = await serveApp(buildMcp({ operations: OPERATIONS, ipLimit: { perMinute: 100_000 } }))
})
beforeEach(async () => {
  tenants += 1
  ours = await createTenant(`acme ${tenants}`)
  admin = await signIn(ours.tenantId, 'admin')
})

const create = (body: object, { token }: { token: string } = admin): Promise<Answer> =>
  call('/api/api-keys', { body: { name: 'Nightly export', scopes: ['brands:read'], ...body }, token })
async function newKey(body: object = {}, by: { token: string } = admin): Promise<{ id: string; token: string }> {
  const { api_key, key } = Created.parse((await create(body, by)).body)
  return { id: api_key.id, token: key }
}
const revoke = (id: string): Promise<Answer> => call(`/api/api-keys/${id}`, { method: 'DELETE', token: admin.token })
const brandsOf = ({ token }: { token: string }): Promise<Answer> => call('/api/brands', { token })

async function connect({ token }: { token: string }): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  // The SDK's transport declares optional members in a way that exactOptionalPropertyTypes does not accept.
  const transport = new StreamableHTTPClientTransport(new URL(`${mcp}/mcp`), { requestInit })
  await client.connect(transport as Parameters<Client['connect']>[0])
  return client
}

describe('an API key', () => {
  it('is shown once; a hash of its secret is all that is kept', async () => {
    const answer = await create({ name: ' Nightly export ', scopes: ['ai:ask', 'brands:read', 'ai:ask'] })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        api_key: {
          name: 'Nightly export',
          scopes: ['ai:ask', 'brands:read'],
          created_by: { id: admin.userId, email: admin.email },
          last_used_at: null,
          expires_at: null,
          revoked_at: null,
        },
      },
    })
    const { api_key, key } = Created.parse(answer.body)
    expect(key).toMatch(new RegExp(`^pp_${ours.tenantId}_${api_key.id}_[A-Za-z0-9_-]{43}$`))
    const secret = key.slice(-43)
    const list = await call('/api/api-keys', { token: admin.token })
    expect(list.body).toEqual({ api_keys: [api_key], next_cursor: null })
    expect(JSON.stringify(list.body)).not.toContain('secret')
    const [told] = await database.asAdmin<{ text: string }>(
      `select (select jsonb_agg(k) from api_keys k)::text || (select jsonb_agg(e) from observability_events e)::text as text`,
    )
    expect(told?.text).toContain('api_key.created')
    expect(told?.text).not.toContain(secret)
  })

  it('says on /api/auth/me which key it is, where and what it may', async () => {
    const key = await newKey({ scopes: ['brands:read'] })
    expect(await call('/api/auth/me', { token: key.token })).toMatchObject({
      status: 200,
      body: {
        user: null,
        api_key: { id: key.id, name: 'Nightly export' },
        tenant: { id: ours.tenantId },
        permissions: ['brands:read'],
      },
    })
    expect(await call('/api/auth/me', { token: admin.token })).toMatchObject({
      body: { user: { id: admin.userId }, api_key: null },
    })
  })

  it.each(KEY_SCOPES)('with %s reaches exactly what this names, on HTTP and MCP', async (scope) => {
    const key = await newKey({ scopes: [scope] })
    const mayCall = ({ permission }: { permission: string }) => permission === 'authenticated' || permission === scope
    for (const operation of OPERATIONS.filter(({ permission }) => permission !== 'public')) {
      const path = (pathsOf(operation)[0] ?? '').replace(/\{\w+\}/g, uuidv7())
      const isRead = operation.http.method === 'get'
      const body = isRead || operation.http.method === 'delete' ? {} : { body: { surprise: 1 } }
      if (path.startsWith('/api/auth/') && path !== '/api/auth/me') continue // a person's own sessions and password
      const { status } = await call(path, { token: key.token, method: operation.http.method.toUpperCase(), ...body })
      expect([operation.name, status === 403]).toEqual([operation.name, !mayCall(operation)])
    }
    // Another key of the same scope: what the first one asked for counts against its own limit.
    const client = await connect(await newKey({ scopes: [scope] }))
    const { tools } = await client.listTools()
    const offered = OPERATIONS.filter((op) => op.surfaces.includes('mcp') && op.permission !== 'public' && mayCall(op))
    expect(tools.map(({ name }) => name).sort()).toEqual(offered.map(({ name }) => name).sort())
    const { isError, content } = await client.callTool({ name: 'list_brands', arguments: {} })
    expect(isError ?? false).toBe(scope !== 'brands:read')
    expect(JSON.stringify(content)).toContain(scope === 'brands:read' ? ours.brandId : 'FORBIDDEN')
    await client.close()
  })

  it('makes nobody an admin, who would outlive it', async () => {
    const key = await newKey({ scopes: ['admin:manage'] })
    const { userId } = await signIn(ours.tenantId)
    const change = (role: string) => call(`/api/users/${userId}`, { method: 'PATCH', body: { role }, token: key.token })
    expect([(await change('manager')).status, (await change('admin')).status]).toEqual([200, 403])
  })

  it('makes neither keys nor users: only a person does', async () => {
    const { token } = await newKey({ scopes: KEY_SCOPES })
    const invite = { email: 'bo@example.com', role: 'analyst' }
    const person = await signIn(ours.tenantId)
    for (const answer of [
      await create({}, { token }),
      await call('/api/users/invite', { body: invite, token }),
      await call(`/api/users/${person.userId}/invite`, { method: 'POST', token }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { error: { message: expect.stringContaining('sign in') } } })
    }
    expect((await call('/api/users', { token })).status).toBe(200)
  })

  it.each([
    ['no scope', { scopes: [] }, 'scopes'],
    ['a scope of the platform', { scopes: ['platform:manage'] }, 'scopes.0'],
    ['an unknown scope', { scopes: ['brands:read', '*'] }, 'scopes.1'],
    ['no name', { name: ' ' }, 'name'],
    ['a name that Postgres cannot store', { name: 'a\0b' }, 'name'],
    ['half a character in its name', { name: '\ud800' }, 'name'],
    ['an end in the past', { expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ['a tenant', { tenant_id: uuidv7() }, 'tenant_id'],
  ])('is not made with %s', async (_, body, field) => {
    const answer = await create(body)
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { details: { fields: { [field]: [expect.any(String)] } } } },
    })
  })

  it('is one of a hundred live ones at most, also when several are made at once', async () => {
    await database.asAdmin(
      `insert into api_keys (tenant_id, api_key_id, name, secret_hash, scopes, created_by, created_at, expires_at, revoked_at)
       select $1, gen_random_uuid(), 'k', 'none', array['ai:ask'], $2, now(),
         case when n > 110 then now() - interval '1 s' end, case when n between 99 and 110 then now() end
       from generate_series(1, 120) n`,
      [ours.tenantId, admin.userId],
    )
    const statuses = (await Promise.all(Array.from({ length: 5 }, () => create({})))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([201, 201, 409, 409, 409])
  })
})

describe('a key that is over', () => {
  it('is refused at once in this instance when it is revoked, for good', async () => {
    const key = await newKey()
    const other = await newKey()
    expect([(await brandsOf(key)).status, (await brandsOf(other)).status]).toEqual([200, 200])
    const first = await revoke(key.id)
    expect(first).toMatchObject({ status: 200, body: { api_key: { id: key.id, revoked_at: expect.any(String) } } })
    expect([(await brandsOf(key)).status, (await brandsOf(other)).status]).toEqual([401, 200])
    expect((await revoke(key.id)).body).toEqual(first.body)
    const facts = await database.asAdmin(
      `select metadata->>'action' as action from observability_events where metadata->>'subject_id' = $1 order by event_id`,
      [key.id],
    )
    expect(facts).toEqual([{ action: 'api_key.created' }, { action: 'api_key.revoked' }])
  })

  it('is refused with its tenant, and works on when its maker is gone', async () => {
    const maker = await signIn(ours.tenantId, 'admin')
    const key = await newKey({}, maker)
    expect((await call(`/api/users/${maker.userId}`, { method: 'DELETE', token: admin.token })).status).toBe(200)
    expect((await brandsOf(key)).status).toBe(200)
    expect((await call('/api/api-keys', { token: admin.token })).body).toMatchObject({
      api_keys: [{ id: key.id, created_by: { id: maker.userId, email: null } }],
    })
    const unseen = await newKey()
    await database.asAdmin(`update tenants set status = 'suspended' where id = $1`, [ours.tenantId])
    expect(await brandsOf(unseen)).toMatchObject({ status: 403, body: { error: { code: 'TENANT_INACTIVE' } } })
  })
})

describe('what a key does', () => {
  it('is on record under the key, in facts and telemetry; a person’s is not', async () => {
    const key = await newKey({ scopes: ['admin:manage'] })
    const person = await signIn(ours.tenantId)
    const change = (body: object, token: string) =>
      call(`/api/users/${person.userId}`, { method: 'PATCH', body, token })
    expect((await change({ role: 'manager' }, key.token)).status).toBe(200)
    expect((await change({ role: 'analyst' }, admin.token)).status).toBe(200)
    await flushTelemetry()
    const rows = await database.asAdmin(
      `select class, user_id, metadata->>'api_key_id' as api_key_id from observability_events
       where tenant_id = $1 and event_type <> 'api.request' and (metadata->>'operation' = 'update_user' or metadata->>'action' = 'user.role_changed')
       order by class, event_id`,
      [ours.tenantId],
    )
    const [byKey, byPerson] = [
      { user_id: null, api_key_id: key.id },
      { user_id: admin.userId, api_key_id: null },
    ]
    expect(rows).toEqual([
      { class: 'fact', ...byKey },
      { class: 'fact', ...byPerson },
      { class: 'telemetry', ...byKey },
      { class: 'telemetry', ...byPerson },
    ])
  })

  it('never crosses to another tenant, also when both speak at the same time', async () => {
    const theirs = await createTenant(`globex ${tenants}`)
    const theirAdmin = await signIn(theirs.tenantId, 'admin')
    const [mine, other] = [await newKey({ scopes: KEY_SCOPES }), await newKey({ scopes: KEY_SCOPES }, theirAdmin)]
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => brandsOf(at % 2 ? mine : other)))
    for (const [at, { status, body }] of answers.entries()) {
      expect([status, JSON.stringify(body).includes((at % 2 ? ours : theirs).brandId)]).toEqual([200, true])
      expect(JSON.stringify(body)).not.toContain((at % 2 ? theirs : ours).brandId)
    }
    expect((await call(`/api/brands/${theirs.brandId}`, { token: mine.token })).status).toBe(404)
    expect(await call(`/api/api-keys/${other.id}`, { method: 'DELETE', token: mine.token })).toMatchObject({
      status: 404,
    })
    expect((await brandsOf(other)).status).toBe(200)
  })
})

describe('when a key was last used', () => {
  it('delays nobody while the rows are held, and fails nobody when it cannot be written', async () => {
    const held = [await newKey(), await newKey(), await newKey()] // more than the pool has connections
    await database.asAdmin('begin')
    await database.asAdmin('select 1 from api_keys where api_key_id = any($1) for update', [held.map(({ id }) => id)])
    for (const key of held) expect((await brandsOf(key)).status).toBe(200)
    for (const key of held) expect((await brandsOf(key)).status).toBe(200)
    await database.asAdmin('rollback')
    await database.asAdmin('revoke update on api_keys from pulsepoint_app')
    const unlucky = await newKey()
    for (let asked = 0; asked < 3; asked += 1) expect((await brandsOf(unlucky)).status).toBe(200)
    await database.asAdmin('grant update on api_keys to pulsepoint_app')
  })
})

describe('the list of keys', () => {
  it('is paged, newest first, each once', async () => {
    const ids: string[] = []
    for (let made = 0; made < 5; made += 1) ids.push((await newKey()).id)
    const Page = z.object({ api_keys: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() })
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await call(`/api/api-keys?limit=2${cursor && `&cursor=${cursor}`}`, { token: admin.token })
      const page = Page.parse(body)
      seen.push(...page.api_keys.map(({ id }) => id))
      cursor = page.next_cursor
    }
    expect(seen).toEqual(ids.toReversed())
  })
})
