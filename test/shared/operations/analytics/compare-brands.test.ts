import { v7 as uuidv7 } from 'uuid'
import { beforeAll, expect, it } from 'vitest'
import { useApi } from '../../../support/api.ts'
import { useCloud } from '../../../support/cloud.ts'
import { useDatabase } from '../../../support/database.ts'
import { signIn } from '../../../support/people.ts'
import { createTenant, type TestTenant } from '../../../support/tenants.ts'
import { writeReadModel } from './read-model.ts'

const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let token: string

beforeAll(async () => {
  tenant = await createTenant('acme')
  token = (await signIn(tenant.tenantId)).token
  const second = { ...tenant, brandId: uuidv7() }
  await database.asAdmin(
    `insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at) values ($1, $2, 'zweite', 'Europe/Berlin', 'EUR', now())`,
    [tenant.tenantId, second.brandId],
  )
  await database.asAdmin(
    `insert into fx_rates (currency, day, rate, fetched_at) values ('USD', '2026-10-02', 1.25, now()), ('USD', '2026-10-05', 1.5, now())`,
  )
  await writeReadModel(database, tenant, [{ part: 'store', day: '2026-10-02', orders: 2, net_micros: 100 }])
  await writeReadModel(database, second, [
    // A Sunday takes Friday's rate.
    { part: 'store', day: '2026-10-04', currency: 'EUR', orders: 1, net_micros: 80 },
    { part: 'store', day: '2026-10-05', currency: 'EUR', orders: 1, net_micros: 40 },
    { part: 'ads', day: '2026-10-05', currency: 'EUR', provider: 'meta', campaign_id: 'c', spend_micros: 20 },
    {
      part: 'credit',
      day: '2026-10-05',
      currency: 'EUR',
      model: 'last',
      ledger: 'touch',
      bucket: 'campaign',
      provider: 'meta',
      net_micros: 60,
    },
  ])
})

const compare = async (query: string) =>
  (await call(`/api/analytics/brands?since=2026-10-01&until=2026-10-06&${query}`, { token })).body
const money = (amount: string, currency = 'USD') => ({ value: { amount, currency } })

it('brands stand side by side in their own currency and in a common one, each day at its own rate', async () => {
  expect(await compare('currency=USD')).toMatchObject({
    currency: 'USD',
    brands: [
      {
        name: 'acme brand',
        values: { net: money('100.00'), orders: { value: 2 }, roas: { value: null } },
        incomplete: 0,
      },
      {
        name: 'zweite',
        values: { net: money('120.00', 'EUR'), spend: money('20.00', 'EUR'), roas: { value: 3 } },
        converted: { net: money('160.00'), spend: money('30.00'), roas: { value: 3 } },
      },
    ],
    total: { net: money('260.00'), spend: money('30.00'), orders: { value: 4 }, roas: { value: 3 } },
  })
})

it('a day without a rate is counted, and what it leaves unknown stays unknown in the total', async () => {
  expect(await compare('currency=CHF&metrics=net')).toMatchObject({
    brands: [
      { converted: { net: { value: null } }, incomplete: 1 },
      { converted: { net: { value: null } }, incomplete: 2 },
    ],
    total: { net: { value: null } },
  })
})

it('each brand says how fresh its figures are and from which day they may still change', async () => {
  await database.asAdmin(
    `insert into integrations (tenant_id, integration_id, brand_id, platform, account_id, account_name, status, next_due_at, created_at)
     select tenant_id, gen_random_uuid(), brand_id, 'meta', 'act_1', 'Zweite ads', 'active', now(), now()
     from brands where tenant_id = $1 and name = 'zweite'`,
    [tenant.tenantId],
  )
  const today = new Date().toISOString().slice(0, 10)
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const { body } = await call(`/api/analytics/brands?since=${yesterday}&until=${today}&metrics=spend`, { token })
  expect(body).toMatchObject({
    brands: [
      { freshness: [{ platform: 'shopify' }], provisional_since: { spend: yesterday } },
      {
        freshness: [{ account_name: 'Zweite ads', complete_until: null, error: null }],
        provisional_since: { spend: yesterday },
      },
    ],
  })
  const settled = await compare('metrics=net')
  expect(settled).toMatchObject({ brands: [{ provisional_since: {} }, { provisional_since: {} }] })
})
