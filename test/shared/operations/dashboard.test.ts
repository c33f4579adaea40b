import { beforeAll, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import type { Dashboard } from '../../../shared/operations/brands/dashboard-output.ts'
import { addDays, dayIn } from '../../../shared/units.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let token: string

type Figures = Readonly<Record<string, string | number | null>>
const MICROS = 1_000_000

async function put(day: string, row: Figures & { part: string }): Promise<void> {
  const columns = ['tenant_id', 'brand_id', 'day', 'currency', 'version', ...Object.keys(row)]
  const values = [tenant.tenantId, tenant.brandId, day, 'USD', 1, ...Object.values(row)]
  const places = values.map((_, index) => `$${index + 1}`).join(', ')
  await database.asAdmin(`insert into unified_performance (${columns.join(', ')}) values (${places})`, values)
}
const store = (day: string, [orders, gross, discounts, returns, newCustomers]: readonly number[], more: Figures = {}) =>
  put(day, {
    part: 'store',
    orders: orders ?? 0,
    units: (orders ?? 0) * 2,
    new_customers: newCustomers ?? 0,
    gross_micros: (gross ?? 0) * MICROS,
    discounts_micros: (discounts ?? 0) * MICROS,
    returns_micros: (returns ?? 0) * MICROS,
    net_micros: ((gross ?? 0) - (discounts ?? 0) - (returns ?? 0)) * MICROS,
    tax_micros: 10 * MICROS,
    shipping_micros: 5 * MICROS,
    ...more,
  })
const ads = (day: string, campaign: string, spend: number) =>
  put(day, {
    part: 'ads',
    provider: 'meta',
    campaign_id: campaign,
    spend_micros: spend * MICROS,
    impressions: 1000,
    clicks: 10,
    claimed_conversions: 3,
    claimed_value_micros: 90 * MICROS,
  })
const credit = (
  day: string,
  given: { ledger: string; bucket: string; provider?: string; campaign_id?: string; net: number },
) =>
  put(day, {
    part: 'credit',
    model: 'last',
    ledger: given.ledger,
    bucket: given.bucket,
    provider: given.provider ?? '',
    campaign_id: given.campaign_id ?? '',
    orders: 1,
    new_customers: 0.5,
    net_micros: given.net * MICROS,
  })

beforeAll(async () => {
  tenant = await createTenant('acme', { timeZone: 'America/New_York' })
  token = (await signIn(tenant.tenantId)).token
  // The two days asked for, and one of the two before them.
  await store('2026-10-03', [3, 300, 30, 20, 1])
  await store('2026-10-04', [1, 100, 0, 50, 1], { incomplete: 2 })
  await store('2026-10-01', [2, 160, 0, 0, 2])
  await ads('2026-10-03', 'c1', 40)
  await ads('2026-10-04', 'c1', 10)
  await ads('2026-10-04', 'c2', 25)
  await ads('2026-10-02', 'c1', 20)
  await credit('2026-10-03', { ledger: 'order', bucket: 'campaign', provider: 'meta', campaign_id: 'c1', net: 120 })
  await credit('2026-10-03', { ledger: 'touch', bucket: 'campaign', provider: 'meta', campaign_id: 'c1', net: 90 })
  await credit('2026-10-04', { ledger: 'touch', bucket: 'unmatched_paid', provider: 'meta', net: 15 })
  await credit('2026-10-04', { ledger: 'touch', bucket: 'unmatched_paid', provider: 'google', net: 500 })
  await credit('2026-10-04', { ledger: 'touch', bucket: 'direct', net: 60 })
  await credit('2026-10-05', { ledger: 'touch', bucket: 'direct', net: 9_999 })
  await database.asAdmin(
    `insert into campaigns (tenant_id, brand_id, provider, campaign_id, account_id, name, status, currency, fetched_at)
     values ($1, $2, 'meta', 'c1', 'a', 'Autumn', 'ACTIVE', 'USD', now())`,
    [tenant.tenantId, tenant.brandId],
  )
})

type Answer = z.output<typeof Dashboard>
async function dashboard(query = ''): Promise<Answer> {
  const range = query.includes('since') ? '' : 'since=2026-10-03&until=2026-10-05&'
  const { status, body } = await call(`/api/brands/${tenant.brandId}/dashboard?${range}${query}`, { token })
  expect([status, body]).toEqual([200, body])
  return body as Answer // the contract test holds the answer against this very schema
}
const usd = (amount: string) => ({ amount, currency: 'USD' })

it('marks the days that may still change: of spend, of what platforms claim, of credit', async () => {
  const today = dayIn('America/New_York', new Date())
  const ago = (days: number) => addDays(today, -days)
  const other = await createTenant('marks', { timeZone: 'America/New_York', platform: 'meta', accountId: '7' })
  await database.asAdmin(
    `insert into orders (tenant_id, brand_id, order_id, integration_id, created_at, processed_at, updated_at, day, is_test, currency, units,
       gross_micros, discounts_micros, tax_micros, shipping_micros, gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
     values ($1, $2, '1', $3, now(), now(), now(), $4, false, 'USD', 1, 0, 0, 0, 0, 0, 0, 'pending', '', now())`,
    [other.tenantId, other.brandId, other.integrationId, ago(1)],
  )
  const theirs = (await signIn(other.tenantId)).token
  const { body } = await call(`/api/brands/${other.brandId}/dashboard?since=${ago(40)}`, { token: theirs })
  const { spend, claimed, credited } = (body as Answer).provisional_days // checked below
  expect(spend).toEqual([ago(2), ago(1), today])
  expect([claimed.length, claimed[0], claimed.at(-1)]).toEqual([28, ago(27), today])
  expect(credited).toEqual([ago(1), today])
})

describe('the dashboard of two days', () => {
  it('has ratios of sums, beside those of the two days before', async () => {
    const { kpis, period, compared_with } = await dashboard()
    expect([period, compared_with]).toEqual([
      { since: '2026-10-03', until: '2026-10-05' },
      { since: '2026-10-01', until: '2026-10-03' },
    ])
    expect(kpis.gross).toEqual({ value: usd('400.00'), previous: usd('160.00'), change: 1.5 })
    expect(kpis.discounts.value).toEqual(usd('30.00'))
    expect(kpis.returns.value).toEqual(usd('70.00'))
    expect(kpis.net.value).toEqual(usd('300.00'))
    expect(kpis.total_sales.value).toEqual(usd('330.00'))
    expect(kpis.orders).toEqual({ value: 4, previous: 2, change: 1 })
    expect(kpis.units.value).toBe(8)
    expect(kpis.new_customers).toEqual({ value: 2, previous: 2, change: 0 })
    // (400 - 30) / 4, not the mean of 90 and 100.
    expect(kpis.aov).toEqual({ value: usd('92.50'), previous: usd('80.00'), change: 0.1563 })
    expect(kpis.spend).toEqual({ value: usd('75.00'), previous: usd('20.00'), change: 2.75 })
    expect(kpis.mer).toEqual({ value: 4.4, previous: 8.75, change: -0.4971 })
    // (90 + 15) / 75: the touch ledger, and nothing of Google, whose spend nobody knows.
    expect(kpis.roas).toEqual({ value: 1.4, previous: 0, change: null })
  })

  it('has a row for each day, also one without sales', async () => {
    const { daily } = await dashboard('since=2026-10-02&until=2026-10-05')
    expect(daily.map(({ day, orders, spend }) => [day, orders, spend?.amount])).toEqual([
      ['2026-10-02', null, '20.00'],
      ['2026-10-03', 3, '40.00'],
      ['2026-10-04', 1, '35.00'],
    ])
    expect((await dashboard('since=2026-09-01&until=2026-09-02')).daily).toEqual([
      { day: '2026-09-01', gross: usd('0.00'), net: usd('0.00'), orders: 0, new_customers: 0, spend: usd('0.00') },
    ])
  })

  it('splits spend and credit by channel, in the ledger asked for', async () => {
    const rows = ({ channels }: Answer) =>
      channels.map((row) => [row.bucket, row.provider, row.spend?.amount, row.credited_net?.amount, row.roas])
    expect(rows(await dashboard())).toEqual([
      ['campaign', 'meta', '75.00', '90.00', 1.2],
      ['unmatched_paid', 'google', undefined, '500.00', null],
      ['direct', '', undefined, '60.00', null],
      ['unmatched_paid', 'meta', undefined, '15.00', null],
    ])
    expect(rows(await dashboard('ledger=order'))[0]).toEqual(['campaign', 'meta', '75.00', '120.00', 1.2])
  })

  it('lists campaigns by spend, with their names', async () => {
    const { campaigns, campaigns_left_out } = await dashboard()
    expect(campaigns.map(({ campaign_id, name, spend, roas }) => [campaign_id, name, spend?.amount, roas])).toEqual([
      ['c1', 'Autumn', '50.00', 1.8],
      ['c2', null, '25.00', 0],
    ])
    expect(campaigns[0]).toMatchObject({ clicks: 20, claimed_conversions: 6, claimed_value: usd('180.00') })
    expect(campaigns_left_out).toBe(0)
  })

  it('counts what could not be converted, and says how fresh each connection is', async () => {
    const { incomplete, freshness } = await dashboard()
    expect(incomplete).toEqual({ store: 2, ads: 0, credits: 0 })
    expect(freshness).toMatchObject([{ platform: 'shopify', complete_until: null, error: null }])
  })

  it('divides by nothing without inventing a figure', async () => {
    const { kpis } = await dashboard('since=2026-09-01&until=2026-09-02&compare=none')
    expect([kpis.aov, kpis.mer, kpis.roas].map(({ value, previous }) => [value, previous])).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ])
    expect(kpis.gross.value).toEqual(usd('0.00'))
  })

  it.each([
    ['since=2026-10-05&until=2026-10-05', 'since'],
    ['since=2020-01-01&until=2026-01-01', 'until'],
    ['since=2026-02-30', 'since'],
    ['since=yesterday', 'since'],
    ['ledger=both', 'ledger'],
    ['model=gut', 'model'],
    ['compare=', 'compare'],
    ['ledger=order&ledger=touch', 'ledger'],
  ])('refuses ?%s by field', async (query, field) => {
    const answer = await call(`/api/brands/${tenant.brandId}/dashboard?${query}`, { token })
    expect(answer.status).toBe(400)
    expect(answer.body).toHaveProperty(`error.details.fields.${field}`)
  })
})
