import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor } from '../../../shared/operations/page.ts'
import { progressOf } from '../../../shared/operations/sync/stream.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let token: string

beforeAll(async () => {
  tenant = await createTenant('acme')
  token = (await signIn(tenant.tenantId)).token
})

/** Follows next_cursor to the end; the pages' sizes and all entries. */
async function readAll(path: string, field: string): Promise<{ sizes: number[]; all: Record<string, unknown>[] }> {
  const pages: Record<string, unknown>[][] = []
  for (let cursor: unknown = ''; cursor !== null; ) {
    const answer = await call(`${path}${cursor ? `&cursor=${String(cursor)}` : ''}`, { token })
    expect(answer.status).toBe(200)
    const body = answer.body as Record<string, unknown>
    pages.push(body[field] as Record<string, unknown>[])
    cursor = body.next_cursor
  }
  return { sizes: pages.map(({ length }) => length), all: pages.flat() }
}

describe('brands', () => {
  it('are paged by name, each once', async () => {
    const names = ['Ærø', 'alpha', 'Beta', 'beta 2', 'émile', 'Zeta', '100 %']
    for (const name of names) {
      await database.asAdmin(
        `insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at) values ($1, $2, $3, 'UTC', 'USD', now())`,
        [tenant.tenantId, uuidv7(), name],
      )
    }
    const { sizes, all } = await readAll('/api/brands?limit=3', 'brands')
    expect(sizes).toEqual([3, 3, 2])
    expect(all.map(({ name }) => name).sort()).toEqual([...names, 'acme brand'].sort())
  })
})

describe('alerts', () => {
  it('come newest first, each once, also when several were raised in the same millisecond', async () => {
    const ids = Array.from({ length: 7 }, () => uuidv7())
    for (const [at, id] of ids.entries()) {
      await database.asAdmin(
        `insert into alerts (tenant_id, alert_id, rule, cause, severity, status, title, message, raised_at)
         values ($1, $2, 'r', $2::uuid::text, $3, 'open', 't', 'm', $4)`,
        [tenant.tenantId, id, at % 2 ? 'warning' : 'critical', `2026-11-20T10:00:00.00000${Math.floor(at / 2)}Z`],
      )
    }
    const { sizes, all } = await readAll('/api/alerts?limit=2', 'alerts')
    expect(sizes).toEqual([2, 2, 2, 1])
    expect(all.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1, 0].map((at) => ids[at]))
    const { all: warnings } = await readAll('/api/alerts?severity=warning&status=open', 'alerts')
    expect(warnings).toHaveLength(3)
  })

  it.each([
    'x',
    '%00',
    encodeCursor([]),
    encodeCursor(['yesterday', uuidv7()]),
    encodeCursor(['9999-99-99T00:00:00Z', uuidv7()]),
    encodeCursor(['2026-11-20T10:00:00Z', "' or true --"]),
    Buffer.from('{"a":1}').toString('base64url'),
  ])('refuse the cursor %j that is none of theirs', async (cursor) => {
    for (const path of ['/api/alerts', '/api/sync/status']) {
      const answer = await call(`${path}?cursor=${cursor}`, { token })
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { details: { fields: { cursor: [expect.any(String)] } } } },
      })
    }
  })

  it('and brands refuse a cursor with a NUL, which Postgres would choke on', async () => {
    const answer = await call(`/api/brands?cursor=${encodeCursor(['\0', uuidv7()])}`, { token })
    expect(answer.status).toBe(400)
  })
})

describe('the sync status', () => {
  it('shows the latest run and each stream, and answers 304 until something changes', async () => {
    const { tenantId, integrationId } = tenant
    await database.asAdmin(
      `insert into sync_runs (tenant_id, run_id, integration_id, status, started_at, pages, rows_read, rows_written)
       values ($1, $3, $2, 'failed', '2026-11-20T08:00:00Z', 1, 5, 5), ($1, $4, $2, 'running', '2026-11-20T09:00:00Z', 2, 500, 480)`,
      [tenantId, integrationId, uuidv7(), uuidv7()],
    )
    await database.asAdmin(
      `insert into sync_state (tenant_id, integration_id, stream, complete_until, range_since, range_until, position, rows_read, rows_written, drift, updated_at)
       values ($1, $2, 'orders', null, '2026-11-01T00:00:00Z', '2026-11-11T00:00:00Z', '2026-11-04T00:00:00Z', 500, 480, '{"orders.newField": 12}', now()),
              ($1, $2, 'products', '2026-11-20T09:00:00Z', null, null, null, 40, 40, '{}', now())`,
      [tenantId, integrationId],
    )
    const first = await call('/api/sync/status', { token })
    expect(first.body).toMatchObject({
      connections: [
        {
          integration_id: integrationId,
          platform: 'shopify',
          status: 'active',
          run: { status: 'running', pages: 2, rows_read: 500, finished_at: null },
          streams: [
            { stream: 'orders', status: 'syncing', progress: 0.3, drift: { 'orders.newField': 12 } },
            { stream: 'products', status: 'complete', progress: 1, complete_until: '2026-11-20T09:00:00.000Z' },
          ],
        },
      ],
      next_cursor: null,
    })
    const headers = { 'if-none-match': `W/${first.headers.get('etag')}` }
    const same = await call('/api/sync/status', { token, headers })
    expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, '', first.headers.get('etag')])
    await database.asAdmin(
      `update sync_state set position = '2026-11-06T00:00:00Z' where integration_id = $1 and stream = 'orders'`,
      [integrationId],
    )
    const changed = await call('/api/sync/status', { token, headers })
    expect([changed.status, changed.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
  })

  const at = (day: number) => new Date(Date.UTC(2026, 10, day))
  it.each([
    ['nothing read', { complete_until: null, range_since: null, range_until: null, position: null }, 0],
    ['done', { complete_until: at(3), range_since: at(1), range_until: null, position: at(2) }, 1],
    ['begun', { complete_until: null, range_since: at(1), range_until: at(5), position: null }, 0],
    ['half way', { complete_until: null, range_since: at(1), range_until: at(5), position: at(3) }, 0.5],
    ['beyond the end', { complete_until: null, range_since: at(1), range_until: at(5), position: at(9) }, 1],
    ['before the start', { complete_until: null, range_since: at(3), range_until: at(5), position: at(1) }, 0],
    ['all of history', { complete_until: null, range_since: null, range_until: at(5), position: at(3) }, null],
    ['an empty range', { complete_until: null, range_since: at(5), range_until: at(5), position: at(5) }, 1],
  ])('has the progress of a stream: %s', (_, stream, progress) => {
    expect(progressOf(stream)).toBe(progress)
  })
})

describe('health', () => {
  it('is said without a token, and in depth with what is missing', async () => {
    expect(await call('/health')).toMatchObject({
      status: 200,
      body: { status: 'healthy', version: expect.any(String) },
    })
    expect(await call('/health?deep=true')).toMatchObject({
      status: 200,
      body: { status: 'healthy', checks: { database: 'healthy', cloud: 'healthy' } },
    })
    await database.connectAs('nobody')
    const broken = await call('/health?deep=true')
    await database.connectAs('pulsepoint_app')
    expect(broken).toMatchObject({
      status: 503,
      body: { error: { code: 'UNAVAILABLE', details: { checks: { database: 'unhealthy', cloud: 'healthy' } } } },
    })
    expect(broken.headers.get('retry-after')).toBe('2')
  })
})
