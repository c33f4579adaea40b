import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { buildApi } from '../../../shared/http/api.ts'
import { operation } from '../../../shared/operation.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

let effects = 0
let failing = false
let gate = Promise.resolve()
/** Counts its effects and shows a secret once. */
const make = operation({
  name: 'make',
  description: 'Makes.',
  http: { method: 'post', path: '/api/things', status: 201 },
  permission: 'authenticated',
  input: z.object({ n: z.int() }),
  output: z.object({ n: z.int(), secret: z.string() }),
  run: async ({ n }) => {
    await gate
    if (failing) throw new AppError('NOT_FOUND', 'There is no such thing.')
    effects += 1
    return { n, secret: `shown once ${effects}` }
  },
})

let origin = ''
let ana: SignedIn
let bob: SignedIn
let eve: SignedIn
beforeAll(async () => {
  origin = await serveApp(buildApi({ operations: [make], ...PLENTY }))
  const tenants = [await createTenant('ours'), await createTenant('others')]
  for (const { tenantId } of tenants) await asSystem(tenantId, () => transaction(addTenantKey))
  ana = await signIn(tenants[0]?.tenantId ?? '')
  bob = await signIn(ana.tenantId)
  eve = await signIn(tenants[1]?.tenantId ?? '')
})

const post = (key: string, { who = ana, n = 1 }: { who?: SignedIn; n?: number } = {}) =>
  ask(`${origin}/api/things`, { token: who.token, body: { n }, headers: { 'idempotency-key': key } })
const conflict = { status: 409, body: { error: { code: 'CONFLICT' } } }

describe('an Idempotency-Key', () => {
  it('gives the same request the same answer, and another request 409', async () => {
    effects = 0
    const first = await post('k1')
    const second = await post('k1')
    expect(first).toMatchObject({ status: 201, body: { n: 1 } })
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(effects).toBe(1)
    expect(await post('k1', { n: 2 })).toMatchObject(conflict)
  })

  it("is each caller's own", async () => {
    effects = 0
    for (const who of [ana, bob, eve]) expect((await post('shared', { who })).status).toBe(201)
    expect(effects).toBe(3)
  })

  it('lets eight at once have one effect; those that come meanwhile are told to wait', async () => {
    effects = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    gate = promise
    const answers = Array.from({ length: 8 }, () => post('at once'))
    // The first to be answered is one that was told to wait.
    expect((await Promise.race(answers)).status).toBe(409)
    resolve()
    const settled = await Promise.all(answers)
    const isReplay = ({ headers }: (typeof settled)[number]) => headers.get('idempotency-replayed') === 'true'
    expect(settled.filter((answer) => answer.status === 201 && !isReplay(answer))).toHaveLength(1)
    for (const answer of settled.filter(({ status }) => status !== 201)) {
      expect(answer).toMatchObject(conflict)
      expect(answer.headers.get('retry-after')).toBe('1')
    }
    expect(effects).toBe(1)
    expect((await post('at once')).headers.get('idempotency-replayed')).toBe('true')
  })

  it('is free again after a failure, a day, and a crash, but a crash frees it for the same request only', async () => {
    effects = 0
    failing = true
    expect((await post('again')).status).toBe(404)
    failing = false
    expect((await post('again')).status).toBe(201)
    await database.asAdmin("update idempotency_keys set expires_at = now() where key = 'again'")
    expect((await post('again', { n: 2 })).headers.get('idempotency-replayed')).toBeNull()
    await database.asAdmin(
      "update idempotency_keys set state = 'running', answer_encrypted = null, started_at = now() - interval '4 minutes' where key = 'again'",
    )
    expect(await post('again', { n: 2 })).toMatchObject(conflict)
    await database.asAdmin("update idempotency_keys set started_at = now() - interval '6 minutes' where key = 'again'")
    expect(await post('again', { n: 3 })).toMatchObject(conflict)
    expect((await post('again', { n: 2 })).status).toBe(201)
    expect(effects).toBe(3)
  })

  it('keeps no readable answer, and none of a key that is no key', async () => {
    await post('sealed')
    const rows = await database.asAdmin("select * from idempotency_keys where key = 'sealed'")
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('shown once')
    for (const key of ['x'.repeat(256), 'é']) {
      expect(await post(key)).toMatchObject({ status: 400, body: { error: { code: 'INPUT_INVALID' } } })
    }
  })
})
