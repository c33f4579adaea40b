import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { forgetConfig } from '../../../shared/config.ts'
import { endPool } from '../../../shared/db/pools.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { flushTelemetry } from '../../../shared/events/telemetry.ts'
import { buildApi } from '../../../shared/http/api.ts'
import { operation } from '../../../shared/operation.ts'
import { forgetAnswers } from '../../../shared/operations/answer-cache.ts'
import { patience } from '../../../shared/operations/answer-store.ts'
import { actor } from '../../../shared/tenant.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

let runs = 0
let failing: AppError | null = null
const Answer = z.object({ name: z.string(), runs: z.int(), padding: z.string() })
/** Answers with the brand's name and how often it was computed. */
const counted = operation({
  name: 'count',
  description: 'Counts.',
  http: { method: 'get', path: '/api/brands/{id}/count' },
  permission: 'brands:read',
  cached: true,
  input: z.object({ id: z.uuid(), a: z.string().optional(), b: z.string().optional(), bytes: z.int().default(0) }),
  output: Answer,
  run: async ({ id, bytes }) => {
    runs += 1
    if (failing) throw failing
    const row = await transaction((db) =>
      db.one<{ name: string }>(sql`select name from brands where tenant_id = ${actor().tenantId} and brand_id = ${id}`),
    )
    if (!row) throw new AppError('NOT_FOUND', 'There is no brand with this id.')
    return { name: row.name, runs, padding: 'x'.repeat(bytes) }
  },
})

let origin = ''
let mine: TestTenant
let ana: SignedIn
let theirs: TestTenant
let bob: SignedIn
beforeAll(async () => {
  Object.assign(patience, { timeoutMs: 10_000, worthStoringMs: 0 })
  origin = await serveApp(buildApi({ operations: [counted], ...PLENTY }))
  mine = await createTenant('mine')
  ana = await signIn(mine.tenantId)
  theirs = await createTenant('theirs')
  bob = await signIn(theirs.tenantId)
})
beforeEach(async () => {
  failing = null
  runs = 0
  await rename('first')
})

const count = (query = '', headers: Record<string, string> = {}) =>
  ask(`${origin}/api/brands/${mine.brandId}/count${query}`, { token: ana.token, headers })
const bodyOf = async (answer: ReturnType<typeof ask>) => Answer.parse((await answer).body)

/** Postgres itself raises the version of a brand that changes. */
const rename = (name: string) =>
  asSystem(mine.tenantId, () =>
    transaction((db) => db.query(sql`update brands set name = ${name} where tenant_id = ${mine.tenantId}`)),
  )

describe('a cached answer', () => {
  it('is computed once for a question, however its fields are ordered, and again when the data changes', async () => {
    const first = await count('?a=1&b=2')
    expect(await bodyOf(count('?b=2&a=1'))).toEqual(first.body)
    expect(runs).toBe(1)
    const etag = first.headers.get('etag') ?? ''
    expect((await count('?a=1&b=2', { 'if-none-match': etag })).status).toBe(304)
    expect((await bodyOf(count('?a=1&b=3'))).runs).toBe(2)
    await rename('second')
    expect(await bodyOf(count('?a=1&b=2'))).toMatchObject({ name: 'second', runs: 3 })
  })

  it('is never given for a question that is not valid, and no failure is kept', async () => {
    expect((await count('?surprise=1')).status).toBe(400)
    expect((await count('?surprise=1')).status).toBe(400)
    failing = new AppError('DB_UNAVAILABLE', 'no')
    forgetAnswers()
    expect((await count()).status).toBe(503)
    failing = null
    expect((await count()).status).toBe(200)
  })

  it("is each tenant's own: the same question about a foreign brand finds nothing", async () => {
    await count()
    const foreign = await ask(`${origin}/api/brands/${mine.brandId}/count`, bob)
    expect(foreign).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } })
  })

  it('is computed once for all who ask at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => bodyOf(count())))
    expect(new Set(answers.map((answer) => answer.runs))).toEqual(new Set([1]))
  })

  it('is taken from another instance, unless it is larger than 900 KB', async () => {
    await count('?bytes=1000')
    await count('?bytes=950000')
    expect(runs).toBe(2)
    forgetAnswers()
    expect((await bodyOf(count('?bytes=1000'))).runs).toBe(1)
    expect(runs).toBe(2)
    expect((await bodyOf(count('?bytes=950000'))).runs).toBe(3)
  })

  it('is never older than what was committed before its request', async () => {
    let committed = 0
    let isOver = false
    const writing = (async () => {
      for (let n = 1; n <= 10; n += 1) {
        await rename(`brand ${n}`)
        committed = n
        // Readers go on meanwhile: some before the change, some after.
        for (let again = 0; again < 4; again += 1) await count()
      }
      isOver = true
    })()
    let asked = 0
    const reader = async () => {
      while (!isOver) {
        const atLeast = committed
        const { name } = await bodyOf(count())
        asked += 1
        if (atLeast > 0) expect(Number(name.split(' ')[1])).toBeGreaterThanOrEqual(atLeast)
      }
    }
    await Promise.all([writing, ...Array.from({ length: 16 }, reader)])
    console.log(`${asked} answers over 10 changes, ${runs} computed`)
    expect(runs).toBeLessThan(asked)
  }, 60_000)
})

describe('when an upstream fails', () => {
  it('the last answer to this very question is given with its age, and only that', async () => {
    await rename('kept')
    await count('?a=1')
    await rename('newer')
    failing = new AppError('UNAVAILABLE', 'no')
    const before = Date.now()
    const stale = await count('?a=1')
    expect(stale).toMatchObject({ status: 200, body: { name: 'kept' } })
    expect(stale.headers.get('warning')).toBe('110 - "Response is Stale"')
    expect(Number(stale.headers.get('age'))).toBeLessThan(60)
    expect(Date.parse(stale.headers.get('x-pulsepoint-stale-since') ?? '')).toBeLessThanOrEqual(before)
    expect((await count('?a=2')).status).toBe(503)
    failing = new AppError('CONFLICT', 'no')
    expect((await count('?a=1')).status).toBe(409)
  })

  it('so it is without a database; the record says where answers came from', async () => {
    await count('?a=down')
    await count('?a=down')
    const url = process.env.DATABASE_URL
    process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none'
    forgetConfig()
    await endPool()
    const stale = await count('?a=down')
    const unknown = await count('?a=never')
    process.env.DATABASE_URL = url
    forgetConfig()
    await endPool()
    expect([stale.status, stale.headers.get('warning')]).toEqual([200, '110 - "Response is Stale"'])
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '2'])
    await flushTelemetry()
    const noted = await database.asAdmin<{ cache: string }>(
      `select distinct metadata ->> 'cache' as cache from observability_events
       where tenant_id = $1 and event_type = 'api.response' and metadata ? 'cache' order by 1`,
      [mine.tenantId],
    )
    expect(noted.map(({ cache }) => cache)).toEqual(['hit', 'miss', 'stale'])
  })
})
