import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { buildApi } from '../../../shared/http/api.ts'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { operation } from '../../../shared/operation.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { actor, runAs } from '../../../shared/tenant.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asUser, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

let renamed: string[] = []
const rename = operation({
  name: 'rename_brand',
  description: 'Renames a brand.',
  http: { method: 'post', path: '/api/brands/{id}/name' },
  permission: 'brands:write',
  surfaces: ['http', 'mcp'],
  input: z.object({ id: z.uuid(), name: z.string() }),
  output: z.object({ name: z.string(), by: z.string().nullable() }),
  run: async ({ id, name }) => {
    if (name === 'taken') throw new AppError('CONFLICT', 'There is a brand of that name.')
    await transaction((db) =>
      db.query(sql`update brands set name = ${name} where tenant_id = ${actor().tenantId} and brand_id = ${id}`),
    )
    renamed.push(name)
    return { name, by: actor().userId }
  },
})
const watched = operation({
  name: 'watch',
  description: 'Says how far it is.',
  http: { method: 'get', path: '/api/watch' },
  permission: 'authenticated',
  input: z.object({}),
  progress: z.object({ step: z.int() }),
  output: z.object({ done: z.boolean(), by: z.string() }),
  run: async function* () {
    for (let step = 1; step <= 3; step += 1) yield { step }
    return { done: true, by: actor().name }
  },
})

type Action = { id: string; status: string }
let api: string
let mcp: string
let ours: TestTenant
let theirs: TestTenant
let manager: SignedIn

beforeAll(async () => {
  const operations = [...OPERATIONS, rename, watched]
  api = await serveApp(buildApi({ operations, ...PLENTY }))
  mcp = await serveApp(buildMcp({ operations, ...PLENTY }))
  ours = await createTenant('ours')
  theirs = await createTenant('theirs')
  manager = await signIn(ours.tenantId, 'manager')
})
beforeEach(() => {
  renamed = []
})

async function connect({ token }: SignedIn): Promise<Client> {
  const client = new Client({ name: 'agent', version: '1' })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  // The SDK's transport declares optional members in a way that exactOptionalPropertyTypes does not accept.
  const transport = new StreamableHTTPClientTransport(new URL(`${mcp}/mcp`), { requestInit })
  await client.connect(transport as Parameters<Client['connect']>[0])
  await client.listTools() // so that the client checks answers against the tools' schemas
  return client
}
const Asked = z.object({ pending_action_id: z.uuid(), message: z.string() })
async function askToRename(name: string): Promise<string> {
  const client = await connect(manager)
  const { structuredContent } = await client.callTool({ name: 'rename_brand', arguments: { id: ours.brandId, name } })
  await client.close()
  return Asked.parse(structuredContent).pending_action_id
}
const decide = (id: string, verb: 'approve' | 'reject', { token, body = {} }: { token: string; body?: object }) =>
  ask(`${api}/api/pending-actions/${id}/${verb}`, { token, body })

describe('a change asked for over MCP', () => {
  it('changes nothing until a person approves it, and then is made in their name, once', async () => {
    const id = await askToRename('new name')
    expect(renamed).toEqual([])
    const approver = await signIn(ours.tenantId, 'admin')
    const answers = await Promise.all(Array.from({ length: 6 }, () => decide(id, 'approve', approver)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
    expect(renamed).toEqual(['new name'])
    const { body } = await ask(`${api}/api/pending-actions/${id}`, { token: manager.token })
    expect(body).toMatchObject({
      pending_action: {
        status: 'done',
        asked_by: { user_id: manager.userId, api_key_id: null },
        decided_by: approver.userId,
        output: { name: 'new name', by: approver.userId },
      },
    })
  })

  it('is refused at once when it is not valid or not permitted', async () => {
    const client = await connect(manager)
    const bad = await client.callTool({ name: 'rename_brand', arguments: { id: 'x', name: 'y' } })
    expect(JSON.stringify(bad.content)).toContain('INPUT_INVALID')
    const analysts = await connect(await signIn(ours.tenantId, 'analyst'))
    const refused = await analysts.callTool({ name: 'rename_brand', arguments: { id: ours.brandId, name: 'y' } })
    expect(JSON.stringify(refused.content)).toContain('FORBIDDEN')
    await Promise.all([client.close(), analysts.close()])
  })

  it('is unknown to those who could not do it themselves, and to other tenants', async () => {
    const id = await askToRename('hidden')
    for (const person of [await signIn(ours.tenantId, 'analyst'), await signIn(theirs.tenantId, 'admin')]) {
      expect((await decide(id, 'approve', person)).status).toBe(404)
      const { body } = await ask(`${api}/api/pending-actions`, { token: person.token })
      expect(body).toEqual({ pending_actions: [], next_cursor: null })
    }
    expect(renamed).toEqual([])
  })

  it('is not approved by a key, which might be the agent itself', async () => {
    const id = await askToRename('by key')
    const approve = OPERATIONS.find(({ name }) => name === 'approve_pending_action')
    const approving = asUser(manager, () =>
      runAs({ ...actor(), userId: null, apiKeyId: ours.integrationId }, () => approve?.run({ id } as never)),
    )
    await expect(approving).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('keeps what went wrong, a reason for a no, and its end after a week', async () => {
    const failed = await decide(await askToRename('taken'), 'approve', manager)
    const error = { code: 'CONFLICT', message: 'There is a brand of that name.' }
    expect(failed).toMatchObject({ status: 200, body: { pending_action: { status: 'failed', error, output: null } } })
    const rejectedId = await askToRename('no')
    const rejected = await decide(rejectedId, 'reject', { ...manager, body: { reason: 'Not now.' } })
    expect(rejected.body).toMatchObject({ pending_action: { status: 'rejected', reason: 'Not now.' } })
    expect((await decide(rejectedId, 'approve', manager)).status).toBe(409)
    const late = await askToRename('late')
    await database.asAdmin('update pending_actions set expires_at = now() where action_id = $1', [late])
    const refused = await decide(late, 'approve', manager)
    expect(refused).toMatchObject({ status: 409, body: { error: { details: { status: 'expired' } } } })
    const { body } = await ask(`${api}/api/pending-actions?status=expired`, { token: manager.token })
    expect((body as { pending_actions: Action[] }).pending_actions.map(({ id }) => id)).toEqual([late])
    expect(renamed).toEqual([])
  })
})

it('a client that gives a token is told of the progress of a long tool', async () => {
  const client = await connect(manager)
  const told: unknown[] = []
  const answer = await client.callTool({ name: 'watch', arguments: {} }, undefined, {
    onprogress: ({ progress, message }) => told.push([progress, message]),
  })
  expect(told).toEqual([1, 2, 3].map((step) => [step, `{"step":${step}}`]))
  expect(answer.structuredContent).toEqual({ complete: true, done: true, by: 'manager' })
  expect((await client.callTool({ name: 'watch', arguments: {} })).structuredContent).toEqual({
    complete: true,
    done: true,
    by: 'manager',
  })
  await client.close()
})
