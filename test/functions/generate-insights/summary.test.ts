import { beforeAll, beforeEach, expect, it } from 'vitest'
import { generateInsights } from '../../../functions/generate-insights/generate.ts'
import { forgetSecret } from '../../../shared/cloud/secrets.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { openShop } from '../../shared/operations/questions/shop.ts'
import { useApi } from '../../support/api.ts'
import { useClaude } from '../../support/claude.ts'
import { setSecret, useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery, setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
useCloud()
const claude = useClaude()
const call = useApi()
const deliver = deliverTo('generate-insights', { 'orders.attributed': generateInsights })
const today = new Date().toISOString().slice(0, 10)
const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10)
let tenant: TestTenant

/** How far the connection has read. */
const readUntil = (instant: string) =>
  database.asAdmin(
    `insert into sync_state as s (tenant_id, integration_id, run_id, stream, complete_until, updated_at)
     values ($1, $2, '00000000-0000-0000-0000-000000000000', 'orders', $3, now())
     on conflict (tenant_id, integration_id, run_id, stream) do update set complete_until = excluded.complete_until`,
    [tenant.tenantId, tenant.integrationId, instant],
  )
const attributed = () =>
  delivery('orders.attributed', { tenantId: tenant.tenantId, data: { brand_id: tenant.brandId, days: [yesterday] } })
type Row = { day: string; written_by: string; reason: string | null; text: string; cost_usd: string | null }
const readBack = async (query = '') => {
  const { token } = await signIn(tenant.tenantId, 'analyst')
  return call(`/api/brands/${tenant.brandId}/summary${query}`, { token })
}
const told = () =>
  database.asAdmin<Row>('select day::text, written_by, reason, text, cost_usd from insights order by day')
const calls = () =>
  database.asAdmin('select operation, outcome, brand_id, question_id from ai_token_usage order by called_at')

beforeAll(async () => {
  tenant = await createTenant('acme')
  await openShop(database, tenant, ['Summer dresses', 'Winter coats'])
})
beforeEach(async () => {
  claude.behave({ mode: 'honest', next: [] })
  setClock(`${today}T08:00:00Z`)
  await readUntil(`${today}T07:00:00Z`)
  for (const table of ['insights', 'ai_token_usage', 'touched_days']) await database.asAdmin(`delete from ${table}`)
})

it('waits for the connections and for the credits of their orders, for one that fails until noon', async () => {
  await readUntil(`${yesterday}T23:00:00Z`)
  await deliver(attributed())
  await readUntil(`${today}T07:00:00Z`)
  await database.asAdmin('insert into touched_days values ($1, $2, $3, now())', [
    ...[tenant.tenantId, tenant.brandId, yesterday],
  ])
  await deliver(attributed())
  expect(await told()).toEqual([])
  await database.asAdmin('delete from touched_days')
  await readUntil(`${yesterday}T23:00:00Z`)
  setClock(`${today}T12:00:00Z`)
  await deliver(attributed())
  await database.asAdmin("update integrations set sync_error_code = 'PROVIDER_UNAVAILABLE'")
  setClock(`${today}T11:59:00Z`)
  await deliver(attributed())
  expect(await told()).toEqual([])
  setClock(`${today}T12:00:00Z`)
  await deliver(attributed())
  await database.asAdmin('update integrations set sync_error_code = null')
  expect(await told()).toMatchObject([{ day: yesterday, written_by: 'claude' }])
  expect((await readBack()).body).toMatchObject({ summary: { late: ['shopify'] } })
})

it('is written once for a day, and paid for once, however often and at once it is asked for', async () => {
  const before = claude.requests().length
  await deliverEightfold(deliver, attributed())
  setClock(`${today}T20:00:00Z`)
  await deliver(attributed())
  expect(await told()).toMatchObject([{ day: yesterday, written_by: 'claude', reason: null }])
  expect(await calls()).toEqual([
    { operation: 'dashboard_summary', outcome: 'complete', brand_id: tenant.brandId, question_id: null },
  ])
  expect(claude.requests().length - before).toBe(1)
  const facts = await database.asAdmin<{ written_by: string }>(
    `select metadata ->> 'written_by' as written_by from observability_events e join insights i on e.metadata ->> 'insight_id' = i.insight_id::text
     where event_type = 'insight.written' order by "timestamp", event_id`,
  )
  expect(facts.map(({ written_by }) => written_by)).toEqual(['template', 'claude'])
  expect(
    claude
      .requests()
      .at(-1)
      ?.tools.map(({ name }) => name),
  ).toEqual(['calculate'])
  const answer = await readBack()
  expect(answer).toMatchObject({ status: 200, body: { summary: { day: yesterday, written_by: 'claude', late: [] } } })
  expect(answer.body).toHaveProperty('summary.text', expect.stringMatching(/USD 299\.00 \(Net sales, \d+ \w+ \d{4}\)/))
})

it('is not asked for again while a model hangs, nor when it did not answer in time', async () => {
  const before = claude.requests().length
  claude.behave({ next: ['hang'] })
  process.env.AI_DEADLINE_MS = '300'
  forgetConfig()
  const hanging = deliver(attributed())
  await expect.poll(() => claude.requests().length).toBe(before + 1)
  await deliver(attributed())
  expect(await told()).toMatchObject([{ written_by: 'template', reason: null }])
  await hanging
  delete process.env.AI_DEADLINE_MS
  forgetConfig()
  await deliver(attributed())
  expect(await told()).toMatchObject([{ written_by: 'template', reason: 'too_late' }])
  expect(claude.requests().length).toBe(before + 1)
})

const spend = (usd: number) =>
  database.asAdmin(
    `insert into ai_budgets (tenant_id, month, spent_usd) values ($1, date_trunc('month', $3::timestamptz at time zone 'UTC'), $2)
     on conflict (tenant_id, month) do update set spent_usd = excluded.spent_usd`,
    [tenant.tenantId, usd, today],
  )
const setKey = async (key: string): Promise<void> => {
  await setSecret(process.env.CLOUD_ENDPOINT ?? '', 'ANTHROPIC_API_KEY', key)
  forgetSecret('ANTHROPIC_API_KEY')
}

it.each([
  ['the API is down', 'provider_unavailable', async () => claude.behave({ next: ['overloaded', 'overloaded'] })],
  ['figures are written out', 'unproven', async () => claude.behave({ mode: 'bare' })],
  ['half of the budget is used up', 'budget_exhausted', () => spend(9.99)],
  ['no key is set', 'not_configured', () => setKey('')],
] as const)('is told in the server’s own sentences, and marked so, when %s', async (_, reason, arrange) => {
  await arrange()
  await deliver(attributed())
  await spend(0)
  await setKey('sk-ant-test')
  const [row] = await told()
  expect(row).toMatchObject({ written_by: 'template', reason })
  expect(row?.text).toMatch(/^The day:\n- Net sales: USD 299\.00 \(Net sales, .*\), a change of 0\.3%/)
  const { body } = await readBack(`?day=${today}`)
  expect(body).toMatchObject({ summary: { written_by: 'template', reason, text: row?.text } })
})
