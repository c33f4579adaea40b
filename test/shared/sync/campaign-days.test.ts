import { beforeAll, expect, it } from 'vitest'
import type { Row, Rows } from '../../../shared/db/tables.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { prepareRows, upsertRows } from '../../../shared/db/upsert.ts'
import { daysOfCampaigns } from '../../../shared/sync/campaign-days.ts'
import { useDatabase } from '../../support/database.ts'
import { order } from '../../support/rows.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

useDatabase()
let tenant: TestTenant

const visit = (orderId: string, hints: Partial<Row<'touchpoints'>>): Row<'touchpoints'> => ({
  order_id: orderId,
  visit_id: 'v1',
  occurred_at: '2026-11-01T10:00:00.000Z',
  day: '2026-11-01',
  bucket: 'paid',
  provider: 'meta',
  campaign_id_hint: null,
  campaign_name_hint: null,
  parameters: {},
  referrer_host: null,
  ...hints,
})

const campaign = (id: string, name: string): Row<'campaigns'> => ({
  provider: 'meta',
  campaign_id: id,
  account_id: '1',
  name,
  status: 'ACTIVE',
  objective: null,
  daily_budget_micros: null,
  lifetime_budget_micros: null,
  currency: 'USD',
  started_at: null,
  stopped_at: null,
  updated_at: null,
  fetched_at: '2026-11-01T10:00:00.000Z',
})

/** Writes the rows and returns the days that their campaigns touch. */
const write = (rows: Rows): Promise<string[]> =>
  asSystem(tenant.tenantId, () =>
    transaction(async (db) => {
      const owner = { tenant_id: tenant.tenantId, brand_id: tenant.brandId, integration_id: tenant.integrationId }
      const { keys } = await upsertRows(db, prepareRows(rows, owner))
      return (await daysOfCampaigns(db, owner, keys.get('campaigns'))).sort()
    }),
  )

beforeAll(async () => {
  tenant = await createTenant('late-campaigns')
  await write({
    orders: [
      order('by-id', { day: '2026-11-01' }),
      order('by-name', { day: '2026-11-02' }),
      order('other', { day: '2026-11-03' }),
    ],
    touchpoints: [
      visit('by-id', { campaign_id_hint: '120208325579370399' }),
      visit('by-name', { campaign_name_hint: ' autumn SALE ' }),
      visit('other', { provider: 'tiktok', campaign_id_hint: '120208325579370399', campaign_name_hint: 'Autumn Sale' }),
    ],
  })
})

it('touches the days of orders that name a campaign by id or name, within its provider', async () => {
  expect(await write({ campaigns: [campaign('120208325579370399', 'Autumn Sale')] })).toEqual([
    '2026-11-01',
    '2026-11-02',
  ])
})

it('touches nothing when the campaign comes again unchanged, and the days of its old and new names when it is renamed', async () => {
  expect(await write({ campaigns: [campaign('120208325579370399', 'Autumn Sale')] })).toEqual([])
  const renamed = await write({ campaigns: [campaign('120208325579370399', 'Winter Sale')] })
  expect(renamed).toEqual(['2026-11-01', '2026-11-02'])
})

it('touches the days of an id that came without a provider', async () => {
  await write({
    orders: [order('bare', { day: '2026-11-04' })],
    touchpoints: [visit('bare', { provider: null, campaign_id_hint: '21000000001' })],
  })
  expect(await write({ campaigns: [campaign('21000000001', 'Brand')] })).toEqual(['2026-11-04'])
})
