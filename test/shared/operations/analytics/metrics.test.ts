import { beforeAll, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import type { Metrics } from '../../../../shared/operations/analytics/metrics-output.ts'
import { useApi } from '../../../support/api.ts'
import { useCloud } from '../../../support/cloud.ts'
import { useDatabase } from '../../../support/database.ts'
import { signIn } from '../../../support/people.ts'
import { createTenant, type TestTenant } from '../../../support/tenants.ts'
import { type Written, writeReadModel } from './read-model.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let token: string

const store = (day: string, figures: object): Written => ({
  part: 'store',
  day,
  orders: 0,
  units: 0,
  new_customers: 0,
  returning_customers: 0,
  gross_micros: 0,
  discounts_micros: 0,
  returns_micros: 0,
  net_micros: 0,
  tax_micros: 0,
  shipping_micros: 0,
  cogs_micros: 0,
  new_net_micros: 0,
  ...figures,
})
const ads = (day: string, provider: string, campaign_id: string, spend_micros: number): Written => ({
  part: 'ads',
  day,
  provider,
  campaign_id,
  spend_micros,
  impressions: 1_000,
  clicks: 20,
  claimed_conversions: 1.5,
  claimed_value_micros: 60,
})
const credit = (day: string, figures: object): Written => ({
  part: 'credit',
  day,
  model: 'last',
  ledger: 'touch',
  bucket: 'campaign',
  orders: 0.5,
  new_customers: 0.25,
  ...figures,
})

beforeAll(async () => {
  tenant = await createTenant('acme', { timeZone: 'America/New_York' })
  token = (await signIn(tenant.tenantId, 'admin')).token
  await writeReadModel(database, tenant, [
    // A Saturday and the Monday after it.
    store('2026-10-03', {
      orders: 3,
      units: 5,
      gross_micros: 300,
      discounts_micros: 30,
      net_micros: 270,
      cogs_micros: 90,
    }),
    store('2026-10-05', {
      orders: 1,
      gross_micros: 100,
      returns_micros: 50,
      net_micros: 50,
      tax_micros: 10,
      cogs_micros: 40,
    }),
    store('2026-10-01', { orders: 2, gross_micros: 160, net_micros: 160, cogs_micros: null }),
    ads('2026-10-03', 'meta', 'c1', 40),
    ads('2026-10-05', 'meta', 'c1', 10),
    ads('2026-10-05', 'google-ads', '77', 25),
    credit('2026-10-03', { provider: 'meta', campaign_id: 'c1', net_micros: 90 }),
    credit('2026-10-05', { provider: 'meta', bucket: 'unmatched_paid', net_micros: 15 }),
    credit('2026-10-05', { provider: 'tiktok', bucket: 'unmatched_paid', net_micros: 500 }),
    credit('2026-10-05', { bucket: 'direct', net_micros: 60 }),
    credit('2026-10-03', { ledger: 'order', provider: 'meta', campaign_id: 'c1', net_micros: 120 }),
    credit('2026-10-03', { model: 'first', provider: 'meta', campaign_id: 'c1', net_micros: 7 }),
  ])
})

async function ask(query: string): Promise<z.output<typeof Metrics>> {
  const days = 'since=2026-10-03&until=2026-10-06'
  const answer = await call(`/api/analytics/brands/${tenant.brandId}/metrics?${days}&${query}`, { token })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as z.output<typeof Metrics> // the API has checked its own output
}
const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('metrics of a brand', () => {
  it('are sums, ratios of sums, and compared with the period before', async () => {
    const { total, compared_with } = await ask('metrics=net&metrics=aov&metrics=roas&metrics=mer&metrics=spend')
    expect(compared_with).toEqual({ since: '2026-09-30', until: '2026-10-03' })
    expect(total.net).toEqual({ value: usd('320.00'), previous: usd('160.00'), change: 1 })
    expect(total.aov?.value).toEqual(usd('92.50'))
    // Meta's campaign and unmatched clicks; not TikTok's, which spent nothing here, and nothing of the order ledger.
    expect(total.roas).toEqual({ value: 1.4, previous: null, change: null })
    expect(total.mer?.value).toBe(4.4)
    expect(total.spend).toEqual({ value: usd('75.00'), previous: usd('0.00'), change: null })
  })

  it('are unknown where a cost is, and name the setting that is missing', async () => {
    const { total, needs_settings } = await ask('metrics=cm1&metrics=cm2')
    expect(total.cm1).toEqual({ value: usd('190.00'), previous: null, change: null })
    expect(total.cm2?.value).toBeNull()
    expect(needs_settings).toEqual(['shipping_cost_per_order', 'payment_fee_per_order', 'payment_fee_percent'])
    const set = {
      shipping_cost_per_order: usd('4'),
      payment_fee_per_order: usd('0.30'),
      payment_fee_percent: 2.9,
    }
    const path = `/api/brands/${tenant.brandId}/settings`
    expect(await call(path, { method: 'PATCH', token, body: set })).toMatchObject({ status: 200 })
    // 190 − 4 × 4 − (4 × 0.30 + 2.9 % of 330)
    expect((await ask('metrics=cm1&metrics=cm2')).total.cm2?.value).toEqual(usd('163.23'))
  })

  it('add up by week, whose first and last may be cut', async () => {
    const { rows } = await ask('metrics=net&interval=week')
    expect(rows.map(({ since, values }) => [since, values.net?.value])).toEqual([
      ['2026-10-03', usd('270.00')],
      ['2026-10-05', usd('50.00')],
    ])
  })

  it('are broken down by channel and campaign, the largest first, and the parts add up to the total', async () => {
    const { rows, total } = await ask('metrics=spend&metrics=credited_net&by=channel')
    expect(rows.map(({ key, values }) => [key, values.spend?.value, values.credited_net?.value])).toEqual([
      ['meta', usd('50.00'), usd('105.00')],
      ['google-ads', usd('25.00'), usd('0.00')],
      ['direct', usd('0.00'), usd('60.00')],
      ['tiktok', usd('0.00'), usd('500.00')],
    ])
    expect([total.spend?.value, total.credited_net?.value]).toEqual([usd('75.00'), usd('665.00')])
    const byCampaign = await ask('metrics=spend&metrics=roas&by=campaign&limit=1')
    expect(byCampaign.rows.map(({ key, values }) => [key, values.roas?.value])).toEqual([['meta:c1', 1.8]])
    expect(byCampaign.rows_left_out).toBe(1)
  })

  it('follow the ledger', async () => {
    const value = async (query: string) => (await ask(`metrics=credited_net&${query}`)).total.credited_net?.value
    expect(await value('ledger=order')).toEqual(usd('120.00'))
  })

  it('are refused where they cannot be broken down, with the names', async () => {
    const path = `/api/analytics/brands/${tenant.brandId}/metrics?metrics=net&metrics=mer&by=channel`
    const answer = await call(path, { token })
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { details: { fields: { by: ['Not known by channel: net, mer.'] } } } },
    })
  })

  it('that nobody chose are those that are known by what they are broken down by', async () => {
    const chosen = async (by: string) => (await ask(`by=${by}`)).metrics.map(({ id }) => id)
    expect(await chosen('none')).toEqual(['net', 'orders', 'spend', 'roas'])
    for (const by of ['channel', 'campaign']) expect(await chosen(by)).toEqual(['spend', 'credited_net', 'roas'])
    expect(await chosen('product')).toEqual(['net', 'orders', 'units'])
  })
})
