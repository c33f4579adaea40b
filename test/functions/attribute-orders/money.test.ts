import { beforeEach, describe, expect, test } from 'vitest'
import { MODELS } from '../../../shared/attribution/models.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { adDay, attribute, campaign, order, refund, synced, tablesOf, touch, units } from './shop.ts'

const database = useDatabase()
usePublisher()
let tenant: TestTenant
let count = 0
let tables: ReturnType<typeof tablesOf>

beforeEach(async () => {
  tenant = await createTenant(`money ${++count}`)
  tables = tablesOf(database, tenant)
})

const MONEY = 'day, orders, gross_micros, discounts_micros, returns_micros, net_micros, incomplete'

describe('the store day by day', () => {
  test('two orders on two days, a discount, and a return five days later', async () => {
    await synced(tenant, {
      orders: [
        order({
          order_id: 'a',
          day: '2026-03-01',
          gross_micros: units(100),
          discounts_micros: units(10),
          units: 2n,
          tax_micros: units(18),
          shipping_micros: units(5),
        }),
        order({ order_id: 'b', day: '2026-03-02', gross_micros: units(50) }),
      ],
      refunds: [
        refund({ order_id: 'a', refund_id: 'r1', day: '2026-03-06', returns_micros: units(45), tax_micros: units(9) }),
      ],
    })
    await attribute(tenant)
    expect(await tables.store(MONEY)).toEqual([
      { day: '2026-03-01', orders: 1, gross: 100, discounts: 10, returns: 0, net: 90, incomplete: 0 },
      { day: '2026-03-02', orders: 1, gross: 50, discounts: 0, returns: 0, net: 50, incomplete: 0 },
      { day: '2026-03-06', orders: 0, gross: 0, discounts: 0, returns: 45, net: -45, incomplete: 0 },
    ])
    expect(await tables.store('units, tax_micros, shipping_micros')).toEqual([
      { units: 2, tax: 18, shipping: 5 },
      { units: 1, tax: 0, shipping: 0 },
      { units: 0, tax: -9, shipping: 0 },
    ])
  })

  test('an adjustment stands on its own day and outside net', async () => {
    const adjusted = { adjustment_micros: units(-7), adjustment_day: '2026-03-04' }
    await synced(tenant, { orders: [order({ order_id: 'a', day: '2026-03-01', ...adjusted })] })
    await attribute(tenant)
    expect(await tables.store('day, net_micros, adjustments_micros')).toEqual([
      { day: '2026-03-01', net: 100, adjustments: 0 },
      { day: '2026-03-04', net: 0, adjustments: -7 },
    ])
  })

  test('a refund by amount is an adjustment of its own day, beside the order’s, and no part of net or of credits', async () => {
    const orders = [
      order({ order_id: 'a', day: '2026-03-01', adjustment_micros: units(-7), adjustment_day: '2026-03-04' }),
    ]
    const byAmount = { order_id: 'a', units: 0n, returns_micros: 0n }
    await synced(tenant, {
      orders,
      refunds: [
        refund({ ...byAmount, refund_id: 'r1', day: '2026-03-04', adjustment_micros: units(-12.5) }),
        refund({ ...byAmount, refund_id: 'r2', day: '2026-03-06', adjustment_micros: units(-2) }),
        refund({
          order_id: 'a',
          refund_id: 'r3',
          day: '2026-03-06',
          returns_micros: units(40),
          adjustment_micros: units(3),
        }),
      ],
    })
    await attribute(tenant)
    expect(await tables.store('day, orders, net_micros, returns_micros, adjustments_micros')).toEqual([
      { day: '2026-03-01', orders: 1, net: 100, returns: 0, adjustments: 0 },
      { day: '2026-03-04', orders: 0, net: 0, returns: 0, adjustments: -19.5 },
      { day: '2026-03-06', orders: 0, net: -40, returns: 40, adjustments: 1 },
    ])
    expect(await tables.credits('entry, net_micros')).toEqual([
      { entry: 'return:r1', net: 0 },
      { entry: 'return:r2', net: 0 },
      { entry: 'return:r3', net: -40 },
      { entry: 'sale', net: 100 },
    ])
  })

  test('a refund by amount that is taken back leaves its day', async () => {
    const byAmount = { order_id: 'a', refund_id: 'r', returns_micros: 0n, adjustment_micros: units(-5) }
    await synced(tenant, {
      orders: [order({ order_id: 'a', day: '2026-03-01' })],
      refunds: [refund({ ...byAmount, day: '2026-03-08' })],
    })
    await attribute(tenant)
    await synced(tenant, { orders: [order({ order_id: 'a', day: '2026-03-01', version: 2 })], refunds: [] })
    await attribute(tenant)
    expect(await tables.store('day, adjustments_micros')).toEqual([
      { day: '2026-03-01', adjustments: 0 },
      { day: '2026-03-08', adjustments: 0 },
    ])
  })

  test('a cancelled order keeps its sale; its refund is the return', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'a', day: '2026-03-01', customer_key: 'ann', cancelled_at: '2026-03-02T10:00:00.000Z' }),
      ],
      refunds: [refund({ order_id: 'a', refund_id: 'r1', day: '2026-03-02' })],
    })
    await attribute(tenant)
    expect(await tables.store('orders, net_micros, new_customers, returning_customers')).toEqual([
      { orders: 1, net: 100, new_customers: 0, returning_customers: 0 },
      { orders: 0, net: -100, new_customers: 0, returning_customers: 0 },
    ])
  })

  test('a test order is nowhere, not even as a refund; one that becomes a test order disappears', async () => {
    const refunded = { refunds: [refund({ order_id: 't', refund_id: 'r', day: '2026-03-02' })] }
    await synced(tenant, { orders: [order({ order_id: 't', day: '2026-03-01', customer_key: 'tess' })], ...refunded })
    await attribute(tenant)
    expect(await tables.store('net_micros')).toEqual([{ net: 100 }, { net: -100 }])
    await synced(tenant, {
      orders: [order({ order_id: 't', day: '2026-03-01', customer_key: 'tess', is_test: true, version: 2 })],
      ...refunded,
    })
    await attribute(tenant)
    expect(await tables.store('day, orders, net_micros, returns_micros')).toEqual([
      { day: '2026-03-01', orders: 0, net: 0, returns: 0 },
      { day: '2026-03-02', orders: 0, net: 0, returns: 0 },
    ])
    expect([
      await tables.credits('entry'),
      await tables.customers('customer_key'),
      await tables.ledger('order', 'day'),
    ]).toEqual([[], [], []])
  })

  test('another currency is neither added nor converted, but counted', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'a', day: '2026-03-01' }),
        order({ order_id: 'b', day: '2026-03-01', currency: 'CAD', gross_micros: units(999) }),
        order({ order_id: 'c', day: '2026-03-02', currency: 'CAD' }),
      ],
      refunds: [refund({ order_id: 'b', refund_id: 'r', day: '2026-03-03' })],
      ad_performance: [
        adDay({ campaign_id: '1', day: '2026-03-01' }),
        adDay({ campaign_id: '2', day: '2026-03-01', currency: 'EUR' }),
      ],
    })
    await attribute(tenant)
    const unknown = { orders: null, gross: null, discounts: null, returns: null, net: null, incomplete: 1 }
    expect(await tables.store(MONEY)).toEqual([
      { day: '2026-03-01', orders: 1, gross: 100, discounts: 0, returns: 0, net: 100, incomplete: 1 },
      { day: '2026-03-02', ...unknown },
      { day: '2026-03-03', ...unknown },
    ])
    expect(await tables.store('new_customers')).toEqual([
      { new_customers: 0 },
      { new_customers: null },
      { new_customers: null },
    ])
    expect(await tables.ads('campaign_id, currency, spend_micros, clicks, claimed_conversions, incomplete')).toEqual([
      { campaign_id: '1', currency: 'USD', spend: 10, clicks: 50, claimed_conversions: 2.5, incomplete: 0 },
      { campaign_id: '2', currency: 'USD', spend: null, clicks: null, claimed_conversions: null, incomplete: 1 },
    ])
    expect(await tables.ledger('order', 'day, net_micros, orders, incomplete')).toEqual([
      { day: '2026-03-01', net: 100, orders: 1, incomplete: 1 },
      { day: '2026-03-02', net: null, orders: null, incomplete: 1 },
      { day: '2026-03-03', net: null, orders: null, incomplete: 1 },
    ])
    expect(await tables.credits('order_id, currency, net_micros')).toContainEqual({
      order_id: 'b',
      currency: 'CAD',
      net: 999,
    })
  })
})

describe('the two ledgers', () => {
  test('order ledger: sale on the order’s day, reversal on the refund’s; touch ledger: both on the touch’s day', async () => {
    await synced(tenant, {
      campaigns: [campaign({ campaign_id: '120210', name: 'Spring' })],
      orders: [order({ order_id: 'a', day: '2026-03-10' })],
      refunds: [refund({ order_id: 'a', refund_id: 'r1', day: '2026-03-20', returns_micros: units(40) })],
      touchpoints: [touch({ order_id: 'a', visit_id: 'v1', day: '2026-03-08', campaign_id_hint: '120210' })],
    })
    await attribute(tenant)
    const spring = { bucket: 'campaign', provider: 'meta', campaign_id: '120210' }
    const columns = 'day, bucket, provider, campaign_id, orders, net_micros'
    expect(await tables.ledger('order', columns)).toEqual([
      { day: '2026-03-10', ...spring, orders: 1, net: 100 },
      { day: '2026-03-20', ...spring, orders: 0, net: -40 },
    ])
    expect(await tables.ledger('touch', columns)).toEqual([{ day: '2026-03-08', ...spring, orders: 1, net: 60 }])
    expect((await tables.store('day')).map(({ day }) => day)).toEqual(['2026-03-08', '2026-03-10', '2026-03-20'])
  })

  test('by every model the order ledger is the store’s net on every day, the touch ledger the same in total', async () => {
    const days = Array.from({ length: 12 }, (_, index) => `2026-03-${String(index + 10)}`)
    const orders = days.flatMap((day, index) => [
      order({ order_id: `${day}-x`, day, gross_micros: units(33.333333 + index), discounts_micros: units(index / 7) }),
      order({
        order_id: `${day}-y`,
        day,
        gross_micros: units(70),
        cancelled_at: index % 4 ? null : `${day}T20:00:00.000Z`,
      }),
    ])
    const buckets = ['paid', 'organic', 'email', 'direct'] as const
    await synced(tenant, {
      orders,
      refunds: days.map((day, index) =>
        refund({
          order_id: `${day}-y`,
          refund_id: 'r',
          day: days[Math.min(index + 3, 11)] ?? day,
          returns_micros: units(index),
        }),
      ),
      touchpoints: days.flatMap((day, index) => [
        touch({ order_id: `${day}-x`, visit_id: '1', day: '2026-03-05', bucket: buckets[index % 4] ?? 'paid' }),
        touch({ order_id: `${day}-x`, visit_id: '2', day: '2026-03-06', bucket: 'direct' }),
      ]),
    })
    await attribute(tenant)
    const store = await database.asAdmin(
      'select day::text, net_micros from unified_performance where tenant_id = $1 and part = $2 and day >= $3 order by day',
      [tenant.tenantId, 'store', '2026-03-10'],
    )
    const ledgers = await database.asAdmin(
      `select model, ledger, day::text, sum(net_micros)::text as net_micros from unified_performance where tenant_id = $1 and part = 'credit' group by 1, 2, 3 order by 3`,
      [tenant.tenantId],
    )
    const total = (rows: readonly Record<string, unknown>[]) =>
      rows.reduce((sum, { net_micros }) => sum + BigInt(String(net_micros)), 0n)
    for (const { name } of MODELS) {
      const rows = (of: string) => ledgers.filter(({ model, ledger }) => model === name && ledger === of)
      expect(rows('order').map(({ day, net_micros }) => ({ day, net_micros }))).toEqual(store)
      expect(total(rows('touch'))).toBe(total(store))
    }
    expect(store).toHaveLength(12)
  })

  test('a touch that changes hands leaves its old day and campaign', async () => {
    const rows = {
      campaigns: [campaign({ campaign_id: '1', name: 'One' }), campaign({ campaign_id: '2', name: 'Two' })],
    }
    const touched = (id: string, day: string) => [touch({ order_id: 'a', visit_id: 'v', day, campaign_id_hint: id })]
    await synced(tenant, {
      ...rows,
      orders: [order({ order_id: 'a', day: '2026-03-10' })],
      touchpoints: touched('1', '2026-03-07'),
    })
    await attribute(tenant)
    await synced(tenant, {
      orders: [order({ order_id: 'a', day: '2026-03-10', version: 2 })],
      touchpoints: touched('2', '2026-03-09'),
    })
    await attribute(tenant)
    expect(await tables.ledger('touch', 'day, campaign_id, net_micros')).toEqual([
      { day: '2026-03-09', campaign_id: '2', net: 100 },
    ])
    expect(await tables.credits('campaign_id, touch_ledger_day')).toEqual([
      { campaign_id: '2', touch_ledger_day: '2026-03-09' },
    ])
  })

  test('the days of refunds and adjustments are done with the order’s day', async () => {
    await synced(tenant, {
      orders: [order({ order_id: 'a', day: '2026-03-10' })],
      refunds: [refund({ order_id: 'a', refund_id: 'r', day: '2026-03-12' })],
    })
    await attribute(tenant)
    const own = [tenant.tenantId, tenant.brandId]
    await database.asAdmin('update refunds set tax_micros = 5000000 where tenant_id = $1', [tenant.tenantId])
    await database.asAdmin(
      `update orders set adjustment_micros = -1000000, adjustment_day = '2026-03-14' where tenant_id = $1`,
      [tenant.tenantId],
    )
    await database.asAdmin(`insert into touched_days values ($1, $2, '2026-03-10', now())`, own)
    await attribute(tenant)
    expect(await tables.store('day, tax_micros, adjustments_micros')).toEqual([
      { day: '2026-03-10', tax: 0, adjustments: 0 },
      { day: '2026-03-12', tax: -5, adjustments: 0 },
      { day: '2026-03-14', tax: 0, adjustments: -1 },
    ])
  })

  test('a refund taken back is gone from both', async () => {
    await synced(tenant, {
      orders: [order({ order_id: 'a', day: '2026-03-10' })],
      refunds: [refund({ order_id: 'a', refund_id: 'r', day: '2026-03-12' })],
    })
    await attribute(tenant)
    await synced(tenant, { orders: [order({ order_id: 'a', day: '2026-03-10', version: 2 })], refunds: [] })
    await attribute(tenant)
    expect(await tables.credits('entry')).toEqual([{ entry: 'sale' }])
    expect(await tables.store('day, net_micros, returns_micros')).toEqual([
      { day: '2026-03-10', net: 100, returns: 0 },
      { day: '2026-03-12', net: 0, returns: 0 },
    ])
  })
})
