import { beforeAll, describe, expect, it } from 'vitest'
import { attribute, order, refund, synced, units } from '../../../functions/attribute-orders/shop.ts'
import { useApi } from '../../../support/api.ts'
import { useCloud } from '../../../support/cloud.ts'
import { useDatabase } from '../../../support/database.ts'
import { signIn } from '../../../support/people.ts'
import { createTenant, type TestTenant } from '../../../support/tenants.ts'

useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let token: string

const sold = (order_id: string, customer_key: string, day: string, gross: number, more: object = {}) =>
  order({ order_id, customer_key, day, gross_micros: units(gross), ...more })

beforeAll(async () => {
  tenant = await createTenant('acme')
  token = (await signIn(tenant.tenantId)).token
  await synced(tenant, {
    orders: [
      sold('1', 'ann', '2025-01-31', 100),
      sold('2', 'ann', '2025-03-02', 40), // day 30 of Ann's
      sold('3', 'ann', '2025-03-03', 7, { discounts_micros: units(2) }), // day 31
      sold('4', 'ben', '2025-01-01', 60),
      sold('5', 'cem', '2025-02-10', 80),
      // Cancelled first orders begin nothing: Dan's first is the second of them.
      sold('6', 'dan', '2025-01-05', 500, { cancelled_at: '2025-01-06T00:00:00.000Z' }),
      sold('7', 'dan', '2025-02-11', 20),
      sold('8', 'ben', '2025-02-01', 999, { is_test: true }),
    ],
    refunds: [refund({ order_id: '4', refund_id: 'r', day: '2025-04-01', returns_micros: units(10) })],
  })
  await attribute(tenant)
})

const cohorts = async (query: string) => call(`/api/analytics/brands/${tenant.brandId}/cohorts?${query}`, { token })
const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('cohorts', () => {
  it('add up what the customers of a month brought, by age of each and by calendar month', async () => {
    const { body } = await cohorts('since=2025-01-20&until=2025-02-01')
    expect(body).toMatchObject({
      incomplete: 0,
      cohorts: [
        {
          month: '2025-01-01',
          customers: 2,
          // Days 0 to 30: 100 + 40 of Ann, 60 of Ben; then 5 more of Ann, and Ben's return on his day 90.
          ltv: { days_30: usd('100.00'), days_60: usd('102.50'), days_90: usd('97.50'), days_365: usd('97.50') },
          ltv_so_far: usd('97.50'),
          months: [
            { index: 0, customers: 2, share: 1, net: usd('160.00'), cumulative_net_by_customer: usd('80.00') },
            { index: 2, customers: 1, share: 0.5, net: usd('45.00'), cumulative_net_by_customer: usd('102.50') },
            { index: 3, customers: 0, share: 0, net: usd('-10.00'), cumulative_net_by_customer: usd('97.50') },
          ],
        },
        { month: '2025-02-01', customers: 2, ltv: { days_30: usd('50.00') } },
      ],
    })
  })

  it('know no age that somebody in them has not reached', async () => {
    const day = new Date(Date.now() - 45 * 86_400_000).toISOString().slice(0, 10)
    await synced(tenant, { orders: [sold('9', 'eve', day, 30)] })
    await attribute(tenant)
    const { body } = await cohorts(`since=${day}&until=${day}`)
    expect(body).toMatchObject({ cohorts: [{ customers: 1, ltv: { days_60: null, days_90: null, days_365: null } }] })
  })

  it('are refused for more than three years', async () => {
    expect(await cohorts('since=2022-01-01&until=2025-01-01')).toMatchObject({ status: 400 })
    expect(await cohorts('since=2025-01-01&until=2024-01-01')).toMatchObject({ status: 400 })
  })
})
