import { v7 as uuidv7 } from 'uuid'
import { beforeEach, expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { clock } from '../../../shared/clock.ts'
import type { TelemetryEvent } from '../../../shared/events/catalog.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery, setClock } from './deliveries.ts'

const database = useDatabase()
const pubsub = usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)
const NOON = new Date('2026-11-10T12:00:00Z')
const MINUTE_MS = 60_000

beforeEach(() => setClock(NOON))

const response = (httpStatus: number, ageMs: number): TelemetryEvent => ({
  event_id: uuidv7(),
  event_type: 'api.response',
  timestamp: new Date(clock.now().getTime() - ageMs).toISOString(),
  brand_id: null,
  user_id: null,
  session_id: null,
  request_id: 'r',
  duration_ms: 5,
  status: httpStatus < 500 ? 'success' : 'failure',
  error_message: null,
  metadata: { http_status: httpStatus, route: '/api/brands' },
})

type Batch = { good?: number; bad?: number; ageMs?: number; badStatus?: number }

/** A batch as an instance flushes it: rows first, then the message. */
async function flushed(tenantId: string, { good = 0, bad = 0, ageMs = 0, badStatus = 500 }: Batch) {
  const events = [
    ...Array.from({ length: good }, () => response(200, ageMs)),
    ...Array.from({ length: bad }, () => response(badStatus, ageMs)),
  ]
  await database.asAdmin(
    `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id, status, metadata)
      select $1, event_id, 'telemetry', event_type, "timestamp", request_id, status, metadata
      from jsonb_to_recordset($2::jsonb) as r (event_id uuid, event_type text, "timestamp" timestamptz, request_id text, status text, metadata jsonb)`,
    [tenantId, JSON.stringify(events)],
  )
  return delivery('telemetry.batch', { tenantId, data: { events } })
}

/** A tenant that one bad minute of the last five is enough for. */
async function hastyTenant(name: string, threshold: number | null = null) {
  const tenant = await createTenant(name)
  await database.asAdmin(
    `insert into alert_rules (tenant_id, rule, threshold, needed, updated_at) values ($1, 'error_rate', $2, 1, now())`,
    [tenant.tenantId, threshold],
  )
  return tenant
}

async function statusesAfter(tenantId: string, ...batches: Batch[]): Promise<string[]> {
  for (const batch of batches) await deliver(await flushed(tenantId, batch))
  const rows = await database.asAdmin<{ status: string }>(
    `select status from alerts where tenant_id = $1 and rule = 'error_rate' order by raised_at`,
    [tenantId],
  )
  return rows.map((row) => row.status)
}

test.each<[string, Batch[], string[]]>([
  ['5 % exactly is not too many', [{ good: 95, bad: 5 }], []],
  ['more than 5 % is', [{ good: 94, bad: 6 }], ['open']],
  ['19 responses are too few to tell', [{ good: 17, bad: 2 }], []],
  ['20 are enough', [{ good: 18, bad: 2 }], ['open']],
  [
    'responses of several batches count together',
    [
      { good: 10, bad: 1 },
      { good: 8, bad: 1 },
    ],
    ['open'],
  ],
  ['what is five minutes old is out of the window', [{ bad: 2, ageMs: 5 * MINUTE_MS }, { good: 18 }, { bad: 1 }], []],
  ['what is a second younger is in it', [{ bad: 2, ageMs: 5 * MINUTE_MS - 1_000 }, { good: 17 }, { bad: 1 }], ['open']],
  ['4xx are answers, not failures', [{ good: 10, bad: 10, badStatus: 404 }], []],
])('%s', async (name, batches, expected) => {
  const { tenantId } = await hastyTenant(name)
  expect(await statusesAfter(tenantId, ...batches)).toEqual(expected)
})

test('2.5 % does not clear, less does', async () => {
  const { tenantId } = await hastyTenant('clears')
  expect(await statusesAfter(tenantId, { good: 18, bad: 2 })).toEqual(['open'])
  expect(await statusesAfter(tenantId, { good: 60 })).toEqual(['open'])
  expect(await statusesAfter(tenantId, { good: 1 })).toEqual(['resolved'])
})

test('when the failures have left the window, the next good batch clears', async () => {
  const { tenantId } = await hastyTenant('window')
  expect(await statusesAfter(tenantId, { good: 18, bad: 2 })).toEqual(['open'])
  setClock(new Date(NOON.getTime() + 6 * MINUTE_MS))
  expect(await statusesAfter(tenantId, { good: 1 })).toEqual(['resolved'])
})

test('the same batch eight times at once is one alert; another tenant has none', async () => {
  const [{ tenantId }, other] = [await hastyTenant('eight'), await hastyTenant('quiet')]
  await deliverEightfold(deliver, await flushed(tenantId, { good: 10, bad: 10 }))
  expect(pubsub.published('alert.raised')).toHaveLength(1)
  expect(await statusesAfter(tenantId)).toEqual(['open'])
  expect(await statusesAfter(other.tenantId, { good: 19, bad: 1 })).toEqual([])
})

test('the tenant sets the limit: what it raises above, and half of it clears', async () => {
  const [{ tenantId }, strict] = [await hastyTenant('lenient', 10), await hastyTenant('strict', 2.5)]
  expect(await statusesAfter(tenantId, { good: 90, bad: 10 })).toEqual([])
  expect(await statusesAfter(tenantId, { bad: 1 })).toEqual(['open'])
  expect(await statusesAfter(strict.tenantId, { good: 39, bad: 1 })).toEqual([])
  expect(await statusesAfter(strict.tenantId, { good: 38, bad: 2 })).toEqual(['open'])
  expect(await statusesAfter(strict.tenantId, { good: 160 })).toEqual(['open']) // 3 of 240 is half of it exactly
  expect(await statusesAfter(strict.tenantId, { good: 1 })).toEqual(['resolved'])
})
