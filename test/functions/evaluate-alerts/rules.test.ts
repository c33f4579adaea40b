import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { RULES } from '../../../functions/evaluate-alerts/rules.ts'
import { ALERT_RULES } from '../../../shared/alerts/rules.ts'
import { clock } from '../../../shared/clock.ts'
import type { EventData, TelemetryEvent } from '../../../shared/events/catalog.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson } from '../../support/people.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery, recordedFact, setClock } from './deliveries.ts'

const database = useDatabase()
const pubsub = usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)
const NOON = Date.parse('2026-11-10T12:00:00Z')
const at = (minutes: number) => setClock(new Date(NOON + minutes * 60_000))
let tenant: TestTenant
let count = 0

beforeEach(async () => {
  at(0)
  tenant = await createTenant(`watched ${++count}`)
})
afterAll(() => setClock(new Date()))

const statuses = async (rule: string, tenantId = tenant.tenantId) =>
  (
    await database.asAdmin<{ status: string }>(
      'select status from alerts where tenant_id = $1 and rule = $2 order by raised_at, cause',
      [tenantId, rule],
    )
  ).map(({ status }) => status)

test('every rule that is listed is watched for, and says what to do', () => {
  expect(RULES.map(({ rule }) => rule).sort()).toEqual(Object.keys(ALERT_RULES).sort())
  for (const { runbook } of Object.values(ALERT_RULES)) expect(runbook).toMatch(/^[A-Z].{20,}\.$/)
})

type Telemetry = Pick<TelemetryEvent, 'event_type'> & {
  ms?: number
  userId?: string
  times: number
  operation?: string
}

async function flushed({ event_type, ms = 5, userId, times, operation = 'list_brands' }: Telemetry) {
  const events = Array.from({ length: times }, () => ({
    event_id: uuidv7(),
    event_type,
    timestamp: clock.now().toISOString(),
    brand_id: null,
    user_id: userId ?? null,
    session_id: null,
    request_id: 'r',
    duration_ms: ms,
    status: 'success' as const,
    error_message: null,
    metadata: { http_status: 200, operation },
  }))
  await database.asAdmin(
    `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", user_id, request_id, duration_ms, metadata)
      select $1, event_id, 'telemetry', event_type, "timestamp", user_id, request_id, duration_ms, metadata
      from jsonb_to_recordset($2::jsonb) as r (event_id uuid, event_type text, "timestamp" timestamptz, user_id uuid, request_id text,
        duration_ms float8, metadata jsonb)`,
    [tenant.tenantId, JSON.stringify(events)],
  )
  await deliver(delivery('telemetry.batch', { tenantId: tenant.tenantId, data: { events } }))
}

test('latency: one slow answer in twenty is none, more is; long work is left out; it ends with the window', async () => {
  const hasty = `insert into alert_rules (tenant_id, rule, needed, updated_at) values ($1, 'latency', 1, now())`
  await database.asAdmin(hasty, [tenant.tenantId])
  await flushed({ event_type: 'api.response', times: 38 })
  await flushed({ event_type: 'api.response', ms: 5_001, times: 2 })
  await flushed({ event_type: 'api.response', ms: 30_000, times: 10, operation: 'ask' })
  expect(await statuses('latency')).toEqual([])
  await flushed({ event_type: 'api.response', ms: 5_001, times: 1 })
  expect(await statuses('latency')).toEqual(['open'])
  at(6)
  await flushed({ event_type: 'api.response', times: 1 })
  expect(await statuses('latency')).toEqual(['resolved'])
})

test('unusual access: one person’s reads, not everybody’s together', async () => {
  const people = [await createPerson(tenant.tenantId), await createPerson(tenant.tenantId)]
  for (const { userId } of people) await flushed({ event_type: 'data.accessed', userId, times: 1_000 })
  expect(await statuses('unusual_access')).toEqual([])
  await flushed({ event_type: 'data.accessed', userId: people[0]?.userId ?? '', times: 1 })
  expect(await statuses('unusual_access')).toEqual(['open'])
  at(11)
  await flushed({ event_type: 'api.response', times: 1 })
  expect(await statuses('unusual_access')).toEqual(['resolved'])
})

test('failed sign-ins: facts count once however often they come; half of the limit clears', async () => {
  const { userId: user_id } = await createPerson(tenant.tenantId)
  const { tenantId } = tenant
  const failed = () => recordedFact(database, 'auth.failed', { tenantId, data: { user_id, reason: 'password' } })
  for (let n = 0; n < 10; n += 1) await deliverEightfold(deliver, await failed())
  expect(await statuses('failed_logins')).toEqual([])
  await deliverEightfold(deliver, await failed())
  expect(await statuses('failed_logins')).toEqual(['open'])
  expect(pubsub.published('alert.raised')).toHaveLength(1)
  at(16)
  await deliver(await recordedFact(database, 'auth.login', { tenantId, data: { user_id } }))
  expect(await statuses('failed_logins')).toEqual(['resolved'])
})

test('accuracy: 20 ratings tell, below 80 % raises, two points above clears', async () => {
  const { tenantId, brandId } = tenant
  const { userId } = await createPerson(tenantId)
  const rate = async (rating: number, times: number) => {
    for (let n = 0; n < times; n += 1) {
      const question_id = uuidv7()
      await database.asAdmin(`set session_replication_role = replica`)
      await database.asAdmin(
        'insert into ai_feedback (tenant_id, question_id, provided_by, rating, provided_at) values ($1, $2, $3, $4, $5)',
        [tenantId, question_id, userId, rating, clock.now()],
      )
      await database.asAdmin(`set session_replication_role = origin`)
      const data = { question_id, rating, was_actionable: null }
      await deliver(delivery('ai.feedback_provided', { tenantId, data }))
    }
  }
  await rate(2, 5)
  await rate(4, 14)
  expect([await statuses('accuracy'), brandId.length]).toEqual([[], 36])
  await rate(3, 1)
  expect(await statuses('accuracy')).toEqual(['open'])
  await rate(5, 13) // 27 of 33: 81.8 %
  expect(await statuses('accuracy')).toEqual(['open'])
  await rate(5, 1)
  expect(await statuses('accuracy')).toEqual(['resolved'])
})

describe('AI', () => {
  const tokens = async (costUsd: string) => {
    const { tenantId } = tenant
    const data: EventData<'ai.tokens_used'> = {
      ...{ call_id: uuidv7(), question_id: null, operation: 'ask_question', outcome: 'complete' },
      ...{ input_tokens: 1, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 1 },
    }
    await deliver(await recordedFact(database, 'ai.tokens_used', { tenantId, data, costUsd }))
  }

  test('the budget: 80 % warns, 100 % takes its place, a new month ends it', async () => {
    const { tenantId } = tenant
    const reached = (level: 'warning' | 'stop') =>
      delivery('ai.budget_reached', {
        tenantId,
        data: { month: '2026-11-01', level, spent_usd: '80', limit_usd: '100' },
      })
    await deliverEightfold(deliver, reached('warning'))
    expect(await statuses('ai_budget')).toEqual(['open'])
    at(1)
    await deliver(reached('stop'))
    expect(await statuses('ai_budget')).toEqual(['resolved', 'open'])
    setClock('2026-12-01T00:10:00Z')
    await tokens('0.01')
    expect(await statuses('ai_budget')).toEqual(['resolved', 'resolved'])
  })

  test('what all tenants cost is told to operators, a day once', async () => {
    const reached = (day: string) =>
      delivery('ai.cost_reached', { tenantId: PLATFORM_TENANT_ID, data: { day, cost_usd: '1001', limit_usd: '1000' } })
    await deliverEightfold(deliver, reached('2026-11-10'))
    at(1440)
    await deliver(reached('2026-11-11'))
    expect(await statuses('ai_cost', PLATFORM_TENANT_ID)).toEqual(['resolved', 'open'])
  })

  test('a spike is several times the usual day, never less than $5', async () => {
    for (let day = 14; day > 0; day -= 1) {
      at(-1440 * day)
      await tokens('2')
    }
    at(0)
    await tokens('7.99')
    expect(await statuses('token_cost_spike')).toEqual([])
    await tokens('0.02')
    expect(await statuses('token_cost_spike')).toEqual(['open'])
  })
})

describe('stock', () => {
  const { stringify } = JSON
  const conflict = (product: string, state: string) =>
    database.asAdmin(
      `insert into recommendations (tenant_id, brand_id, recommendation_id, kind, cause, title, body, currency, basis, confidence, created_at, updated_at)
       values ($1, $2, uuidv7(), 'stock_conflict', $3, $4, $5, 'USD', 'revenue', 'low', now(), now())`,
      [
        tenant.tenantId,
        tenant.brandId,
        `stock_conflict:${tenant.brandId}:${product}`,
        `Campaigns advertise "${product}"`,
        stringify({
          what_to_do: 'Take it out of the ads.',
          evidence: [
            { state, spend: 12.5 },
            { state, spend: 1 },
          ],
        }),
      ],
    )
  const attributed = () =>
    deliver(delivery('orders.attributed', { tenantId: tenant.tenantId, data: { brand_id: tenant.brandId, days: [] } }))

  test('spend on what is out of stock: from the advice to its end', async () => {
    await conflict('mug', 'out_of_stock')
    await conflict('cup', 'at_risk')
    await attributed()
    expect(await statuses('spend_without_stock')).toEqual(['open'])
    const [alert] = await database.asAdmin<{ message: string }>('select message from alerts where tenant_id = $1', [
      tenant.tenantId,
    ])
    expect(alert?.message).toContain('spent 13.50')
    await database.asAdmin(`update recommendations set status = 'expired' where tenant_id = $1`, [tenant.tenantId])
    await attributed()
    expect(await statuses('spend_without_stock')).toEqual(['resolved'])
  })

  test('a best seller that will run out before new stock can come', async () => {
    const { tenantId, brandId } = tenant
    await database.asAdmin(`set session_replication_role = replica`)
    for (const [name, days] of [
      ['lead_time_days', 10],
      ['lead_time_sd_days', 2],
    ] as const)
      await database.asAdmin(
        'insert into brand_settings (tenant_id, brand_id, name, value, updated_at) values ($1, $2, $3, $4, now())',
        [tenantId, brandId, name, String(days)],
      )
    await database.asAdmin(
      `insert into products (tenant_id, brand_id, product_id, title, updated_at) values ($1, $2, 'p', 'Mug', now())`,
      [tenantId, brandId],
    )
    await database.asAdmin(
      `insert into variants (tenant_id, brand_id, variant_id, product_id, title, tracked, inventory_item_id) values ($1, $2, 'v', 'p', 'Blue', true, 'i')`,
      [tenantId, brandId],
    )
    const stock = (available: number) =>
      database.asAdmin(
        `insert into inventory_levels (tenant_id, brand_id, inventory_item_id, location_id, product_id, available, on_hand, incoming)
         values ($1, $2, 'i', 'l', 'p', $3, $3, 0)
         on conflict (tenant_id, brand_id, inventory_item_id, location_id) do update set available = $3, on_hand = $3`,
        [tenantId, brandId, available],
      )
    await database.asAdmin(
      `insert into inventory_daily (tenant_id, brand_id, day, variant_id, available, on_hand, incoming, taken_at)
       select $1, $2, '2026-11-10'::date - n, 'v', 50, 50, 0, now() from generate_series(1, 20) n`,
      [tenantId, brandId],
    )
    await database.asAdmin(`set session_replication_role = origin`)
    const kept = () => deliver(delivery('figures.kept', { tenantId, data: { brand_id: brandId, day: '2026-11-09' } }))
    await stock(5)
    await kept()
    expect(await statuses('stock_out')).toEqual([]) // nothing was ever sold
    await database.asAdmin(`set session_replication_role = replica`)
    await database.asAdmin(
      `insert into orders (tenant_id, brand_id, order_id, integration_id, created_at, processed_at, updated_at, day, is_test, currency, units, gross_micros,
         discounts_micros, tax_micros, shipping_micros, gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
       select $1, $2, 'o' || n, $1, now(), now(), now(), '2026-11-10'::date - n, false, 'USD', 3, 0, 0, 0, 0, 0, 0, 'none', 'h', now() from generate_series(1, 20) n`,
      [tenantId, brandId],
    )
    await database.asAdmin(
      `insert into order_lines (tenant_id, brand_id, order_id, line_id, variant_id, title, quantity, current_quantity, gross_micros, discount_micros, tax_micros, is_gift_card)
       select $1, $2, 'o' || n, 'l', 'v', 'Mug', 3, 3, 0, 0, 0, false from generate_series(1, 20) n`,
      [tenantId, brandId],
    )
    await database.asAdmin(`set session_replication_role = origin`)
    await kept()
    expect(await statuses('stock_out')).toEqual(['open'])
    await stock(500)
    await kept()
    expect(await statuses('stock_out')).toEqual(['resolved'])
  })
})
