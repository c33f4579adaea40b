import { beforeAll, expect, test } from 'vitest'
import {
  adDay,
  attribute,
  campaign,
  order,
  refund,
  synced,
  touch,
  units,
} from '../../../functions/attribute-orders/shop.ts'
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

const tagged = (source: string, campaign: string) => ({
  parameters: { utm_source: source, utm_medium: 'cpc', utm_campaign: campaign },
  campaign_name_hint: campaign,
})

beforeAll(async () => {
  tenant = await createTenant('match report')
  token = (await signIn(tenant.tenantId)).token
  const other = await createTenant('match report of another')
  const day = '2026-03-10'
  const rows = {
    campaigns: [campaign({ campaign_id: '1', name: 'Named' }), campaign({ campaign_id: '2', name: 'Silent' })],
    ad_performance: [
      adDay({ campaign_id: '1', day, spend_micros: units(40) }),
      adDay({ campaign_id: '2', day, spend_micros: units(30) }),
      adDay({ campaign_id: '2', day: '2026-03-11', spend_micros: units(5) }),
      adDay({ campaign_id: 'foreign', day, currency: 'ZZZ' }),
      adDay({ campaign_id: 'free', day, spend_micros: 0n }),
      adDay({ campaign_id: 'later', day: '2026-04-01' }),
    ],
    orders: [
      order({ order_id: 'a', day }),
      order({ order_id: 'b', day }),
      order({ order_id: 'c', day }),
      order({ order_id: 'd', day, currency: 'ZZZ' }),
    ],
    refunds: [refund({ order_id: 'b', refund_id: 'r', day: '2026-03-20', returns_micros: units(10) })],
    touchpoints: [
      touch({ order_id: 'a', visit_id: '0', day: '2026-01-01', ...tagged('fb', 'long ago') }),
      touch({ order_id: 'a', visit_id: '1', day: '2026-03-08', ...tagged('fb', 'Named') }),
      touch({ order_id: 'a', visit_id: '2', day: '2026-03-09', ...tagged('fb', 'Nobody') }),
      touch({ order_id: 'b', visit_id: '1', day: '2026-03-09', ...tagged('fb', 'Nobody') }),
      touch({ order_id: 'c', visit_id: '1', day: '2026-03-09', provider: null, ...tagged('bing', 'Brand') }),
      touch({ order_id: 'c', visit_id: '2', day: '2026-03-09', bucket: 'organic' }),
      touch({ order_id: 'd', visit_id: '1', day: '2026-03-09', campaign_id_hint: '99' }),
    ],
  }
  for (const owner of [tenant, other]) {
    await synced(owner, rows)
    await attribute(owner)
  }
})

const ask = async (query: string): Promise<unknown> =>
  (await call(`/api/analytics/brands/${tenant.brandId}/match-report?${query}`, { token })).body
const usd = (amount: string) => ({ amount, currency: 'USD' })

test('campaigns with spend that no visit names, the dearest first; what has no rate is there, in no sum', async () => {
  expect(await ask('since=2026-03-01&until=2026-04-01')).toMatchObject({
    unvisited_campaigns: [
      { provider: 'meta', campaign_id: '2', name: 'Silent', spend: usd('35.00') },
      { provider: 'meta', campaign_id: 'foreign', name: null, spend: null },
    ],
    unvisited_spend: usd('35.00'),
    unvisited_left_out: 0,
    incomplete: { ads: 1, visits: 1 },
  })
})

test('paid visits that name no campaign, by what their links say, with what they are credited with', async () => {
  const bare = { utm_source: null, utm_medium: null, utm_campaign: null, campaign_id: null }
  const cpc = { ...bare, utm_medium: 'cpc' }
  const once = { visits: 1, orders: 1 }
  expect(await ask('since=2026-03-01&until=2026-04-01')).toMatchObject({
    unmatched_visits: [
      { ...cpc, provider: 'meta', utm_source: 'fb', utm_campaign: 'Nobody', visits: 2, orders: 2, net: usd('140.00') },
      { ...cpc, ...once, provider: '', utm_source: 'bing', utm_campaign: 'Brand', net: usd('50.00') },
      { ...bare, ...once, provider: 'meta', campaign_id: '99', net: null },
    ],
    unmatched_left_out: 0,
  })
})

test('a limit cuts the lists and leaves the totals whole', async () => {
  expect(await ask('since=2026-03-01&until=2026-04-01&limit=1')).toMatchObject({
    unvisited_campaigns: [{ campaign_id: '2' }],
    unvisited_spend: usd('35.00'),
    unvisited_left_out: 1,
    unmatched_visits: [{ utm_source: 'fb' }],
    unmatched_left_out: 2,
    incomplete: { ads: 1, visits: 1 },
  })
})

test('a visit counts on its own day', async () => {
  expect(await ask('since=2026-03-10&until=2026-04-01')).toMatchObject({ unmatched_visits: [], unmatched_left_out: 0 })
})
