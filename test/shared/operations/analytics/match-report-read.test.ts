import { beforeAll, expect, test } from 'vitest'
import { transaction } from '../../../../shared/db/transaction.ts'
import {
  readUnmatchedVisits,
  readUnvisitedCampaigns,
} from '../../../../shared/operations/analytics/match-report-read.ts'
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
import { useDatabase } from '../../../support/database.ts'
import { usePublisher } from '../../../support/pubsub.ts'
import { asSystem, createTenant, type TestTenant } from '../../../support/tenants.ts'

useDatabase()
usePublisher()
let tenant: TestTenant

const MARCH = { since: '2026-03-01', until: '2026-04-01', limit: 10 }
const tagged = (source: string, campaign: string) => ({
  parameters: { utm_source: source, utm_medium: 'cpc', utm_campaign: campaign },
  campaign_name_hint: campaign,
})

beforeAll(async () => {
  tenant = await createTenant('match report')
  const other = await createTenant('match report of another')
  const day = '2026-03-10'
  const rows = {
    campaigns: [campaign({ campaign_id: '1', name: 'Named' }), campaign({ campaign_id: '2', name: 'Silent' })],
    ad_performance: [
      adDay({ campaign_id: '1', day, spend_micros: units(40) }),
      adDay({ campaign_id: '2', day, spend_micros: units(30) }),
      adDay({ campaign_id: '2', day: '2026-03-11', spend_micros: units(5) }),
      adDay({ campaign_id: 'free', day, spend_micros: 0n }),
      adDay({ campaign_id: 'later', day: '2026-04-01' }),
    ],
    orders: [order({ order_id: 'a', day }), order({ order_id: 'b', day }), order({ order_id: 'c', day })],
    refunds: [refund({ order_id: 'b', refund_id: 'r', day: '2026-03-20', returns_micros: units(10) })],
    touchpoints: [
      touch({ order_id: 'a', visit_id: '0', day: '2026-01-01', ...tagged('fb', 'long ago') }),
      touch({ order_id: 'a', visit_id: '1', day: '2026-03-08', ...tagged('fb', 'Named') }),
      touch({ order_id: 'a', visit_id: '2', day: '2026-03-09', ...tagged('fb', 'Nobody') }),
      touch({ order_id: 'b', visit_id: '1', day: '2026-03-09', ...tagged('fb', 'Nobody') }),
      touch({ order_id: 'c', visit_id: '1', day: '2026-03-09', provider: null, ...tagged('bing', 'Brand') }),
      touch({ order_id: 'c', visit_id: '2', day: '2026-03-09', bucket: 'organic' }),
    ],
  }
  for (const owner of [tenant, other]) {
    await synced(owner, rows)
    await attribute(owner)
  }
})

const read = <T>(work: (db: Parameters<typeof readUnmatchedVisits>[0]) => Promise<T>): Promise<T> =>
  asSystem(tenant.tenantId, () => transaction(work))

test('campaigns with spend that no visit names, the dearest first', async () => {
  expect(await read((db) => readUnvisitedCampaigns(db, tenant.brandId, MARCH))).toEqual([
    { provider: 'meta', campaign_id: '2', name: 'Silent', spend: units(35) },
  ])
})

test('paid visits that name no campaign, by what their links say, with what they are credited with', async () => {
  expect(await read((db) => readUnmatchedVisits(db, tenant.brandId, MARCH))).toEqual([
    {
      provider: 'meta',
      source: 'fb',
      medium: 'cpc',
      campaign: 'Nobody',
      campaign_id: null,
      visits: 2,
      orders: 2,
      net: units(140),
    },
    {
      provider: '',
      source: 'bing',
      medium: 'cpc',
      campaign: 'Brand',
      campaign_id: null,
      visits: 1,
      orders: 1,
      net: units(50),
    },
  ])
})

test('a visit counts on its own day', async () => {
  const period = { since: '2026-03-10', until: '2026-04-01', limit: 10 }
  expect(await read((db) => readUnmatchedVisits(db, tenant.brandId, period))).toEqual([])
})
