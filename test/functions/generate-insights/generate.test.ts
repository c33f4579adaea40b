import { beforeAll, expect, test } from 'vitest'
import { generateInsights } from '../../../functions/generate-insights/generate.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { decide } from '../../../shared/operations/recommendations/decide.ts'
import { onWire, readRecommendation } from '../../../shared/operations/recommendations/recommendation.ts'
import { seededRandom } from '../../../shared/recommendations/random.ts'
import { useClaude } from '../../support/claude.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson } from '../../support/people.ts'
import { asSystem, asUser, createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery, setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
useCloud()
const claude = useClaude()
const deliver = deliverTo('generate-insights', { 'orders.attributed': generateInsights })
const FIRST = Date.parse('2026-05-01')
const DAYS = 185
const dayOf = (index: number): string => new Date(FIRST + index * 86_400_000).toISOString().slice(0, 10)
let tenant: TestTenant

/** A campaign far beyond its bend: half of what it can bring at all costs 60 a day, and it spends 400. */
async function advertise({ tenantId, brandId }: TestTenant): Promise<void> {
  const next = seededRandom('campaign')
  let budget = 0
  const rows = Array.from({ length: DAYS }, (_, index) => {
    if (index % 14 === 0) budget = index >= DAYS - 31 ? 400 : 80 * 5 ** next()
    const spend = budget * (0.9 + 0.2 * next())
    return { day: dayOf(index), spend, net: ((600 * spend) / (60 + spend)) * (0.8 + 0.4 * next()) }
  })
  await database.asAdmin(
    `insert into campaigns (tenant_id, brand_id, provider, campaign_id, account_id, name, status, daily_budget_micros, currency, fetched_at)
     values ($1, $2, 'meta', '7', '1', 'Spring', 'ACTIVE', 500000000, 'USD', now())`,
    [tenantId, brandId],
  )
  await database.asAdmin(
    `insert into unified_performance (tenant_id, brand_id, day, part, model, ledger, bucket, provider, campaign_id, currency, version,
       spend_micros, net_micros)
     select $1, $2, r.day, p.part, p.model, p.ledger, p.bucket, 'meta', '7', 'USD', 1,
       case when p.part = 'ads' then round(r.spend * 1e6) end, case when p.part = 'credit' then round(r.net * 1e6) end
     from jsonb_to_recordset($3::jsonb) r (day date, spend numeric, net numeric)
       cross join (values ('ads', '', '', ''), ('credit', 'last', 'touch', 'campaign')) p (part, model, ledger, bucket)`,
    [tenantId, brandId, JSON.stringify(rows)],
  )
}

const attributed = ({ tenantId, brandId }: TestTenant) =>
  delivery('orders.attributed', { tenantId, data: { brand_id: brandId, days: [] } })
type Row = {
  recommendation_id: string
  kind: string
  status: string
  basis: string
  body: object
  expected_low_micros: string
}
const kept = () =>
  database.asAdmin<Row>('select * from recommendations where tenant_id = $1 order by created_at', [tenant.tenantId])
/** Hours after the last day. */
const at = (hours: number): void => setClock(new Date(FIRST + DAYS * 86_400_000 + hours * 3_600_000))

beforeAll(async () => {
  tenant = await createTenant('acme')
  await advertise(tenant)
})

test('a saturated campaign is named once, with a budget that is lower, however often orders are attributed', async () => {
  at(1)
  await deliverEightfold(deliver, attributed(tenant))
  at(3)
  await deliver(attributed(tenant))
  expect(await kept()).toMatchObject([
    {
      kind: 'reduce_budget',
      status: 'open',
      basis: 'revenue',
      body: {
        where: [
          { provider: 'meta', campaign_id: '7', campaign: 'Spring', budget_from: 500, budget_to: expect.any(Number) },
        ],
      },
    },
  ])
  const [{ body, expected_low_micros } = { body: {}, expected_low_micros: '0' }] = await kept()
  expect(body).toHaveProperty(
    'evidence.0.marginal_return_high',
    expect.toSatisfy((high: number) => high < 0.9),
  )
  expect(body).toHaveProperty(
    'where.0.budget_to',
    expect.toSatisfy((to: number) => to < 400 && to >= 350),
  )
  expect(Number(expected_low_micros)).toBeGreaterThan(0)
  const facts = await database.asAdmin(
    "select metadata from observability_events where event_type = 'recommendation.generated'",
  )
  expect(facts.length).toBe(1)
})

test('the rules look once an hour at most', async () => {
  await database.asAdmin('update recommendations set title = $2 where tenant_id = $1', [tenant.tenantId, 'as it was'])
  at(3.5)
  await deliver(attributed(tenant))
  expect(await kept()).toMatchObject([{ title: 'as it was' }])
})

const explanation = async (): Promise<object> => {
  const [{ recommendation_id } = { recommendation_id: '' }] = await kept()
  const row = await asSystem(tenant.tenantId, () => transaction((db) => readRecommendation(db, recommendation_id)))
  return onWire(row).explanation
}

test('it is explained once a day at most, and with figures that are no more the explanation goes', async () => {
  expect(await explanation()).toMatchObject({
    written_by: 'claude',
    text: expect.stringMatching(/USD [\d,.]+ \(Expected effect of 28 days\)/),
  })
  const before = claude.requests().length
  await database.asAdmin('update recommendations set changed_at = now() where tenant_id = $1', [tenant.tenantId])
  expect(await explanation()).toMatchObject({ written_by: 'template' })
  at(4.1)
  await deliver(attributed(tenant))
  expect(claude.requests().length).toBe(before)
  at(26)
  await deliver(attributed(tenant))
  at(28)
  await deliver(attributed(tenant))
  expect(claude.requests().length).toBe(before + 1)
  expect(await explanation()).toMatchObject({ written_by: 'claude' })
})

test('what a person has dismissed does not come back the next hour; what has no cause any more expires', async () => {
  const [first] = await kept()
  await database.asAdmin(
    `insert into recommendations (tenant_id, brand_id, recommendation_id, kind, cause, title, body, currency, basis, confidence, created_at, updated_at)
     select tenant_id, brand_id, uuidv7(), kind, 'another', title, body, currency, basis, confidence, now() + interval '1 year', now()
     from recommendations where tenant_id = $1`,
    [tenant.tenantId],
  )
  const { userId } = await createPerson(tenant.tenantId, { role: 'manager' })
  const decision = { status: 'dismissed', reason: 'A launch.' } as const
  await asUser({ tenantId: tenant.tenantId, userId, role: 'manager' }, () =>
    transaction((db) => decide(db, first?.recommendation_id ?? '', decision)),
  )
  at(30)
  await deliver(attributed(tenant))
  expect((await kept()).map(({ status }) => status)).toEqual(['dismissed', 'expired'])
})
