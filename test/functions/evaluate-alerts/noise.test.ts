import { v7 as uuidv7 } from 'uuid'
import { afterAll, expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { randomOf } from '../../flow/random.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson } from '../../support/people.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant } from '../../support/tenants.ts'
import { deliverTo, delivery, recordedFact, setClock } from './deliveries.ts'

const database = useDatabase()
usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)
const DAY = Date.parse('2026-11-10T00:00:00Z')
const STEP_MS = 20 * 60_000
const STEPS = 24 * 3
afterAll(() => setClock(new Date()))

test('a day of usual noise raises no alert: errors at two in a thousand, slow answers, mistyped passwords, busy people', async () => {
  const random = randomOf(20_261_110)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const { tenantId } = await createTenant('noisy')
  const people = [await createPerson(tenantId), await createPerson(tenantId)].map(({ userId }) => userId)
  const eventAt = (event_type: string, n: number) => ({
    event_id: uuidv7(),
    event_type,
    user_id: people[n % 2] ?? null,
    duration_ms: 120 * Math.exp(0.9 * normal()),
    metadata: { http_status: random() < 0.002 ? 500 : 200, operation: 'get_dashboard' },
  })
  for (let step = 0; step < STEPS; step += 1) {
    setClock(new Date(DAY + step * STEP_MS))
    const at = new Date(DAY + step * STEP_MS).toISOString()
    const responses = Array.from({ length: 20 + Math.floor(random() * 60) }, (_, n) => eventAt('api.response', n))
    const reads = responses.map((_, n) => eventAt('data.accessed', n))
    const base = {
      timestamp: at,
      brand_id: null,
      session_id: null,
      request_id: 'r',
      status: 'success',
      error_message: null,
    }
    const events = [...responses, ...reads].map((event) => ({ ...base, ...event }))
    await database.asAdmin(
      `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", user_id, request_id, duration_ms, metadata)
       select $1, event_id, 'telemetry', event_type, "timestamp", user_id, 'r', duration_ms, metadata
       from jsonb_to_recordset($2::jsonb) as r (event_id uuid, event_type text, "timestamp" timestamptz, user_id uuid, duration_ms float8, metadata jsonb)`,
      [tenantId, JSON.stringify(events)],
    )
    await deliver(delivery('telemetry.batch', { tenantId, data: { events: events as never } })) // as flushed: the schema reads them
    if (random() < 0.2) {
      const data = { user_id: people[0] ?? '', reason: 'password' }
      await deliver(await recordedFact(database, 'auth.failed', { tenantId, data }))
    }
  }
  const raised = await database.asAdmin('select rule, title from alerts where tenant_id = $1', [tenantId])
  console.log(`${raised.length} false alert(s) in 24 hours, ${STEPS} looks`)
  expect(raised).toEqual([])
}, 60_000)
