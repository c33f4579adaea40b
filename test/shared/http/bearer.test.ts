import { createHmac } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { newSecretToken } from '../../../shared/auth/secret-token.ts'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { useApi } from '../../support/api.ts'
import { JWT_KEYS, useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

let mcp: string
let ours: TestTenant
let theirs: TestTenant
let admin: SignedIn
/** A live key of ours, in its parts. */
let key: { text: string; id: string; secret: string }

beforeAll(async () => {
  mcp = await serveApp(buildMcp({ operations: OPERATIONS, ipLimit: { perMinute: 100_000 } }))
  ours = await createTenant('ours')
  theirs = await createTenant('theirs')
  admin = await signIn(ours.tenantId, 'admin')
  key = await liveKey(admin)
})

async function liveKey({ token }: SignedIn): Promise<typeof key> {
  const { body } = await call('/api/api-keys', { body: { name: 'k', scopes: ['brands:read'] }, token })
  const made = z.object({ api_key: z.object({ id: z.uuid() }), key: z.string() }).parse(body)
  return { text: made.key, id: made.api_key.id, secret: made.key.slice(-43) }
}
const HTTP = (token: string) => call('/api/auth/me', { token, headers: { 'x-request-id': 'same' } })
const MCP = (token: string) =>
  ask(`${mcp}/mcp`, {
    token,
    body: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    headers: { accept: 'application/json, text/event-stream', 'x-request-id': 'same' },
  })

/** Our admin's own token with other contents, under a real signature or a given one. */
function forged(header: object, claims: object, signature?: string): string {
  const [was = '', said = ''] = admin.token.split('.')
  const part = (text: string): object => z.looseObject({}).parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  const signed = `${encode({ ...part(was), ...header })}.${encode({ ...part(said), ...claims })}`
  return `${signed}.${signature ?? createHmac('sha256', JWT_KEYS[1]).update(signed).digest('base64url')}`
}
async function gone(statement: string): Promise<string> {
  const { token, userId } = await signIn(ours.tenantId, 'admin')
  await database.asAdmin(statement, [userId])
  return token
}
async function ended(statement: string): Promise<string> {
  const { text, id } = await liveKey(admin)
  await database.asAdmin(statement, [id])
  return text
}

const REFUSED: [string, () => string | Promise<string>][] = [
  ['alg none', () => forged({ alg: 'none' }, {}, '')],
  ['alg NONE under a real signature', () => forged({ alg: 'NONE' }, {})],
  ['alg RS256', () => forged({ alg: 'RS256' }, {})],
  ['a kid that is a path', () => forged({ kid: '../../dev/null' }, {})],
  ['a kid that is SQL', () => forged({ kid: "k2' or '1'='1" }, {})],
  ['a key of its own', () => forged({ jwk: { kty: 'oct', k: 'AAAA' } }, {})],
  ['a critical header', () => forged({ crit: ['b64'], b64: false }, {})],
  ['no end', () => forged({}, { exp: undefined })],
  ['another audience', () => forged({}, { aud: 'other' })],
  [
    'another tenant under the old signature',
    () => forged({}, { tenant_id: theirs.tenantId }, admin.token.split('.')[2]),
  ],
  ['another tenant under a real signature', () => forged({}, { tenant_id: theirs.tenantId })],
  ['a tenant that is an array', () => forged({}, { tenant_id: [ours.tenantId] })],
  ['another session', () => forged({}, { sid: uuidv7() })],
  ['a signature cut short', () => admin.token.slice(0, -4)],
  ['a signature with padding', () => `${admin.token}=`],
  ['a user who was deleted', () => gone('delete from users where user_id = $1')],
  ['a user who was deactivated', () => gone('update users set is_active = false where user_id = $1')],
  ['the refresh token of a live session', () => newSecretToken({ tenantId: ours.tenantId, id: admin.sessionId }).token],
  ['a key nobody made', () => newSecretToken({ tenantId: ours.tenantId, id: uuidv7() }).token],
  ['a live key with another secret', () => newSecretToken({ tenantId: ours.tenantId, id: key.id }).token],
  ['a live key in another tenant', () => key.text.replace(ours.tenantId, theirs.tenantId)],
  ['a live key in no tenant', () => key.text.replace(ours.tenantId, uuidv7())],
  [
    'the id of another tenant’s key with this secret',
    async () => `pp_${ours.tenantId}_${(await liveKey(await signIn(theirs.tenantId, 'admin'))).id}_${key.secret}`,
  ],
  ['a key cut short', () => key.text.slice(0, -1)],
  ['a key with more behind it', () => `${key.text}A`],
  ['a key in capitals', () => key.text.replace(key.id, key.id.toUpperCase())],
  ['a key without its secret', () => key.text.slice(0, -43)],
  ['a key’s secret alone', () => key.secret],
  ['a key spelled with other unused bits', () => key.text.slice(0, -1) + neighbourOf(key.text.at(-1) ?? '')],
  ['a revoked key', () => ended('update api_keys set revoked_at = now() where api_key_id = $1')],
  ['an expired key', () => ended(`update api_keys set expires_at = now() - interval '1 s' where api_key_id = $1`)],
  ['a key whose stored hash is damaged', () => ended(`update api_keys set secret_hash = '' where api_key_id = $1`)],
]
/** The next character stands for the same 256 bits. */
function neighbourOf(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) + 1] ?? ''
}

describe('a bearer is refused over HTTP and MCP, always in the same words', () => {
  it.each(REFUSED)('%s', async (_, make) => {
    const token = await make()
    const words = 'Sign in again: the access token is missing, wrong or expired.'
    const body = { error: { code: 'UNAUTHENTICATED', message: words, request_id: 'same' } }
    for (const answer of [await HTTP(token), await MCP(token)]) {
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 401, body })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  it('while the real ones are let in', async () => {
    for (const token of [admin.token, key.text]) {
      expect([(await HTTP(token)).status, (await MCP(token)).status]).toEqual([200, 200])
    }
    expect((await HTTP(forged({}, {}))).status).toBe(200)
  })
})
