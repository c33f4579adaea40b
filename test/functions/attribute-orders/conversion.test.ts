import { beforeEach, expect, test } from 'vitest'
import { restateFigures } from '../../../functions/maintain/chores/restate-figures.ts'
import { saveRates } from '../../../shared/fx/euro-rates.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { decimalFromMicros } from '../../../shared/units.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'
import { adDay, attribute, order, refund, synced, tablesOf, touch, units } from './shop.ts'

const database = useDatabase()
const pubsub = usePublisher()
let tenant: TestTenant
let count = 0
let tables: ReturnType<typeof tablesOf>

const published = (...rates: [string, string, string][]) =>
  asSystem(PLATFORM_TENANT_ID, () => saveRates(rates.map(([day, currency, rate]) => ({ day, currency, rate }))))
const restate = () => asSystem(PLATFORM_TENANT_ID, () => restateFigures.run(Date.now() + 10_000))
const held = () =>
  database.asAdmin(
    'select day::text, currency, base, rate, rate_day::text, source from brand_rates where tenant_id = $1 order by day, currency',
    [tenant.tenantId],
  )
const micros = (part: string) =>
  database.asAdmin<{ day: string; net: string }>(
    `select day::text, sum(net_micros)::text as net from unified_performance where tenant_id = $1 and ${part} group by 1 order by 1`,
    [tenant.tenantId],
  )

beforeEach(async () => {
  for (const table of ['fx_rates', 'brand_rates']) await database.asAdmin(`delete from ${table}`)
  tenant = await createTenant(`conversion ${++count}`, { currency: 'EUR' })
  tables = tablesOf(database, tenant)
})

const MONEY = 'day, orders, gross_micros, discounts_micros, returns_micros, net_micros, tax_micros, adjustments_micros'

test('an order is converted at the rate of its day, its refund and adjustment at the order’s, spend at that of its own', async () => {
  await published(['2026-03-06', 'USD', '1.25'], ['2026-03-09', 'USD', '1.6'], ['2026-03-06', 'JPY', '160'])
  const sold = { day: '2026-03-06', currency: 'USD', tax_micros: units(20) }
  await synced(tenant, {
    orders: [
      order({ order_id: 'own', day: '2026-03-06', currency: 'EUR' }),
      order({
        ...sold,
        order_id: 'usd',
        discounts_micros: units(10),
        adjustment_day: '2026-03-09',
        adjustment_micros: units(-5),
      }),
      order({ order_id: 'yen', day: '2026-03-08', currency: 'JPY', gross_micros: units(12_000) }),
    ],
    refunds: [
      refund({ order_id: 'usd', refund_id: 'r', day: '2026-03-09', returns_micros: units(40), tax_micros: units(8) }),
    ],
    ad_performance: [
      adDay({
        campaign_id: '1',
        day: '2026-03-09',
        currency: 'USD',
        spend_micros: units(10),
        claimed_value_micros: units(80),
      }),
    ],
  })
  await attribute(tenant)
  expect(await tables.store(MONEY)).toEqual([
    { day: '2026-03-06', orders: 2, gross: 180, discounts: 8, returns: 0, net: 172, tax: 16, adjustments: 0 },
    { day: '2026-03-08', orders: 1, gross: 75, discounts: 0, returns: 0, net: 75, tax: 0, adjustments: 0 },
    { day: '2026-03-09', orders: 0, gross: 0, discounts: 0, returns: 32, net: -32, tax: -6.4, adjustments: -4 },
  ])
  expect(await tables.ads('currency, spend_micros, claimed_value_micros, clicks, incomplete')).toEqual([
    { currency: 'EUR', spend: 6.25, claimed_value: 50, clicks: 50, incomplete: 0 },
  ])
  const kept = { base: 'EUR', source: 'ECB' }
  expect(await held()).toEqual([
    { ...kept, day: '2026-03-06', currency: 'USD', rate: '0.8', rate_day: '2026-03-06' },
    { ...kept, day: '2026-03-08', currency: 'JPY', rate: '0.00625', rate_day: '2026-03-06' },
    { ...kept, day: '2026-03-09', currency: 'USD', rate: '0.625', rate_day: '2026-03-09' },
  ])
})

test('credits in another currency add up to the net of the store on every day, to the micro', async () => {
  await published(['2026-03-06', 'USD', '1.0686'])
  const ids = Array.from({ length: 7 }, (_, index) => `o${index}`)
  await synced(tenant, {
    orders: ids.map((order_id, index) =>
      order({
        order_id,
        day: '2026-03-06',
        currency: 'USD',
        gross_micros: 33_333_333n + BigInt(index),
        discounts_micros: BigInt(index) * 777_777n,
      }),
    ),
    refunds: ids.map((order_id, index) =>
      refund({ order_id, refund_id: 'r', day: '2026-03-07', returns_micros: 1_000_001n * BigInt(index) }),
    ),
    touchpoints: ids.flatMap((order_id) =>
      ['2026-03-03', '2026-03-04', '2026-03-05'].map((day) => touch({ order_id, visit_id: day, day })),
    ),
  })
  await attribute(tenant)
  const store = await micros(`part = 'store' and day >= '2026-03-06'`)
  expect(await micros(`part = 'credit' and model = 'last' and ledger = 'order'`)).toEqual(store)
  // Computed apart, in exact fractions, each amount rounded by itself.
  expect(store.map(({ net }) => net)).toEqual(['203069468', '-19651901'])
})

test('without a rate the row is kept, unconverted and counted; a rate that comes late converts it and all that follows from it', async () => {
  await synced(tenant, {
    orders: [
      order({ order_id: 'a', day: '2026-03-06', currency: 'EUR' }),
      order({ order_id: 'b', day: '2026-03-06', currency: 'USD' }),
      order({ order_id: 'c', day: '2026-03-06', currency: 'KWD' }),
    ],
    refunds: [refund({ order_id: 'b', refund_id: 'r', day: '2026-03-20', returns_micros: units(25) })],
    touchpoints: [touch({ order_id: 'b', visit_id: 'v', day: '2026-03-02' })],
    ad_performance: [adDay({ campaign_id: '1', day: '2026-03-14', currency: 'USD' })],
  })
  await attribute(tenant)
  const figures = 'day, orders, net_micros, incomplete'
  expect(await tables.store(figures)).toEqual([
    { day: '2026-03-02', orders: 0, net: 0, incomplete: 0 },
    { day: '2026-03-06', orders: 1, net: 100, incomplete: 2 },
    { day: '2026-03-14', orders: 0, net: 0, incomplete: 0 },
    { day: '2026-03-20', orders: null, net: null, incomplete: 1 },
  ])
  expect(await tables.credits('currency, net_micros')).toContainEqual({ currency: 'USD', net: 100 })
  expect(await restate()).toEqual({ stale: 0, brands: 0, days: 0 })

  await published(['2026-03-06', 'USD', '1.25'])
  expect(await restate()).toEqual({ stale: 1, brands: 1, days: 1 })
  expect(await tables.touched()).toEqual([{ day: '2026-03-06' }])
  expect(pubsub.published('rows.synced')).toMatchObject([{ data: { brand_id: tenant.brandId } }])
  await attribute(tenant)
  expect(await tables.store(figures)).toEqual([
    { day: '2026-03-02', orders: 0, net: 0, incomplete: 0 },
    { day: '2026-03-06', orders: 2, net: 180, incomplete: 1 },
    { day: '2026-03-14', orders: 0, net: 0, incomplete: 0 },
    { day: '2026-03-20', orders: 0, net: -20, incomplete: 0 },
  ])
  expect(await micros(`part = 'credit' and model = 'last' and ledger = 'touch'`)).toEqual([
    { day: '2026-03-02', net: '60000000' },
    { day: '2026-03-06', net: '100000000' },
  ])
  // Eight days before: too old for the spend of the 14th.
  expect(await tables.ads('spend_micros, incomplete')).toEqual([{ spend: null, incomplete: 1 }])
  expect(await restate()).toEqual({ stale: 0, brands: 0, days: 0 })
})

test('a brand in yen: micros stay exact, a negative refund adds, and what has no rate is counted', async () => {
  tenant = await createTenant(`yen ${count}`, { currency: 'JPY' })
  tables = tablesOf(database, tenant)
  await published(['2026-03-06', 'USD', '1.0686'], ['2026-03-06', 'JPY', '168.20'])
  await synced(tenant, {
    orders: [
      order({ order_id: 'usd', day: '2026-03-06', gross_micros: units(10.01) }),
      order({ order_id: 'kwd', day: '2026-03-06', currency: 'KWD', gross_micros: units(1.234) }),
    ],
    refunds: [refund({ order_id: 'usd', refund_id: 'r', day: '2026-03-07', returns_micros: units(-0.5) })],
  })
  await attribute(tenant)
  const store = await micros(`part = 'store'`)
  expect(store).toEqual([
    { day: '2026-03-06', net: '1575596107' },
    { day: '2026-03-07', net: '78701104' },
  ])
  expect(store.map(({ net }) => decimalFromMicros(BigInt(net), 'JPY'))).toEqual(['1576', '79'])
  expect(await tables.store('orders, incomplete')).toEqual([
    { orders: 1, incomplete: 1 },
    { orders: 0, incomplete: 0 },
  ])
})

test('a nearer rate restates what an older one stood in for; until then every figure of the day has the same', async () => {
  await published(['2026-03-06', 'USD', '1.25'])
  const monday = (id: string) => order({ order_id: id, day: '2026-03-09', currency: 'USD' })
  await synced(tenant, { orders: [monday('a')] })
  await attribute(tenant)
  await published(['2026-03-09', 'USD', '1.6'])
  await synced(tenant, { orders: [monday('b')] })
  await attribute(tenant)
  expect(await tables.store('orders, net_micros')).toEqual([{ orders: 2, net: 160 }])
  await restate()
  await attribute(tenant)
  expect(await tables.store('orders, net_micros')).toEqual([{ orders: 2, net: 125 }])
})

test('a brand that reports in another currency has everything converted to that', async () => {
  await published(['2026-03-06', 'USD', '1.25'], ['2026-03-06', 'JPY', '160'])
  await synced(tenant, {
    orders: [
      order({ order_id: 'a', day: '2026-03-06', currency: 'EUR' }),
      order({ order_id: 'b', day: '2026-03-06', currency: 'USD' }),
    ],
  })
  await attribute(tenant)
  expect(await tables.store('net_micros')).toEqual([{ net: 180 }])
  await database.asAdmin(`update brands set currency = 'JPY' where tenant_id = $1`, [tenant.tenantId])
  await database.asAdmin(`insert into touched_days values ($1, $2, '2026-03-06', now())`, [
    tenant.tenantId,
    tenant.brandId,
  ])
  await attribute(tenant)
  expect(await tables.store('currency, net_micros')).toEqual([{ currency: 'JPY', net: 28_800 }])
  expect(await held()).toMatchObject([
    { currency: 'EUR', base: 'JPY', rate: '160' },
    { currency: 'USD', base: 'JPY', rate: '128' },
  ])
})
