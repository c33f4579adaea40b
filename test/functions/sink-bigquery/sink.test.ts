import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { handlers } from '../../../functions/sink-bigquery/handlers.ts'
import { CATALOG } from '../../../shared/events/catalog.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { query } from '../../../shared/warehouse/query.ts'
import { rowErrors, useWarehouse } from '../../shared/warehouse/use-warehouse.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery, recordedFact } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
const warehouse = useWarehouse()
const deliver = deliverTo('sink-bigquery', handlers)

async function provisioned(name: string): Promise<TestTenant> {
  const tenant = await createTenant(name)
  await provisionTenant(tenant.tenantId)
  return tenant
}

const read = <Row extends z.ZodType>({ tenantId }: TestTenant, sql: string, row: Row) =>
  asSystem(tenantId, () => query(tenantId, { sql, row }))
const countOf = async (tenant: TestTenant, table: string) =>
  (await read(tenant, `select count(*) as n from ${table}`, z.object({ n: z.bigint() })))[0]?.n
const syncFailed = ({ integrationId }: TestTenant) => ({
  integration_id: integrationId,
  run_id: uuidv7(),
  platform: 'shopify',
  rows_read: 1,
  rows_written: 0,
  pages: 1,
  code: 'PROVIDER_UNAVAILABLE',
  message: 'Down.',
})

test('every fact and nothing that only wakes a function has a handler', () => {
  const expected = Object.entries(CATALOG).flatMap(([type, entry]) => (entry.class === 'pipeline' ? [] : [type]))
  expect(Object.keys(handlers).sort()).toEqual([...expected, 'performance.updated'].sort())
})

test('a fact arrives with all that Postgres knows of it', async () => {
  const tenant = await provisioned('facts')
  const { tenantId, brandId } = tenant
  const data = syncFailed(tenant)
  const event = await recordedFact(database, 'data.sync_failed', {
    tenantId,
    data,
    brandId,
    status: 'failure',
    durationMs: 12.5,
    errorMessage: 'Down.',
  })
  await database.asAdmin(
    `update observability_events set tokens_used = 7, cost_usd = 0.000000123, model_used = 'm', accuracy_score = 0.8 where event_id = $1`,
    [event.id],
  )
  await deliver(event)
  const Row = z.object({
    event_id: z.string(),
    class: z.string(),
    event_type: z.string(),
    timestamp: z.string(),
    brand_id: z.string(),
    request_id: z.string(),
    duration_ms: z.number(),
    tokens_used: z.bigint(),
    cost_usd: z.string(),
    status: z.string(),
    error_message: z.string(),
    model_used: z.string(),
    accuracy_score: z.string(),
    code: z.string(),
  })
  const sql = "select *, json_value(metadata, '$.code') as code from observability_events_latest"
  expect(await read(tenant, sql, Row)).toEqual([
    {
      event_id: event.id,
      class: 'fact',
      event_type: 'data.sync_failed',
      timestamp: event.time,
      brand_id: brandId,
      request_id: 'test-request',
      duration_ms: 12.5,
      tokens_used: 7n,
      cost_usd: '0.000000123',
      status: 'failure',
      error_message: 'Down.',
      model_used: 'm',
      accuracy_score: '0.8',
      code: 'PROVIDER_UNAVAILABLE',
    },
  ])
})

test('eight deliveries of a fact at once are one row', async () => {
  const tenant = await provisioned('eight')
  const event = await recordedFact(database, 'data.sync_failed', {
    tenantId: tenant.tenantId,
    data: syncFailed(tenant),
  })
  await deliverEightfold(deliver, event)
  expect(await countOf(tenant, 'observability_events_latest')).toBe(1n)
})

test('a fact that Postgres does not show is delivered again', async () => {
  const tenant = await provisioned('invisible')
  const { tenantId } = tenant
  await expect(deliver(delivery('data.sync_failed', { tenantId, data: syncFailed(tenant) }))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })
  expect(warehouse.inserts).toEqual([])
})

test('each tenant has its facts in its own dataset, and cannot pull another tenant’s into it', async () => {
  const [mine, theirs] = [await provisioned('mine'), await provisioned('theirs')]
  const event = await recordedFact(database, 'data.sync_failed', { tenantId: mine.tenantId, data: syncFailed(mine) })
  await deliver(event)
  await expect(deliver({ ...event, tenantid: theirs.tenantId })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(await countOf(mine, 'observability_events')).toBe(1n)
  expect(await countOf(theirs, 'observability_events')).toBe(0n)
})

test('while the tenant is being provisioned the delivery waits, then nothing is missing', async () => {
  const tenant = await createTenant('early')
  await database.asAdmin("update tenants set status = 'provisioning' where id = $1", [tenant.tenantId])
  const event = await recordedFact(database, 'data.sync_failed', {
    tenantId: tenant.tenantId,
    data: syncFailed(tenant),
  })
  await expect(deliver(event)).rejects.toMatchObject({ code: 'NOT_YET', retry: true })
  await database.asAdmin("update tenants set status = 'active' where id = $1", [tenant.tenantId])
  await expect(deliver(event)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await provisionTenant(tenant.tenantId)
  await deliver(event)
  expect(await countOf(tenant, 'observability_events_latest')).toBe(1n)
})

test('a telemetry batch arrives line by line', async () => {
  const tenant = await provisioned('telemetry')
  const { tenantId } = tenant
  const [userId, sessionId] = [uuidv7(), uuidv7()]
  const line = (duration_ms: number) => ({
    event_id: uuidv7(),
    event_type: 'api.response' as const,
    timestamp: '2026-11-10T12:00:00.000Z',
    brand_id: null,
    user_id: userId,
    session_id: sessionId,
    request_id: 'r1',
    duration_ms,
    status: 'success' as const,
    error_message: null,
    metadata: { http_status: 200 },
  })
  const batch = delivery('telemetry.batch', { tenantId, data: { events: [line(1), line(2)] } })
  await deliverEightfold(deliver, batch)
  const Row = z.object({ class: z.string(), user_id: z.string(), duration_ms: z.number(), http_status: z.string() })
  const sql =
    "select class, user_id, duration_ms, json_value(metadata, '$.http_status') as http_status from observability_events_latest order by duration_ms"
  const expected = { class: 'telemetry', user_id: userId, http_status: '200' }
  expect(await read(tenant, sql, Row)).toEqual([
    { ...expected, duration_ms: 1 },
    { ...expected, duration_ms: 2 },
  ])
})

test('an alert’s row follows its facts, in whichever order they come', async () => {
  const tenant = await provisioned('alerts')
  const alertId = uuidv7()
  const { tenantId, brandId } = tenant
  await database.asAdmin(
    `insert into alerts (tenant_id, alert_id, brand_id, rule, cause, severity, title, message, details, raised_at)
      values ($1, $2, $3, 'error_rate', 'error_rate', 'critical', 'Errors', 'Many.', '{"n": 1}', '2026-11-10T12:00:00Z')`,
    [tenantId, alertId, brandId],
  )
  const named = { alert_id: alertId, rule: 'error_rate', cause: 'error_rate' }
  const data = { ...named, severity: 'critical' as const, title: 'Errors' }
  const raised = await recordedFact(database, 'alert.raised', { tenantId, data })
  await deliver(raised)
  const Row = z.object({ status: z.string(), resolved_at: z.string().nullable(), n: z.string() })
  const sql = "select status, resolved_at, json_value(details, '$.n') as n from alerts_latest"
  expect(await read(tenant, sql, Row)).toEqual([{ status: 'open', resolved_at: null, n: '1' }])
  await database.asAdmin(
    `update alerts set status = 'resolved', resolved_at = '2026-11-10T13:00:00Z' where alert_id = $1`,
    [alertId],
  )
  await deliver(await recordedFact(database, 'alert.resolved', { tenantId, data: named }))
  await deliver(raised)
  expect(await read(tenant, sql, Row)).toEqual([
    { status: 'resolved', resolved_at: '2026-11-10T13:00:00.000Z', n: '1' },
  ])
  expect(await countOf(tenant, 'observability_events_latest')).toBe(2n)
})

test('a recommendation’s row is in its last state, with what came of it, in whichever order its facts come', async () => {
  const tenant = await provisioned('advice')
  const { tenantId, brandId } = tenant
  const id = uuidv7()
  await database.asAdmin(
    `insert into recommendations (tenant_id, brand_id, recommendation_id, kind, cause, title, body, currency, basis, confidence, created_at, updated_at)
     values ($1, $2, $3, 'reduce_budget', 'c', 't', '{"where": []}', 'USD', 'revenue', 'medium', '2026-11-10T12:00:00Z', '2026-11-10T12:00:00Z')`,
    [tenantId, brandId, id],
  )
  const data = { recommendation_id: id, kind: 'reduce_budget', cause: 'c', title: 't' }
  const generated = await recordedFact(database, 'recommendation.generated', { tenantId, data })
  await deliver(generated)
  const Row = z.object({
    status: z.string(),
    decided_at: z.string().nullable(),
    spend_before_micros: z.bigint().nullable(),
    credited_after_micros: z.bigint().nullable(),
  })
  const sql = 'select status, decided_at, spend_before_micros, credited_after_micros from recommendations_latest'
  const open = { status: 'open', decided_at: null, spend_before_micros: null, credited_after_micros: null }
  expect(await read(tenant, sql, Row)).toEqual([open])
  await database.asAdmin(
    `update recommendations set status = 'accepted', decided_at = '2026-11-10T13:00:00Z', outcome_measured_at = '2026-12-12T13:00:00Z',
       outcome = '{"before": {"spend": 2.5, "credited_net": null}, "after": {"spend": 1, "credited_net": 0.000001}}' where recommendation_id = $1`,
    [id],
  )
  await deliverEightfold(deliver, await recordedFact(database, 'recommendation.measured', { tenantId, data }))
  await deliver(generated)
  expect(await read(tenant, sql, Row)).toEqual([
    {
      ...{ status: 'accepted', decided_at: '2026-11-10T13:00:00.000Z' },
      ...{ spend_before_micros: 2_500_000n, credited_after_micros: 1n },
    },
  ])
})

test('a call of a model is a row with its costs by kind, once', async () => {
  const tenant = await provisioned('charged')
  const { tenantId } = tenant
  const callId = uuidv7()
  const data = {
    ...{ call_id: callId, question_id: null, operation: 'ask_question', outcome: 'complete' },
    ...{ input_tokens: 10, cache_write_tokens: 3, cache_read_tokens: 4, output_tokens: 5 },
  }
  const charged = await recordedFact(database, 'ai.tokens_used', { tenantId, data })
  await expect(deliver(charged)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await database.asAdmin(
    `insert into ai_token_usage (tenant_id, call_id, operation, model, outcome, input_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
       cache_read_tokens, output_tokens, input_cost_usd, total_cost_usd, called_at)
     values ($1, $2, 'ask_question', 'm', 'complete', 10, 1, 2, 4, 5, 0.0000000004, 1.5, '2026-11-10T12:00:00Z')`,
    [tenantId, callId],
  )
  await deliverEightfold(deliver, charged)
  const Row = z.object({
    ...{ cache_write_1h_tokens: z.bigint(), input_cost_usd: z.string(), output_cost_usd: z.string().nullable() },
    ...{ total_cost_usd: z.string(), called_at: z.string() },
  })
  const sql =
    'select cache_write_1h_tokens, input_cost_usd, output_cost_usd, total_cost_usd, called_at from ai_token_usage_latest'
  expect(await read(tenant, sql, Row)).toEqual([
    {
      ...{ cache_write_1h_tokens: 2n, input_cost_usd: '0', output_cost_usd: null },
      ...{ total_cost_usd: '1.5', called_at: '2026-11-10T12:00:00.000Z' },
    },
  ])
})

test('a text’s row is what was written last: our own sentences give way to the model’s, though they come later', async () => {
  const tenant = await provisioned('told')
  const { tenantId, brandId } = tenant
  const id = uuidv7()
  await database.asAdmin(
    `insert into insights (tenant_id, insight_id, brand_id, day, text, body, written_at) values ($1, $2, $3, '2026-11-09', 'Ours.', '{"parts": []}', '2026-11-10T12:00:00Z')`,
    [tenantId, id, brandId],
  )
  const named = { insight_id: id, day: '2026-11-09', recommendation_id: null, alert_id: null }
  const written = (written_by: 'template' | 'claude') =>
    recordedFact(database, 'insight.written', { tenantId, brandId, data: { ...named, written_by } })
  const ours = await written('template')
  await deliver(ours)
  const Row = z.object({ day: z.string(), text: z.string(), written_by: z.string(), cost_usd: z.string() })
  const sql = 'select `day`, text, written_by, cost_usd from insights_latest'
  const row = { day: '2026-11-09', text: 'Ours.', written_by: 'template', cost_usd: '0' }
  expect(await read(tenant, sql, Row)).toEqual([row])
  await database.asAdmin(
    `update insights set text = 'Theirs.', written_by = 'claude', model = 'm', cost_usd = 0.0000000019 where insight_id = $1`,
    [id],
  )
  await deliverEightfold(deliver, await written('claude'))
  await deliver(ours)
  const theirs = { ...row, text: 'Theirs.', written_by: 'claude', cost_usd: '0.000000002' }
  expect(await read(tenant, sql, Row)).toEqual([theirs])
})

type Part = { day: string; part: 'store' | 'ads'; campaign?: string; spend?: number; orders?: string; version: number }

async function readModel({ tenantId, brandId }: TestTenant, ...parts: Part[]) {
  await database.asAdmin('delete from unified_performance where tenant_id = $1', [tenantId])
  for (const { day, part, campaign = '', spend = null, orders = null, version } of parts)
    await database.asAdmin(
      `insert into unified_performance (tenant_id, brand_id, day, part, campaign_id, currency, spend_micros, orders, version)
        values ($1, $2, $3, $4, $5, 'USD', $6, $7, $8)`,
      [tenantId, brandId, day, part, campaign, spend, orders, version],
    )
}

const performance = ({ tenantId, brandId }: TestTenant, ...days: string[]) =>
  delivery('performance.updated', { tenantId, data: { brand_id: brandId, days } })
const PerformanceRow = z.object({
  day: z.string(),
  campaign_id: z.string(),
  spend_micros: z.bigint().nullable(),
  orders: z.string().nullable(),
})
const latest = (tenant: TestTenant) =>
  read(
    tenant,
    'select `day`, campaign_id, spend_micros, orders from unified_performance_latest order by `day`, campaign_id',
    PerformanceRow,
  )

test('the named days arrive, a newer version replaces a day whole, and deliveries may repeat and overtake', async () => {
  const tenant = await provisioned('performance')
  await readModel(
    tenant,
    { day: '2026-11-01', part: 'store', orders: '2.5', version: 1 },
    { day: '2026-11-01', part: 'ads', campaign: 'kept', spend: 5, version: 1 },
    { day: '2026-11-01', part: 'ads', campaign: 'vanished', spend: 6, version: 1 },
    { day: '2026-11-02', part: 'store', version: 1 },
  )
  const first = performance(tenant, '2026-11-01')
  await deliverEightfold(deliver, first)
  expect(await latest(tenant)).toEqual([
    { day: '2026-11-01', campaign_id: '', spend_micros: null, orders: '2.5' },
    { day: '2026-11-01', campaign_id: 'kept', spend_micros: 5n, orders: null },
    { day: '2026-11-01', campaign_id: 'vanished', spend_micros: 6n, orders: null },
  ])
  await readModel(
    tenant,
    { day: '2026-11-01', part: 'store', orders: '3', version: 2 },
    { day: '2026-11-01', part: 'ads', campaign: 'kept', spend: 7, version: 2 },
  )
  await deliver(performance(tenant, '2026-11-01', '2026-11-01'))
  await deliver(first)
  expect(await latest(tenant)).toEqual([
    { day: '2026-11-01', campaign_id: '', spend_micros: null, orders: '3' },
    { day: '2026-11-01', campaign_id: 'kept', spend_micros: 7n, orders: null },
  ])
})

test('a delivery that breaks off between the campaigns and the store leaves the old version whole', async () => {
  const tenant = await provisioned('broken off')
  const day = '2026-11-01'
  await readModel(tenant, { day, part: 'store', version: 1 }, { day, part: 'ads', campaign: 'a', spend: 1, version: 1 })
  await deliver(performance(tenant, day))
  await readModel(tenant, { day, part: 'store', version: 2 }, { day, part: 'ads', campaign: 'b', spend: 2, version: 2 })
  const down = async () => Response.json({ error: { code: 403, message: 'quota' } }, { status: 403 })
  warehouse.faults.push(({ forward }) => forward(), down)
  await expect(deliver(performance(tenant, day))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect((await latest(tenant)).map((row) => row.campaign_id)).toEqual(['', 'a'])
  await deliver(performance(tenant, day))
  expect((await latest(tenant)).map((row) => row.campaign_id)).toEqual(['', 'b'])
})

test('a campaign that BigQuery refuses parks the delivery with its reason and leaves the old version whole', async () => {
  const tenant = await provisioned('refused')
  const day = '2026-11-01'
  await readModel(tenant, { day, part: 'store', version: 1 }, { day, part: 'ads', campaign: 'a', spend: 1, version: 1 })
  await deliver(performance(tenant, day))
  await readModel(tenant, { day, part: 'store', version: 2 }, { day, part: 'ads', campaign: 'b', spend: 2, version: 2 })
  warehouse.faults.push(rowErrors({ index: 0, reason: 'invalid', message: 'too long' }))
  await expect(deliver(performance(tenant, day))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('too long'),
  })
  expect((await latest(tenant)).map((row) => row.campaign_id)).toEqual(['', 'a'])
  await deliver(performance(tenant, day))
  expect((await latest(tenant)).map((row) => row.campaign_id)).toEqual(['', 'b'])
})

test('one brand’s days do not touch another’s, nor another tenant’s', async () => {
  const [tenant, other] = [await provisioned('one'), await provisioned('other')]
  await readModel(tenant, { day: '2026-11-01', part: 'store', version: 1 })
  await readModel(other, { day: '2026-11-01', part: 'store', version: 1 })
  await deliver(performance({ ...tenant, brandId: other.brandId }, '2026-11-01'))
  expect(await latest(tenant)).toEqual([])
  await deliver(performance(tenant, '2026-11-01'))
  expect(await latest(tenant)).toHaveLength(1)
  expect(await latest(other)).toEqual([])
})
