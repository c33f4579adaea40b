import { beforeEach, expect, test } from 'vitest'
import { updateSettings } from '../../../shared/operations/settings/update.ts'
import { updateBrandSettings } from '../../../shared/operations/settings/update-of-brand.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { attribute, order, synced, tablesOf, touch } from './shop.ts'

const database = useDatabase()
const pubsub = usePublisher()
let tenant: TestTenant
let count = 0

beforeEach(async () => {
  tenant = await createTenant(`settings ${++count}`)
  await synced(tenant, {
    orders: [order({ order_id: 'a', day: '2026-03-30' })],
    touchpoints: [
      touch({ order_id: 'a', visit_id: '1', day: '2026-03-16' }),
      touch({ order_id: 'a', visit_id: '2', day: '2026-03-23', bucket: 'email' }),
    ],
  })
  await attribute(tenant)
})

const set = (given: object) =>
  asSystem(tenant.tenantId, () => updateBrandSettings.run({ ...given, id: tenant.brandId }))
const setForTenant = (given: object) => asSystem(tenant.tenantId, () => updateSettings.run(given))
const credits = (model: string) => tablesOf(database, tenant).credits('bucket, net_micros', model)

test('another window, or half-life, credits every order anew; the same once more does nothing', async () => {
  expect(await credits('time_decay')).toMatchObject([{ net: 33.33 }, { net: 66.67 }])
  await set({ attribution_half_life_days: 3.5 })
  expect(pubsub.published('rows.synced')).toHaveLength(1)
  await attribute(tenant)
  expect(await credits('time_decay')).toEqual([
    { bucket: 'unmatched_paid', net: 20 },
    { bucket: 'email', net: 80 },
  ])
  await set({ attribution_window_days: 10 })
  await attribute(tenant)
  expect(await credits('first')).toEqual([{ bucket: 'email', net: 100 }])
  await set({ attribution_window_days: 10 })
  expect(await tablesOf(database, tenant).touched()).toEqual([])
  expect(pubsub.published('rows.synced')).toHaveLength(2)
})

test('a brand without its own goes by its tenant’s; one that has its own stays as it is', async () => {
  await setForTenant({ default_attribution_window_days: 5 })
  await attribute(tenant)
  expect(await credits('last')).toEqual([{ bucket: 'no_journey', net: 100 }])
  await set({ attribution_window_days: 15 })
  await attribute(tenant)
  await setForTenant({ default_attribution_window_days: 7 })
  expect(await tablesOf(database, tenant).touched()).toEqual([])
  expect(await credits('linear')).toMatchObject([{ net: 50 }, { net: 50 }])
})
