import { beforeAll, expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { keepYesterday } from '../../../functions/maintain/chores/keep-figures.ts'
import { maintain } from '../../../functions/maintain/maintain.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery, setClock } from './deliveries.ts'

const database = useDatabase()
const pubsub = usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)
const FIRST = Date.parse('2026-06-01')
const DAY_MS = 86_400_000
const dayOf = (index: number): string => new Date(FIRST + index * DAY_MS).toISOString().slice(0, 10)

let tenant: TestTenant
const store = (index: number, net: number, orders: number) =>
  database.asAdmin(
    `insert into unified_performance (tenant_id, brand_id, day, part, currency, version, net_micros, orders)
     values ($1, $2, $3, 'store', 'USD', 1, $4, $5)
     on conflict (tenant_id, brand_id, day, part, model, ledger, bucket, provider, campaign_id) do update
     set net_micros = excluded.net_micros, orders = excluded.orders`,
    [tenant.tenantId, tenant.brandId, dayOf(index), Math.round(net * 1e6), orders],
  )
/** Weekends sell half; a small saw keeps the days from being all alike. */
const usual = (index: number): number => (index % 7 >= 5 ? 500 : 1_000) * (1 + ((index * 7) % 5) / 100)

/** The morning after that day. */
async function morningAfter(index: number): Promise<void> {
  setClock(`${dayOf(index + 1)}T03:30:00Z`)
  await asSystem(PLATFORM_TENANT_ID, () => maintain([keepYesterday]))
  const data = { brand_id: tenant.brandId, day: dayOf(index) }
  await deliverEightfold(deliver, delivery('figures.kept', { tenantId: tenant.tenantId, data }))
}
const alerts = () =>
  database.asAdmin<{ cause: string; status: string }>(
    'select cause, status from alerts where tenant_id = $1 order by raised_at, cause',
    [tenant.tenantId],
  )

beforeAll(async () => {
  tenant = await createTenant('acme')
  for (let index = 0; index < 70; index += 1) await store(index, usual(index), Math.round(usual(index) / 10))
  await database.asAdmin(
    `insert into sync_state (tenant_id, integration_id, stream, complete_until, updated_at) values ($1, $2, 'orders', $3, now())`,
    [tenant.tenantId, tenant.integrationId, `${dayOf(73)}T00:00:00Z`],
  )
})

test('days are judged as they stood the morning after: an hour without sales is one alert, however often it is told', async () => {
  await morningAfter(69)
  expect(await alerts()).toEqual([])
  expect(pubsub.published('figures.kept')).toHaveLength(1)
  // Nothing was sold on two days: they have no rows, and everything was read beyond them.
  await morningAfter(70)
  await morningAfter(71)
  // Net sales and orders fell together: that is one cause.
  expect(await alerts()).toEqual([{ cause: `anomaly:${tenant.brandId}:below`, status: 'open' }])
  const [told] = await database.asAdmin('select title, details from alerts where tenant_id = $1', [tenant.tenantId])
  expect(told).toMatchObject({
    title: expect.stringMatching(/^(Net sales|Orders) and 1 other figure of acme brand fell below what is usual$/),
    details: { direction: 'below', day: dayOf(70), figures: [{ day: dayOf(70) }, { day: dayOf(70) }] },
  })
})

test('what comes in late changes no judgement; two usual days end it', async () => {
  await store(70, usual(70), 100)
  await morningAfter(71)
  expect((await alerts()).map(({ status }) => status)).toEqual(['open'])
  await store(72, usual(72), 100)
  await store(73, usual(73), 100)
  await morningAfter(72)
  await morningAfter(73)
  expect((await alerts()).map(({ status }) => status)).toEqual(['resolved'])
})

test('a day that was not read to its end is unknown, not zero', async () => {
  await morningAfter(74)
  await morningAfter(75)
  expect((await alerts()).filter(({ status }) => status === 'open')).toEqual([])
})

test('a figure that joins on a later day is in the open alert’s text; nobody is told again, and an old day changes nothing', async () => {
  tenant = await createTenant('joined')
  for (let index = 0; index < 74; index += 1)
    await store(index, index < 70 ? usual(index) : 100, Math.round((index < 72 ? usual(index) : 100) / 10))
  await database.asAdmin(
    `insert into sync_state (tenant_id, integration_id, stream, complete_until, updated_at) values ($1, $2, 'orders', $3, now())`,
    [tenant.tenantId, tenant.integrationId, `${dayOf(75)}T00:00:00Z`],
  )
  const told = async () =>
    await database.asAdmin<{ title: string; figures: number; message: string }>(
      `select title, message, jsonb_array_length(details -> 'figures') as figures from alerts where tenant_id = $1`,
      [tenant.tenantId],
    )
  for (const index of [69, 70, 71]) await morningAfter(index)
  const [first, ...more] = await told()
  expect([first?.title, first?.figures, more]).toEqual(['Net sales of joined brand fell below what is usual', 1, []])
  for (const index of [72, 73]) await morningAfter(index)
  const joined = await told()
  expect(joined).toMatchObject([{ title: expect.stringContaining('and 1 other figure'), figures: 2 }])
  expect(joined[0]?.message).toContain(`${dayOf(72)} orders`)
  expect(pubsub.published('alert.raised')).toHaveLength(1)
  await deliver(
    delivery('figures.kept', { tenantId: tenant.tenantId, data: { brand_id: tenant.brandId, day: dayOf(71) } }),
  )
  expect(await told()).toEqual(joined)
})
