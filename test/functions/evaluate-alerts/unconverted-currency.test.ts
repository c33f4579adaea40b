import { expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { prepareRows, upsertRows } from '../../../shared/db/upsert.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { order } from '../../support/rows.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold, deliverTo, delivery } from './deliveries.ts'

const database = useDatabase()
const pubsub = usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)

const attributed = ({ tenantId, brandId }: TestTenant, ...days: string[]) =>
  delivery('orders.attributed', { tenantId, data: { brand_id: brandId, days } })
const alertsOf = ({ tenantId }: TestTenant) =>
  database.asAdmin<{ cause: string; status: string; details: object }>(
    'select cause, status, details from alerts where tenant_id = $1 order by cause, raised_at',
    [tenantId],
  )
const store = (tenant: TestTenant, ...orders: ReturnType<typeof order>[]) =>
  asSystem(tenant.tenantId, () =>
    transaction((db) =>
      upsertRows(
        db,
        prepareRows(
          { orders },
          { tenant_id: tenant.tenantId, brand_id: tenant.brandId, integration_id: tenant.integrationId },
        ),
      ),
    ),
  )
const spend = (tenant: TestTenant, day: string, currency: string) =>
  database.asAdmin(
    `insert into ad_performance (tenant_id, brand_id, provider, campaign_id, day, account_id, campaign_name, currency, spend_micros,
      impressions, clicks, fetched_at) values ($1, $2, 'meta', 'c1', $3, 'a1', 'Campaign', $4, 1, 1, 1, now())`,
    [tenant.tenantId, tenant.brandId, day, currency],
  )

test('rows in other currencies raise one alert per currency, with how many rows there are in all', async () => {
  const tenant = await createTenant('two currencies')
  await store(
    tenant,
    order('1', { currency: 'EUR' }),
    order('2', { currency: 'EUR', day: '2026-10-01' }),
    order('3'),
    order('4', { currency: 'GBP', is_test: true }),
  )
  await spend(tenant, '2026-11-01', 'JPY')
  await deliverEightfold(deliver, attributed(tenant, '2026-11-01'))
  const cause = (currency: string) => `unconverted_currency:${tenant.brandId}:${currency}`
  expect(await alertsOf(tenant)).toEqual([
    { cause: cause('EUR'), status: 'open', details: { currency: 'EUR', brand_currency: 'USD', orders: 2, ad_days: 0 } },
    { cause: cause('JPY'), status: 'open', details: { currency: 'JPY', brand_currency: 'USD', orders: 0, ad_days: 1 } },
  ])
  expect(pubsub.published('alert.raised')).toHaveLength(2)
})

test('rows with a rate raise none; the alert counts those without, and is cleared when the last of them has one', async () => {
  const tenant = await createTenant('rates')
  const rated = (day: string, currency: string, rate: string | null) =>
    database.asAdmin(
      `insert into brand_rates (tenant_id, brand_id, day, currency, base, rate, rate_day, source)
       values ($1, $2, $3, $4, 'USD', $5, $6, $7)
       on conflict (tenant_id, brand_id, day, currency) do update set rate = excluded.rate, rate_day = excluded.rate_day, source = excluded.source`,
      [tenant.tenantId, tenant.brandId, day, currency, ...(rate === null ? [null, null, null] : [rate, day, 'ECB'])],
    )
  await store(
    tenant,
    order('1', { currency: 'EUR' }),
    order('2', { currency: 'GBP' }),
    order('3', { currency: 'GBP', day: '2026-11-02' }),
  )
  await rated('2026-11-01', 'EUR', '1.16')
  await rated('2026-11-01', 'GBP', '1.32')
  await rated('2026-11-02', 'GBP', null)
  await deliver(attributed(tenant, '2026-11-01', '2026-11-02'))
  expect(await alertsOf(tenant)).toMatchObject([{ status: 'open', details: { currency: 'GBP', orders: 1 } }])
  await rated('2026-11-02', 'GBP', '1.32')
  // One that came after its day was made has no rate of its own yet.
  await database.asAdmin(
    `insert into fx_rates (currency, day, rate, fetched_at) values ('USD', '2026-10-30', 1.16, now()), ('SEK', '2026-10-30', 11, now())`,
  )
  await store(tenant, order('4', { currency: 'SEK', day: '2026-11-02' }))
  await deliver(attributed(tenant, '2026-11-02'))
  expect(await alertsOf(tenant)).toMatchObject([{ status: 'resolved' }])
  await database.asAdmin('delete from fx_rates')
})

test('it is cleared when no row is left, not when other days are looked at', async () => {
  const tenant = await createTenant('cleared')
  await store(tenant, order('1', { currency: 'EUR' }))
  await deliver(attributed(tenant, '2026-11-01'))
  await deliver(attributed(tenant, '2026-11-02'))
  expect(await alertsOf(tenant)).toMatchObject([{ status: 'open' }])
  await store(tenant, order('1', { currency: 'USD', updated_at: '2026-11-02T00:00:00.000Z', content_hash: 'h2' }))
  await deliver(attributed(tenant, '2026-11-02'))
  expect(await alertsOf(tenant)).toMatchObject([{ status: 'resolved' }])
})

test('it is cleared when the brand takes over that currency', async () => {
  const tenant = await createTenant('takes over')
  await store(tenant, order('1', { currency: 'EUR' }))
  await deliver(attributed(tenant, '2026-11-01'))
  await database.asAdmin(`update brands set currency = 'EUR' where brand_id = $1`, [tenant.brandId])
  await deliver(attributed(tenant, '2026-11-01'))
  expect(await alertsOf(tenant)).toMatchObject([{ status: 'resolved' }])
})

test('a brand whose rows are all in its own currency has no alert, whatever other brands and tenants have', async () => {
  const [tenant, other] = [await createTenant('plain'), await createTenant('foreign')]
  await store(tenant, order('1'))
  await store(other, order('1', { currency: 'EUR' }))
  await deliver(attributed(tenant, '2026-11-01'))
  await deliver(attributed({ ...tenant, brandId: other.brandId }, '2026-11-01'))
  expect(await alertsOf(tenant)).toEqual([])
  expect(await alertsOf(other)).toEqual([])
})
