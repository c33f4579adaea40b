import { v7 as uuidv7 } from 'uuid'
import { afterAll, describe, expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { endPool } from '../../../shared/db/pools.ts'
import type { TelemetryEvent } from '../../../shared/events/catalog.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { type Delivery, deliverEightfold, deliverTo, delivery, recordedFact, setClock } from './deliveries.ts'

const database = useDatabase()
usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)
const NOON = Date.parse('2026-11-10T12:00:00Z')
const at = (minute: number) => new Date(NOON + minute * 60_000)
afterAll(() => setClock(new Date()))

const statuses = async ({ tenantId }: TestTenant, rule: string) =>
  (
    await database.asAdmin<{ status: string }>(
      'select status from alerts where tenant_id = $1 and rule = $2 order by raised_at',
      [tenantId, rule],
    )
  ).map(({ status }) => status)

type Minute = { minute: number; good?: number; bad?: number; slow?: number }

/** The answers of a minute as an instance flushes them; not yet delivered. */
async function answered({ tenantId }: TestTenant, { minute, good = 0, bad = 0, slow = 0 }: Minute): Promise<Delivery> {
  const event = (http_status: number, duration_ms: number): TelemetryEvent => ({
    event_id: uuidv7(),
    event_type: 'api.response',
    timestamp: at(minute).toISOString(),
    brand_id: null,
    user_id: null,
    session_id: null,
    request_id: 'r',
    duration_ms,
    status: 'success',
    error_message: null,
    metadata: { http_status, operation: 'list_brands' },
  })
  const many = (count: number, ...of: [number, number]) => Array.from({ length: count }, () => event(...of))
  const events = [...many(good, 200, 5), ...many(bad, 500, 5), ...many(slow, 200, 9_000)]
  await database.asAdmin(
    `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id, duration_ms, metadata)
     select $1, event_id, 'telemetry', event_type, "timestamp", request_id, duration_ms, metadata
     from jsonb_to_recordset($2::jsonb) as r (event_id uuid, event_type text, "timestamp" timestamptz, request_id text, duration_ms float8, metadata jsonb)`,
    [tenantId, JSON.stringify(events)],
  )
  return delivery('telemetry.batch', { tenantId, data: { events } })
}

/** One look at each minute, told as it happens. */
async function live(tenant: TestTenant, minutes: readonly Minute[]): Promise<void> {
  for (const each of minutes) {
    setClock(at(each.minute + 0.1))
    await deliver(await answered(tenant, each))
  }
}

describe.each([
  ['error_rate', { bad: 10 }],
  ['latency', { slow: 10 }],
] as const)('%s: three of the last five minutes', (rule, breach) => {
  test('one bad minute is no alert, however bad and however often it is told; nor are two', async () => {
    const tenant = await createTenant(`${rule} one`)
    setClock(at(1))
    await deliverEightfold(deliver, await answered(tenant, { minute: 0.9, good: 10, ...breach }))
    await live(tenant, [{ minute: 2, good: 20 }])
    expect(await statuses(tenant, rule)).toEqual([])
    await live(tenant, [{ minute: 3, good: 10, ...breach }])
    expect(await statuses(tenant, rule)).toEqual([])
  })

  test('the third within five is, also when a good one lies between and the process is another', async () => {
    const tenant = await createTenant(`${rule} three`)
    const [first, second] = [
      { minute: 0, good: 10, ...breach },
      { minute: 1, good: 10, ...breach },
    ]
    await live(tenant, [first, second, { minute: 2, good: 10 }])
    expect(await statuses(tenant, rule)).toEqual([])
    await endPool()
    await live(tenant, [{ minute: 3, good: 10, ...breach }])
    expect(await statuses(tenant, rule)).toEqual(['open'])
  })

  test('minutes that are told late, doubled and in disorder count where they belong', async () => {
    const [tenant, apart] = [await createTenant(`${rule} late`), await createTenant(`${rule} apart`)]
    for (const [of, minutes] of [
      [tenant, [3, 1, 2]],
      [apart, [3, -3, -2]], // long gone when they are told
    ] as const) {
      setClock(at(3.5))
      for (const minute of minutes) await deliverEightfold(deliver, await answered(of, { minute, good: 10, ...breach }))
    }
    expect(await statuses(tenant, rule)).toEqual(['open'])
    expect(await statuses(apart, rule)).toEqual([])
  })

  test('it stays while the whole is above half of the limit, and is over once it is not', async () => {
    const tenant = await createTenant(`${rule} over`)
    await live(
      tenant,
      [0, 1, 2].map((minute) => ({ minute, good: 10, ...breach })),
    )
    await live(tenant, [
      { minute: 3, good: 30 },
      { minute: 5, good: 30 },
    ])
    expect(await statuses(tenant, rule)).toEqual(['open'])
    await live(tenant, [{ minute: 8, good: 30 }])
    expect(await statuses(tenant, rule)).toEqual(['resolved'])
  })
})

describe('sync_failed: two of the last three runs, where the tenant says so', () => {
  async function patient(name: string): Promise<TestTenant> {
    const tenant = await createTenant(name)
    await database.asAdmin(
      `insert into alert_rules (tenant_id, rule, needed, of_last, updated_at) values ($1, 'sync_failed', 2, 3, now())`,
      [tenant.tenantId],
    )
    return tenant
  }
  /** A run's end, recorded at that hour. */
  function ended({ tenantId, integrationId }: TestTenant, hour: number, failed: boolean, run_id = uuidv7()) {
    setClock(at(hour * 60))
    const result = {
      integration_id: integrationId,
      run_id,
      platform: 'shopify',
      rows_read: 0,
      rows_written: 0,
      pages: 0,
    }
    const failure = { ...result, code: 'PROVIDER_UNAVAILABLE', message: 'Down.' }
    if (failed) return recordedFact(database, 'data.sync_failed', { tenantId, data: failure })
    return recordedFact(database, 'data.sync_completed', { tenantId, data: result })
  }
  const play = async (tenant: TestTenant, runs: string, from = 0) => {
    for (const [n, each] of [...runs].entries()) await deliver(await ended(tenant, from + n, each === 'F'))
    return statuses(tenant, 'sync_failed')
  }

  test.each([
    ['F', []],
    ['FS', []],
    ['FSSF', []],
    ['FF', ['open']],
    ['FSF', ['open']],
    ['FSFS', ['open']],
    ['FSFSF', ['open']],
    ['FSFSS', ['resolved']],
    ['FFSSF', ['resolved']],
  ])('%s is %j', async (runs, expected) => {
    expect(await play(await patient(runs), runs)).toEqual(expected)
  })

  test('a run that is tried again, and a failure that comes eight times, are one window', async () => {
    const [tenant, run] = [await patient('again'), uuidv7()]
    await deliverEightfold(deliver, await ended(tenant, 0, true, run))
    await deliver(await ended(tenant, 0.1, true, run))
    expect(await statuses(tenant, 'sync_failed')).toEqual([])
  })

  test('the events of three runs in reverse, each doubled, come to the same', async () => {
    for (const [runs, expected] of [
      ['SFF', ['open']],
      ['FFS', []], // the last one was well when the first was heard of
    ] as const) {
      const tenant = await patient(`reverse ${runs}`)
      const events: Delivery[] = []
      for (const [n, each] of [...runs].entries()) events.push(await ended(tenant, n, each === 'F'))
      for (const event of events.reverse()) await deliverEightfold(deliver, event)
      expect(await statuses(tenant, 'sync_failed')).toEqual(expected)
    }
  })
})
