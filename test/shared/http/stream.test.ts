import { request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { linesOf, snapshot } from '../../../shared/db/snapshot.ts'
import { sql } from '../../../shared/db/sql.ts'
import { AppError } from '../../../shared/errors.ts'
import { buildApi } from '../../../shared/http/api.ts'
import { operation } from '../../../shared/operation.ts'
import { actor } from '../../../shared/tenant.ts'
import { until } from '../../flow/locks.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { type Answer, ask, serveApp } from '../../support/http.ts'
import { signIn } from '../../support/people.ts'
import { createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

const Count = z.object({ n: z.int() })
const common = {
  permission: 'authenticated',
  input: z.object({ upto: z.int(), failing: z.boolean().optional() }),
} as const

/** Rows of a table of the size that was asked for, read in a transaction. */
const rows = operation({
  ...common,
  name: 'rows',
  description: 'Counts.',
  http: { method: 'get', path: '/api/rows' },
  produces: 'application/x-ndjson',
  output: Count,
  run: async function* ({ upto, failing }) {
    yield* snapshot(async function* (db) {
      const select = sql`select json_build_object('n', n, 'filler', repeat('x', 500))::text as line from generate_series(1, ${upto}::int) n`
      for await (const line of linesOf(db, select)) yield JSON.parse(line)
    })
    if (failing) throw new AppError('CONFLICT', 'The end is missing.')
    if (actor().name !== 'analyst') throw new Error('the actor got lost')
  },
})
const crooked = operation({
  ...common,
  name: 'crooked',
  description: 'Counts wrongly.',
  http: { method: 'get', path: '/api/crooked' },
  produces: 'application/x-ndjson',
  output: Count,
  run: async function* ({ upto }) {
    for (let n = 1; n <= upto; n += 1) yield { n: n === upto ? n + 0.5 : n }
  },
})
const long = operation({
  ...common,
  name: 'long',
  description: 'Says how far it is.',
  http: { method: 'post', path: '/api/long' },
  progress: z.object({ step: z.int() }),
  output: Count,
  run: async function* ({ upto, failing }) {
    if (upto < 0) throw new AppError('CONFLICT', 'Not so.')
    for (let step = 1; step <= upto; step += 1) yield { step }
    if (failing) throw new Error('select * from secrets')
    return { n: upto }
  },
})

let origin: string
let token: string
const call = (path: string, asked?: Parameters<typeof ask>[1]): Promise<Answer> =>
  ask(`${origin}${path}`, { token, ...asked })
const linesIn = ({ body }: Answer): unknown[] =>
  String(body)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

beforeAll(async () => {
  origin = await serveApp(buildApi({ operations: [rows, crooked, long], ipLimit: { perMinute: 100_000 } }))
  token = (await signIn((await createTenant('acme')).tenantId)).token
})

/** Connections of the product that are inside a transaction, whether a statement runs or not. */
const openTransactions = async (): Promise<number> => {
  const [row] = await database.asAdmin<{ n: string }>(
    "select count(*) as n from pg_stat_activity where usename = 'pulsepoint_app' and datname = current_database() and xact_start is not null",
  )
  return Number(row?.n)
}

describe('rows', () => {
  it('come one a line, with what their schema names', async () => {
    const answer = await call('/api/rows?upto=1200')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(linesIn(answer)).toEqual(Array.from({ length: 1200 }, (_, at) => ({ n: at + 1 })))
    expect((await call('/api/rows?upto=0')).body).toBe('')
  })

  it('end with an error in the last line, ours or the schema’s', async () => {
    const failed = linesIn(await call('/api/rows?upto=3&failing=true', { headers: { 'x-request-id': 'cut-1' } }))
    expect(failed.at(-1)).toEqual({ error: { code: 'CONFLICT', message: 'The end is missing.', request_id: 'cut-1' } })
    const wrong = linesIn(await call('/api/crooked?upto=3'))
    expect(wrong).toMatchObject([{ n: 1 }, { n: 2 }, { error: { code: 'INTERNAL' } }])
  })

  it('are refused in the ordinary way before the first of them', async () => {
    expect((await call('/api/rows?upto=many')).status).toBe(400)
    expect(await call('/api/crooked?upto=1')).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL' } } })
  })

  it('are not read at all for HEAD', async () => {
    expect(await call('/api/rows?upto=1000000', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await openTransactions()).toBe(0)
  })

  it('stop when the client goes away, and the connection is clean for the next', async () => {
    for (let round = 0; round < 4; round += 1) {
      await new Promise<void>((resolve, reject) => {
        const asked = request(`${origin}/api/rows?upto=1000000`, { headers: { authorization: `Bearer ${token}` } })
        asked.on('response', (answer) => answer.once('data', () => asked.destroy()).on('error', () => undefined))
        asked.on('close', resolve).on('error', reject).end()
      })
      await until(async () => (await openTransactions()) === 0)
    }
    const next = await call('/api/rows?upto=2')
    expect(next.status, JSON.stringify(next.body)).toBe(200)
    expect(linesIn(next)).toEqual([{ n: 1 }, { n: 2 }])
  })
})

describe('progress', () => {
  const events = { accept: 'text/event-stream' }

  it('is sent to those who ask for events, then the output', async () => {
    const answer = await call('/api/long', { body: { upto: 2 }, headers: events })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(answer.body).toBe(
      'event: progress\ndata: {"step":1}\n\nevent: progress\ndata: {"step":2}\n\nevent: output\ndata: {"n":2}\n\n',
    )
  })

  it('is left out for all others', async () => {
    expect((await call('/api/long', { body: { upto: 2 } })).body).toEqual({ n: 2 })
    expect((await call('/api/long', { body: { upto: 0 }, headers: events })).body).toBe(
      'event: output\ndata: {"n":0}\n\n',
    )
  })

  it('ends with an error event without our inside; what fails at once is an ordinary error', async () => {
    const answer = await call('/api/long', { body: { upto: 1, failing: true }, headers: events })
    expect(answer.body).toMatch(/event: error\ndata: \{"error":\{"code":"INTERNAL"/)
    expect(answer.body).not.toContain('secrets')
    expect((await call('/api/long', { body: { upto: -1 }, headers: events })).status).toBe(409)
  })
})
