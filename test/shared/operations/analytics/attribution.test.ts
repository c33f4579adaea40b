import { beforeAll, describe, expect, it } from 'vitest'
import { clock } from '../../../../shared/clock.ts'
import { addDays, dayIn } from '../../../../shared/units.ts'
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

const credit = (day: string, ledger: string, figures: object): Written => ({
  part: 'credit',
  model: 'last',
  day,
  ledger,
  orders: 1,
  new_customers: 0,
  ...figures,
})
const meta = { bucket: 'campaign', provider: 'meta', campaign_id: 'c1' }

beforeAll(async () => {
  tenant = await createTenant('acme')
  token = (await signIn(tenant.tenantId)).token
  await writeReadModel(database, tenant, [
    { part: 'store', day: '2026-10-01', orders: 2, net_micros: 150 },
    {
      part: 'ads',
      day: '2026-10-01',
      ...meta,
      bucket: '',
      spend_micros: 40,
      claimed_conversions: 3,
      claimed_value_micros: 210,
    },
    { part: 'ads', day: '2026-10-02', provider: 'tiktok', campaign_id: 't', spend_micros: null, incomplete: 1 },
    credit('2026-10-01', 'order', { ...meta, net_micros: 100 }),
    credit('2026-10-01', 'order', { bucket: 'no_journey', net_micros: 50 }),
    credit('2026-10-02', 'touch', { ...meta, net_micros: 100 }),
    credit('2026-10-01', 'touch', { bucket: 'no_journey', net_micros: 50 }),
    credit('2026-10-01', 'touch', { ...meta, model: 'other', net_micros: 1 }),
  ])
  await database.asAdmin(
    `insert into campaigns (tenant_id, brand_id, provider, campaign_id, account_id, name, currency, fetched_at)
     values ($1, $2, 'meta', 'c1', 'a', 'Autumn', 'USD', now())`,
    [tenant.tenantId, tenant.brandId],
  )
})

const ask = async (what: string, query = '') =>
  (await call(`/api/analytics/brands/${tenant.brandId}/${what}?since=2026-10-01&until=2026-10-03${query}`, { token }))
    .body
const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('attribution', () => {
  it('stands beside spend and claims, by channel, and says what adds up to the store', async () => {
    expect(await ask('attribution', '&models=last&ledger=order')).toMatchObject({
      store_net: usd('150.00'),
      credited: { last: usd('150.00') },
      incomplete: { ads: 1, credits: 0 },
      rows: [
        {
          bucket: 'campaign',
          provider: 'meta',
          spend: usd('40.00'),
          claimed_conversions: 3,
          claimed_value: usd('210.00'),
          models: { last: { net: usd('100.00'), orders: 1, roas: 2.5 } },
        },
        {
          bucket: 'no_journey',
          provider: '',
          spend: usd('0.00'),
          claimed_value: null,
          models: { last: { roas: null } },
        },
        { provider: 'tiktok', spend: null, models: { last: { net: usd('0.00'), orders: 0, roas: null } } },
      ],
    })
  })

  it('goes down to campaigns, with their names', async () => {
    const answer = await ask('attribution', '&models=last&by=campaign&limit=1')
    expect(answer).toMatchObject({ rows: [{ campaign_id: 'c1', name: 'Autumn' }], rows_left_out: 2 })
  })
})

describe('ledgers', () => {
  it('tell every day what the store, the attribution and each platform say', async () => {
    expect(await ask('ledgers')).toMatchObject({
      days: [
        {
          day: '2026-10-01',
          store: { net: usd('150.00'), orders: 2 },
          attributed: { order_ledger: usd('150.00'), touch_ledger: usd('50.00') },
          platforms: [{ provider: 'meta', spend: usd('40.00'), claimed_value: usd('210.00'), credited_net: null }],
          incomplete: 0,
        },
        {
          day: '2026-10-02',
          store: { net: usd('0.00'), orders: 0 },
          attributed: { touch_ledger: usd('100.00') },
          platforms: [
            { provider: 'meta', credited_net: usd('100.00'), credited_orders: 1 },
            { provider: 'tiktok', spend: null },
          ],
          incomplete: 1,
        },
      ],
    })
  })
})

it.each(['metrics', 'attribution', 'ledgers', 'match-report', 'cohorts', 'inventory'])(
  '%s say how fresh each connection is',
  async (what) => {
    const answer = await call(`/api/analytics/brands/${tenant.brandId}/${what}`, { token })
    expect(answer.body).toMatchObject({ freshness: [{ platform: 'shopify', complete_until: null, error: null }] })
  },
)

it.each(['attribution', 'ledgers', 'match-report'])('%s mark the days that may still change', async (what) => {
  const today = dayIn('UTC', clock.now())
  const answer = await call(`/api/analytics/brands/${tenant.brandId}/${what}?since=${addDays(today, -9)}`, { token })
  expect(answer.body).toMatchObject({
    provisional_since: { spend: addDays(today, -2), claimed: addDays(today, -9), credited: null },
  })
  expect(await ask(what)).toMatchObject({ provisional_since: { spend: null, claimed: null, credited: null } })
})
