import { v7 as uuidv7 } from 'uuid'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { scheduleDue } from '../../functions/schedule-syncs/schedule.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { PLATFORM_TENANT_ID } from '../../shared/tenant.ts'
import { useApi } from '../support/api.ts'
import { JWT_KEYS, keyRing, setSecret } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import type { Answer } from '../support/http.ts'
import { type SignedIn, signIn } from '../support/people.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { until } from './locks.ts'
import { connectedTenant, requested, scriptedShop } from './scripted.ts'
import { useWorld } from './world.ts'

/** From a person's click over the API and Pub/Sub to the worker, whose provider waits where a test looks. */
const PAGES = 4
const PER_PAGE = 260

const database = useDatabase()
let pages: number[] = []
let beforePage: (at: number) => Promise<void> = async () => {}
let announced = 0
const shop = scriptedShop({
  pages: PAGES,
  perPage: PER_PAGE,
  beforePage: (at) => {
    pages.push(at)
    return beforePage(at)
  },
})
const handle = (event: Parameters<typeof syncConnection>[1]) => syncConnection(shop, event, { mustStop: () => false })
const world = useWorld({
  'sync-shopify': { 'sync.requested.shopify': handle, 'sync.backfill.shopify': handle },
  'attribute-orders': {
    'rows.synced': async () => {
      announced += 1
    },
  },
})
const call = useApi()

let tenant: TestTenant
let person: SignedIn
let counter = 0

beforeAll(() => setSecret(process.env.CLOUD_ENDPOINT ?? '', 'JWT_KEYS', keyRing(...JWT_KEYS)))
beforeEach(async () => {
  counter += 1
  tenant = await connectedTenant(`shop-${counter}`)
  person = await signIn(tenant.tenantId, 'manager')
  pages = []
  beforePage = async () => {}
  announced = 0
})

const post = (path: string, body?: object) => call(path, { token: person.token, method: 'POST', ...(body && { body }) })
const of = (verb: string, body?: object) => post(`/api/integrations/${tenant.integrationId}/${verb}`, body)
const get = async (path: string) => (await call(path, { token: person.token })).body
const runIdOf = (answer: Answer): string => (answer.body as { run_id: string }).run_id // as its status was checked to be 202
const runOf = async (runId: string) => (await get(`/api/sync/runs/${runId}`)) as { run: object; streams: object[] }
const orders = async () =>
  Number((await database.asAdmin('select count(*) as n from orders where tenant_id = $1', [tenant.tenantId]))[0]?.n)
const connection = async () =>
  (await database.asAdmin('select * from integrations where integration_id = $1', [tenant.integrationId]))[0]
const factsOf = async (type: string) =>
  (
    await database.asAdmin<{ metadata: object }>(
      'select metadata from observability_events where tenant_id = $1 and event_type = $2 order by "timestamp"',
      [tenant.tenantId, type],
    )
  ).map(({ metadata }) => metadata)

/** Stops the provider before this page, once; `reached` when all before it is committed. */
function gateAt(page: number): { reached: () => Promise<void>; goOn: () => void } {
  const gate = Promise.withResolvers<void>()
  const standing = Promise.withResolvers<void>()
  let open = false
  beforePage = async (at) => {
    if (at !== page || open) return
    open = true
    standing.resolve()
    await gate.promise
  }
  const committed = async () => {
    const rows = await database.asAdmin<{ resume: unknown }>(
      'select resume from sync_state where integration_id = $1 order by updated_at desc limit 1',
      [tenant.integrationId],
    )
    return rows[0]?.resume === page
  }
  return {
    reached: () => standing.promise.then(() => until(committed)),
    goOn: () => gate.resolve(),
  }
}

const hour = (dueAt = new Date(Date.now() - 60_000).toISOString()) => {
  const { id, type, tenantId, occurredAt, data } = requested(tenant, dueAt)
  const attributes = {
    'Content-Type': 'application/json',
    'ce-id': id,
    'ce-type': type,
    'ce-source': '//pulsepoint/test',
    'ce-specversion': '1.0',
    'ce-time': occurredAt,
    'ce-tenantid': tenantId,
    'ce-class': 'pipeline',
  }
  return world.publish([{ topic: type, attributes, data }])
}

const tick = async () => {
  await database.connectAs('pulsepoint_scheduler')
  await database.asAdmin("update integrations set next_due_at = 'infinity' where tenant_id <> $1", [tenant.tenantId])
  const answer = await asSystem(PLATFORM_TENANT_ID, scheduleDue)
  await database.connectAs('pulsepoint_app')
  return answer.requested
}

describe('a sync that is asked for', () => {
  test('runs now, tells who asked, and asked for twice at once is one run', async () => {
    const { reached, goOn } = gateAt(2)
    const [one, two] = await Promise.all([of('sync'), of('sync')])
    expect([one.status, two.status]).toEqual([202, 202])
    expect(one.body).toEqual(two.body)
    await reached()
    const again = await of('sync')
    expect(again).toMatchObject({ status: 202, body: { run_id: runIdOf(one), status: 'running' } })
    goOn()
    await world.settle()
    expect((await runOf(runIdOf(one))).run).toMatchObject({
      kind: 'manual',
      status: 'completed',
      requested_by: person.userId,
      range: null,
      rows_read: PAGES * PER_PAGE,
      finished_at: expect.any(String),
    })
    expect(await factsOf('data.sync_completed')).toMatchObject([{ kind: 'manual', run_id: runIdOf(one) }])
    expect(runIdOf(await of('sync'))).not.toBe(runIdOf(one))
    await world.settle()
  })

  test('for all connections is one run for each that is active; a brand of nobody here is not found', async () => {
    const more = [uuidv7(), uuidv7()]
    await database.asAdmin(
      `insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, status, next_due_at, created_at)
       select $1, $2, id, 'meta', id::text, 'ads', case when id = $4 then 'paused' else 'active' end, now(), now() from unnest($3::uuid[]) as id`,
      [tenant.tenantId, tenant.brandId, more, more[1]],
    )
    const first = await post('/api/sync', { brand_id: tenant.brandId })
    const ids = [tenant.integrationId, more[0]].sort()
    expect(first).toMatchObject({ status: 202, body: { runs: ids.map((integration_id) => ({ integration_id })) } })
    expect(await post('/api/sync', { brand_id: uuidv7() })).toMatchObject({ status: 404 })
    await world.settle()
    expect(await orders()).toBe(PAGES * PER_PAGE)
  })

  test.each([
    ['paused', 'resume it first'],
    ['needs_reauth', 'authorise it again first'],
    ['disconnected', 'connect it again first'],
  ])('of a connection that is %s is refused, and the answer says what to do', async (status, what) => {
    await database.asAdmin('update integrations set status = $2 where integration_id = $1', [
      tenant.integrationId,
      status,
    ])
    for (const answer of [await of('sync'), await of('backfill', { since: '2026-01-01', until: '2026-02-01' })])
      expect(answer).toMatchObject({ status: 409, body: { error: { message: expect.stringContaining(what) } } })
    expect(await post('/api/sync')).toMatchObject({ status: 202, body: { runs: [] } })
  })
})

describe('cancelling', () => {
  test('in mid-slice: what is committed stays, nothing is written after the answer, and the next run goes on there', async () => {
    const { reached, goOn } = gateAt(2)
    const runId = runIdOf(await of('sync'))
    await reached()
    const cancelled = await post(`/api/sync/runs/${runId}/cancel`)
    expect(cancelled).toMatchObject({
      status: 200,
      body: { run: { status: 'cancelled', cancelled_by: person.userId } },
    })
    expect(await connection()).toMatchObject({ lease_until: null })
    goOn()
    await world.settle()
    expect(await orders()).toBe(2 * PER_PAGE)
    expect(announced).toBe(1)
    expect((await runOf(runId)).run).toMatchObject({ status: 'cancelled', rows_read: 2 * PER_PAGE, error: null })
    expect(await post(`/api/sync/runs/${runId}/cancel`)).toMatchObject({ status: 200, body: cancelled.body })
    expect(await factsOf('admin.action')).toMatchObject([{ action: 'sync.cancel', subject_id: runId }])
    beforePage = async () => {}
    pages = []
    const next = runIdOf(await of('sync'))
    await world.settle()
    expect([pages.slice(0, 2), await orders()]).toEqual([[2, 3], PAGES * PER_PAGE])
    expect(await post(`/api/sync/runs/${next}/cancel`)).toMatchObject({
      status: 409,
      body: { error: { message: 'The run has completed already: there is nothing to cancel.' } },
    })
  })

  test('a run that waits: its message does nothing', async () => {
    const { reached, goOn } = gateAt(2)
    await hour()
    await reached()
    const runId = runIdOf(await of('sync'))
    await post(`/api/sync/runs/${runId}/cancel`)
    goOn()
    await world.settle()
    expect((await runOf(runId)).run).toMatchObject({ status: 'cancelled', started_at: null, pages: 0 })
    expect(pages).toEqual([0, 1, 2, 3])
    expect(await factsOf('data.sync_completed')).toMatchObject([{ kind: 'hourly' }])
  })
})

describe('pausing', () => {
  test('in mid-slice stops the hour; resumed, it is due at once and goes on at its page', async () => {
    await database.asAdmin('update integrations set next_due_at = now() where tenant_id = $1', [tenant.tenantId])
    const { reached, goOn } = gateAt(2)
    expect(await tick()).toBe(1)
    await reached()
    const paused = await of('pause')
    expect(paused).toMatchObject({ status: 200, body: { status: 'paused', paused_since: expect.any(String) } })
    expect((await of('pause')).body).toEqual(paused.body)
    goOn()
    await world.settle()
    expect(await orders()).toBe(2 * PER_PAGE)
    await database.asAdmin('update integrations set next_due_at = now() where tenant_id = $1', [tenant.tenantId])
    expect(await tick()).toBe(0)
    expect(await get('/api/sync/status')).toMatchObject({
      connections: [{ status: 'paused', paused_since: expect.any(String), run: { status: 'cancelled' } }],
    })
    beforePage = async () => {}
    pages = []
    expect(await of('resume')).toMatchObject({ status: 200, body: { status: 'active', paused_since: null } })
    expect(await of('resume')).toMatchObject({ status: 200 })
    expect(await tick()).toBe(1)
    await world.settle()
    expect([pages.slice(0, 2), await orders()]).toEqual([[2, 3], PAGES * PER_PAGE])
    expect(await factsOf('config.changed')).toMatchObject([
      { subject_id: tenant.integrationId, changes: { status: { from: 'active', to: 'paused' } } },
      { subject_id: tenant.integrationId, changes: { status: { from: 'paused', to: 'active' } } },
    ])
  })

  test('lets a backfill wait, which goes on at its page once resumed', async () => {
    const { reached, goOn } = gateAt(2)
    const runId = runIdOf(await of('backfill', { since: '2026-10-01', until: '2026-11-11' }))
    await reached()
    await of('pause')
    goOn()
    await world.settle()
    expect((await runOf(runId)).run).toMatchObject({ status: 'waiting', rows_read: 2 * PER_PAGE })
    pages = []
    await of('resume')
    await world.settle()
    expect(pages).toEqual([2, 3])
    expect((await runOf(runId)).run).toMatchObject({ status: 'completed', rows_read: PAGES * PER_PAGE })
  })
})

describe('a backfill', () => {
  const days = { since: '2026-10-01', until: '2026-11-11' }

  test('gives way to the hour, which never waits for more than two commits of it, and leaves its cursor alone', async () => {
    const { reached, goOn } = gateAt(1)
    const runId = runIdOf(await of('backfill', days))
    await reached()
    expect(await get('/api/sync/status')).toMatchObject({
      connections: [
        {
          streams: [],
          run: null,
          backfill: {
            kind: 'backfill',
            status: 'running',
            range: days,
            streams: [{ status: 'syncing', progress: 0.768 }],
          },
        },
      ],
    })
    await hour()
    await until(async () => (await connection())?.lease_wanted_until !== null)
    goOn()
    await world.settle()
    expect(pages).toEqual([0, 1, 2, ...[0, 1, 2, 3], 3])
    expect(await runOf(runId)).toMatchObject({
      run: { status: 'completed', rows_read: PAGES * PER_PAGE },
      streams: [{ status: 'complete', progress: 1, complete_until: '2026-11-11T00:00:00.000Z' }],
    })
    const [hourly] = await database.asAdmin<{ complete_until: Date }>(
      "select complete_until from sync_state where integration_id = $1 and run_id::text like '00000000-%'",
      [tenant.integrationId],
    )
    expect(Date.now() - Number(hourly?.complete_until)).toBeLessThan(60_000)
    expect((await connection())?.last_synced_at).toEqual(expect.any(Date))
  })

  test('is one at a time: a second one is refused and told of the first, which can be cancelled', async () => {
    const { reached, goOn } = gateAt(1)
    const asking = () => of('backfill', days)
    const both = await Promise.all([asking(), asking()])
    const accepted = both.find(({ status }) => status === 202)
    const refused = both.find(({ status }) => status === 409)
    const runId = accepted ? runIdOf(accepted) : ''
    expect(refused?.body).toMatchObject({
      error: { message: expect.stringContaining(runId), details: { run_id: runId } },
    })
    await reached()
    expect(await post(`/api/sync/runs/${runId}/cancel`)).toMatchObject({ status: 200 })
    goOn()
    await world.settle()
    expect(await orders()).toBe(PER_PAGE)
    expect(await asking()).toMatchObject({ status: 202 })
    await world.settle()
    expect(await orders()).toBe(PAGES * PER_PAGE)
  })

  test.each([
    [{ since: '2026-02-01', until: '2026-02-01' }, 'since'],
    [{ since: '2026-01-01', until: '2199-01-01' }, 'until'],
    [{ since: '2022-12-31', until: '2026-01-01' }, 'since'],
    [{ since: '0000-01-01', until: '0000-02-01' }, 'since'],
    [{ since: '2026-02-30', until: '2026-03-01' }, 'since'],
  ])('of %j is not valid', async (range, field) => {
    expect(await of('backfill', range)).toMatchObject({
      status: 400,
      body: { error: { details: { fields: { [field]: [expect.any(String)] } } } },
    })
  })
})

describe('the history', () => {
  test('is newest first, paged, filtered, and never shows another tenant’s', async () => {
    const rows = Array.from({ length: 7 }, (_, n) => ({
      run_id: uuidv7(),
      status: n % 2 ? 'completed' : 'failed',
      // Several in one millisecond.
      requested_at: `2026-11-20T10:00:00.00000${Math.floor(n / 2)}Z`,
    }))
    await database.asAdmin(
      `insert into sync_runs (tenant_id, run_id, integration_id, status, requested_at, started_at)
       select $1, r.run_id, $2, r.status, r.requested_at, r.requested_at
       from jsonb_to_recordset($3::jsonb) as r (run_id uuid, status text, requested_at timestamptz)`,
      [tenant.tenantId, tenant.integrationId, JSON.stringify(rows)],
    )
    type Page = { runs: { run_id: string }[]; next_cursor: string | null }
    const all: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = (await get(`/api/sync/runs?limit=2${cursor && `&cursor=${cursor}`}`)) as Page // its schema is a contract test's
      all.push(...page.runs.map(({ run_id }) => run_id))
      cursor = page.next_cursor
    }
    expect(all).toEqual(rows.map(({ run_id }) => run_id).reverse())
    const count = async (filter: string) => ((await get(`/api/sync/runs?${filter}`)) as Page).runs.length
    expect(await count('status=completed')).toBe(3)
    expect(await count('kind=backfill')).toBe(0)
    expect(await count(`integration_id=${tenant.integrationId}&until=2026-11-20T10:00:00Z`)).toBe(0)
    expect(await count('since=2026-11-20T10:00:00Z')).toBe(7)
    const stranger = await signIn((await connectedTenant(`other-${counter}`)).tenantId, 'admin')
    const theirs = await call('/api/sync/runs', { token: stranger.token })
    expect(theirs.body).toEqual({ runs: [], next_cursor: null })
    for (const path of [`/api/sync/runs/${all[0]}`, `/api/sync/runs/${all[0]}/cancel`]) {
      const method = path.endsWith('cancel') ? 'POST' : 'GET'
      expect(await call(path, { token: stranger.token, method })).toMatchObject({ status: 404 })
    }
  })
})
