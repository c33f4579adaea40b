import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sql } from '../../../shared/db/sql.ts'
import { addTenantKey, tenantKeys } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { connector, DAY_MS, MINUTE_MS, type Page, type Range, WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import { sealCredentials } from '../../../shared/sync/credentials.ts'
import type { BackfillRequested, SyncRequested } from '../../../shared/sync/request.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { pulled } from '../../support/pulled.ts'
import { order } from '../../support/rows.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
const continuations = pulled(useCloud(), 'sync.requested.shopify')

/** A provider that we script: 300 orders a page, so that every page is a commit of its own. */
let ranges: Range[] = []
let pages: (() => Page | Promise<Page>)[] = []
let tenant: TestTenant
let counter = 0

const PER_PAGE = 300
const pageOf = (at: number, last: boolean): Page => ({
  rows: { orders: Array.from({ length: PER_PAGE }, (_, n) => order(`${at}-${n}`)) },
  count: PER_PAGE,
  resume: last ? null : at + 1,
  position: '2026-11-01T12:00:00.000Z',
})
const scripted = connector({
  provider: 'shopify',
  credentials: z.object({ access_token: z.string() }),
  client: ({ access_token }) => access_token,
  streams: [
    {
      name: 'orders',
      cursor: 'updated_at',
      lookback: { hourlyMs: 15 * MINUTE_MS, dailyMs: 2 * DAY_MS },
      historyMs: null,
      read: async function* (client, range) {
        expect(client).toBe('shpat_test')
        ranges.push(range)
        for (let at = Number(range.resume ?? 0); at < pages.length; at += 1)
          yield (await pages[at]?.()) ?? pageOf(at, true)
      },
    },
  ],
})

const event = (dueAt = '2026-11-20T10:00:00.000Z'): SyncRequested => {
  counter += 1
  return {
    id: `delivery-${counter}`,
    type: 'sync.requested.shopify',
    tenantId: tenant.tenantId,
    occurredAt: dueAt,
    data: { integration_id: tenant.integrationId, due_at: dueAt },
  }
}
const run = (given: SyncRequested | BackfillRequested, mustStop = () => false): Promise<void> =>
  asSystem(tenant.tenantId, () => syncConnection(scripted, given, { mustStop }))
const connection = async () =>
  (await database.asAdmin('select * from integrations where integration_id = $1', [tenant.integrationId]))[0]
const state = async () =>
  (await database.asAdmin('select * from sync_state where integration_id = $1', [tenant.integrationId]))[0]
const orders = async () =>
  Number((await database.asAdmin('select count(*) as n from orders where tenant_id = $1', [tenant.tenantId]))[0]?.n)
const facts = async () =>
  (
    await database.asAdmin<{ event_type: string }>(
      `select event_type from observability_events where tenant_id = $1 and class = 'fact' order by event_type = 'data.sync_started' desc, event_type`,
      [tenant.tenantId],
    )
  ).map((row) => row.event_type)

beforeEach(async () => {
  counter += 1
  tenant = await createTenant(`shop-${counter}`)
  await asSystem(tenant.tenantId, () =>
    transaction(async (db) => {
      await addTenantKey(db)
      const sealed = await sealCredentials(await tenantKeys(db), tenant.integrationId, { access_token: 'shpat_test' })
      await db.query(sql`update integrations set access_token_encrypted = ${sealed.access_token_encrypted}`)
    }),
  )
  ranges = []
  pages = [() => pageOf(0, false), () => pageOf(1, false), () => pageOf(2, true)]
})

describe('a slice', () => {
  it('reads all pages, completes the range, frees the connection and announces the touched days', async () => {
    await run(event())
    expect(await orders()).toBe(3 * PER_PAGE)
    expect(await connection()).toMatchObject({
      lease_until: null,
      sync_error_code: null,
      last_synced_at: expect.any(Date),
    })
    expect(await state()).toMatchObject({
      range_until: null,
      resume: null,
      complete_until: expect.any(Date),
      rows_read: '900',
      rows_written: '900',
    })
    expect(await facts()).toEqual(['data.sync_started', 'data.sync_completed'])
    expect(
      await database.asAdmin('select day::text from touched_days where tenant_id = $1', [tenant.tenantId]),
    ).toEqual([{ day: '2026-11-01' }])
  })

  it('does nothing for an hour that is already complete, whatever the number of deliveries', async () => {
    await run(event())
    ranges = []
    await run(event())
    expect(ranges).toEqual([])
    expect(await facts()).toEqual(['data.sync_started', 'data.sync_completed'])
  })

  it('reads the next hour from the last complete instant less the lookback, and writes only what differs', async () => {
    await run(event('2020-01-01T00:00:00.000Z'))
    const before = await state()
    await run(event('2199-01-01T00:00:00.000Z'))
    const after = await state()
    expect(ranges[1]?.since?.getTime()).toBe(Number(before?.complete_until) - 15 * MINUTE_MS)
    expect(after).toMatchObject({ rows_read: '1800', rows_written: '900' })
  })

  it('that must stop saves its page and leaves a continuation, which finishes without reading a page twice', async () => {
    await continuations.listen()
    const first = event()
    await run({ ...first, data: { ...first.data, attempt: 3 } }, () => true)
    // It got on, so that later faults have all their tries again.
    expect(await continuations.of(tenant)).toMatchObject([{ attempt: 0 }])
    expect(await state()).toMatchObject({ resume: 1, complete_until: null })
    await run(event())
    expect(ranges[1]?.resume).toBe(1)
    expect(await orders()).toBe(3 * PER_PAGE)
    expect(await facts()).toEqual(['data.sync_started', 'data.sync_completed'])
  })
})

describe('a sync that a person asks for', () => {
  it('reads what an earlier run had begun to its end, and then what is newer', async () => {
    await run(event('2026-11-01T10:00:00.000Z'), () => true)
    const begun = ranges[0]?.until
    const asked = event(new Date().toISOString())
    await run({ ...asked, data: { ...asked.data, run_id: uuidv7() } })
    expect(ranges.map(({ resume, until }) => [resume, until > (begun ?? 0)])).toEqual([
      [null, false],
      [1, false],
      [null, true],
    ])
    expect(await facts()).toEqual(['data.sync_started', 'data.sync_started', 'data.sync_completed'])
  })
})

describe('a backfill', () => {
  const backfill = (runId: string): BackfillRequested => ({
    ...event(),
    type: 'sync.backfill.shopify',
    data: { integration_id: tenant.integrationId, run_id: runId, since: '2026-03-08', until: '2026-03-09' },
  })

  it("reads its days in the brand's zone, half-open, with a cursor of its own, and says nothing of how fresh the connection is", async () => {
    await database.asAdmin("update brands set time_zone = 'America/New_York' where tenant_id = $1", [tenant.tenantId])
    const runId = uuidv7()
    await run(backfill(runId))
    const [since, until] = [new Date('2026-03-08T05:00:00Z'), new Date('2026-03-09T04:00:00Z')] // 23 hours
    expect(ranges).toEqual([{ since, until, resume: null }])
    expect(await state()).toMatchObject({ run_id: runId, complete_until: until, range_until: null })
    expect(await connection()).toMatchObject({ last_synced_at: null, sync_error_code: null, lease_until: null })
    await run(backfill(runId))
    expect(ranges).toHaveLength(1)
    await run(event())
    expect(ranges[1]).toMatchObject({ since: null, resume: null })
  })

  it('that fails leaves the connection as it is, and a sync may follow', async () => {
    const good = pages[1] ?? (() => pageOf(1, false))
    pages[1] = () => {
      throw new AppError('PROVIDER_REJECTED', 'Shopify refuses the range.')
    }
    const runId = uuidv7()
    await run(backfill(runId))
    expect(await connection()).toMatchObject({ status: 'active', sync_error_code: null, lease_until: null })
    expect(await facts()).toEqual(['data.sync_started', 'data.sync_failed'])
    pages[1] = good
    await run(event())
    expect(await facts()).toContain('data.sync_completed')
  })
})

describe('a failure', () => {
  it.each([0, 1, 2])(
    'on page %i keeps every page before it and nothing of it; the next run goes on there',
    async (at) => {
      const good = pages[at]
      pages[at] = () => {
        throw new AppError('PROVIDER_BAD_RESPONSE', 'Shopify answered an HTML page instead of JSON (status 200).')
      }
      await run(event())
      expect(await orders()).toBe(at * PER_PAGE)
      expect(await connection()).toMatchObject({
        status: 'active',
        sync_error_code: 'PROVIDER_BAD_RESPONSE',
        lease_until: null,
      })
      expect(await facts()).toContain('data.sync_failed')
      if (good) pages[at] = good
      await run(event('2026-11-20T11:00:00.000Z'))
      expect(ranges[1]?.resume).toBe(at === 0 ? null : at)
      expect(await orders()).toBe(3 * PER_PAGE)
      expect(await connection()).toMatchObject({ sync_error_code: null, sync_error_message: null })
    },
  )

  it('of authorisation stops the connection until a person acts', async () => {
    pages = [
      () => {
        throw new AppError('PROVIDER_AUTH', 'The token was revoked.')
      },
    ]
    await run(event())
    expect(await connection()).toMatchObject({ status: 'needs_reauth', sync_error_code: 'PROVIDER_AUTH' })
    expect(await facts()).toEqual(['data.sync_started', 'data.sync_failed', 'integration.needs_reauth'])
    ranges = []
    await run(event('2026-11-20T11:00:00.000Z'))
    expect(ranges).toEqual([])
  })

  it('by a rate limit is a continuation at the time the provider named, not an error', async () => {
    pages = [
      () => {
        throw new AppError('PROVIDER_RATE_LIMITED', 'Wait.', { details: { [WAIT_DETAIL]: 90_000 } })
      },
    ]
    await run(event())
    expect(await connection()).toMatchObject({ status: 'active', sync_error_code: 'PROVIDER_RATE_LIMITED' })
    expect(await facts()).toEqual(['data.sync_started'])
    expect(await database.asAdmin('select status from sync_runs where tenant_id = $1', [tenant.tenantId])).toEqual([
      { status: 'continued' },
    ])
  })

  it('of a provider that is down is tried again a few times, then recorded', async () => {
    pages = [
      () => {
        throw new AppError('PROVIDER_UNAVAILABLE', 'Shopify answered 503.')
      },
    ]
    await run(event())
    expect(await facts()).toEqual(['data.sync_started'])
    const last = event()
    await run({ ...last, data: { ...last.data, attempt: 3 } })
    expect(await facts()).toEqual(['data.sync_started', 'data.sync_failed'])
  })
})

it('an hour that waits is over once a later hour has begun, which reads the same and more', async () => {
  const good = pages[1] ?? (() => pageOf(1, false))
  pages[1] = () => {
    throw new AppError('PROVIDER_RATE_LIMITED', 'Wait.', { details: { [WAIT_DETAIL]: 90_000 } })
  }
  const first = event('2026-11-20T10:00:00.000Z')
  await run(first)
  pages[1] = good
  await run(event('2026-11-20T11:00:00.000Z'))
  ranges = []
  await run(first)
  expect(ranges).toEqual([])
  const runs = await database.asAdmin('select status from sync_runs where tenant_id = $1 order by requested_at', [
    tenant.tenantId,
  ])
  expect(runs).toEqual([{ status: 'cancelled' }, { status: 'completed' }])
})

describe('the lease', () => {
  it('lets one of eight concurrent deliveries work; the others come back later', async () => {
    await Promise.all(Array.from({ length: 8 }, () => run(event())))
    expect(ranges).toHaveLength(1)
    expect(await orders()).toBe(3 * PER_PAGE)
  })

  it('refuses the late writes of a worker that was stopped and overtaken', async () => {
    pages[1] = async () => {
      // Somebody else took the connection over meanwhile: the fence has moved on.
      await database.asAdmin('update integrations set lease_fence = lease_fence + 1 where integration_id = $1', [
        tenant.integrationId,
      ])
      return pageOf(1, false)
    }
    await run(event())
    expect(await orders()).toBeLessThanOrEqual(PER_PAGE)
    expect(await facts()).toEqual(['data.sync_started'])
    expect((await state())?.complete_until ?? null).toBeNull()
  })
})

describe('credentials', () => {
  it('of another connection do not open: nothing is read, and the code says why', async () => {
    const other = await createTenant(`other-${counter}`)
    await asSystem(other.tenantId, () => transaction((db) => addTenantKey(db)))
    const mine = await connection()
    await database.asAdmin('update integrations set access_token_encrypted = $1 where integration_id = $2', [
      mine?.access_token_encrypted,
      other.integrationId,
    ])
    tenant = other
    await run(event()).catch(() => undefined)
    expect(ranges).toEqual([])
    expect(await connection()).toMatchObject({ sync_error_code: 'CRYPTO_REFUSED' })
  })
})
