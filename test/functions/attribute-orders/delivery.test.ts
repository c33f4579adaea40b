import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { forgetConfig } from '../../../shared/config.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { attribute, order, refund, synced, tablesOf, units } from './shop.ts'

const database = useDatabase()
const publisher = usePublisher()
let tenant: TestTenant
let count = 0
let tables: ReturnType<typeof tablesOf>

beforeEach(async () => {
  tenant = await createTenant(`delivery ${++count}`)
  tables = tablesOf(database, tenant)
})
afterEach(() => setSlice(undefined))

function setSlice(ms: number | undefined): void {
  if (ms === undefined) delete process.env.SLICE_MS
  else process.env.SLICE_MS = String(ms)
  forgetConfig()
}

/** So many orders of 10.00 on each of the days, all touched. */
async function manyOrders(days: readonly string[], perDay: number): Promise<void> {
  const { tenantId, brandId, integrationId } = tenant
  await database.asAdmin(
    `insert into orders (tenant_id, brand_id, order_id, integration_id, created_at, processed_at, updated_at, day, is_test, currency, customer_key,
       units, gross_micros, discounts_micros, tax_micros, shipping_micros, gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
     select $1, $2, day || ' ' || n, $3, day::date, day::date, day::date, day::date, false, 'USD', 'customer ' || n, 1, 10000000, 0, 0, 0, 0, 0, 'none', '', now()
     from unnest($4::text[]) as day, generate_series(1, $5) as n`,
    [tenantId, brandId, integrationId, days, perDay],
  )
  await database.asAdmin('insert into touched_days select $1, $2, day, now() from unnest($3::date[]) as day', [
    tenantId,
    brandId,
    days,
  ])
}

const digest = async (): Promise<unknown> => [
  await tables.credits('order_id, entry, bucket, net_micros, order_ledger_day, touch_ledger_day, new_customers'),
  await tables.store('day, orders, net_micros, new_customers'),
  await tables.ledger('touch', 'day, bucket, net_micros'),
  await tables.customers('customer_key, first_order_id'),
]

describe('a delivery', () => {
  test('announces the days it made, once committed, and empties the list', async () => {
    await synced(tenant, {
      orders: [order({ order_id: 'b', day: '2026-03-02' }), order({ order_id: 'a', day: '2026-03-01' })],
    })
    await attribute(tenant)
    const data = { brand_id: tenant.brandId, days: ['2026-03-01', '2026-03-02'] }
    for (const type of ['orders.attributed', 'performance.updated']) {
      expect(publisher.published(type)).toMatchObject([
        { data, attributes: { 'ce-type': type, 'ce-tenantid': tenant.tenantId } },
      ])
    }
    expect(await tables.touched()).toEqual([])
    expect(await database.asAdmin('select * from outbox')).toEqual([])
  })

  test('the same event twice changes nothing and tells nobody', async () => {
    await synced(tenant, { orders: [order({ order_id: 'a', day: '2026-03-01', customer_key: 'ann' })] })
    const id = '0198f000-0000-7000-8000-000000000001'
    await attribute(tenant, id)
    const before = [await digest(), await tables.store('version')]
    await attribute(tenant, id)
    expect([await digest(), await tables.store('version')]).toEqual(before)
    expect(publisher.published('performance.updated')).toHaveLength(1)
  })

  test('a day touched again without a change gets a version of its own, larger, and no other day does', async () => {
    await synced(tenant, {
      orders: [order({ order_id: 'a', day: '2026-03-01' }), order({ order_id: 'b', day: '2026-03-02' })],
    })
    await attribute(tenant)
    const [first, second] = await tables.store('version')
    await database.asAdmin('insert into touched_days values ($1, $2, $3, now())', [
      tenant.tenantId,
      tenant.brandId,
      '2026-03-02',
    ])
    await attribute(tenant)
    const [unmoved, moved] = await tables.store('version')
    expect(unmoved).toEqual(first)
    expect(BigInt(moved?.version ?? 0)).toBeGreaterThan(BigInt(second?.version ?? 0))
    const all = await database.asAdmin(
      'select distinct version::text from unified_performance where tenant_id = $1 and day = $2',
      [tenant.tenantId, '2026-03-02'],
    )
    expect(all).toEqual([{ version: moved?.version }])
  })

  test('a version grows even when the clock goes back', async () => {
    await synced(tenant, { orders: [order({ order_id: 'a', day: '2026-03-01' })] })
    await attribute(tenant)
    const [before] = await tables.store('version')
    process.env.CLOCK_OFFSET_MS = String(-86_400_000)
    forgetConfig()
    await synced(tenant, { orders: [order({ order_id: 'a', day: '2026-03-01', gross_micros: units(7), version: 2 })] })
    await attribute(tenant)
    delete process.env.CLOCK_OFFSET_MS
    forgetConfig()
    expect(await tables.store('version, net_micros')).toEqual([
      { version: String(BigInt(before?.version ?? 0) + 1n), net: 7 },
    ])
  })

  test('two tenants with the same order, visit and customer ids do not meet', async () => {
    const other = await createTenant(`delivery other ${count}`)
    await synced(tenant, {
      orders: [order({ order_id: '1', day: '2026-03-01', customer_key: 'ann', gross_micros: units(10) })],
    })
    await synced(other, {
      orders: [order({ order_id: '1', day: '2026-03-01', customer_key: 'ann', gross_micros: units(20) })],
    })
    await attribute(tenant)
    expect(await tablesOf(database, other).store('day')).toEqual([])
    expect(await tablesOf(database, other).touched()).toEqual([{ day: '2026-03-01' }])
    await attribute(other)
    expect(await tables.store('net_micros, new_customers')).toEqual([{ net: 10, new_customers: 1 }])
    expect(await tablesOf(database, other).store('net_micros, new_customers')).toEqual([{ net: 20, new_customers: 1 }])
  })

  test('for a brand that is gone, or another tenant’s, there is nothing to do', async () => {
    const other = await createTenant(`delivery foreign ${count}`)
    await synced(other, { orders: [order({ order_id: '1', day: '2026-03-01' })] })
    await attribute({ ...tenant, brandId: other.brandId })
    expect(await tablesOf(database, other).store('day')).toEqual([])
    expect(publisher.published('orders.attributed')).toEqual([])
  })
})

describe('many orders and many deliveries', () => {
  const days = ['2026-03-01', '2026-03-02', '2026-03-03']

  test('chunks of at most 5,000 orders; what a slice leaves is continued', async () => {
    await manyOrders(days, 2_500)
    setSlice(1)
    await attribute(tenant)
    expect(await tables.touched()).toEqual([{ day: '2026-03-03' }])
    expect(publisher.published('rows.synced')).toMatchObject([{ data: { brand_id: tenant.brandId } }])
    setSlice(undefined)
    await attribute(tenant)
    expect(await tables.touched()).toEqual([])
    expect(await tables.store('orders, net_micros, new_customers, returning_customers')).toEqual([
      { orders: 2500, net: 25_000, new_customers: 2500, returning_customers: 0 },
      { orders: 2500, net: 25_000, new_customers: 0, returning_customers: 2500 },
      { orders: 2500, net: 25_000, new_customers: 0, returning_customers: 2500 },
    ])
    expect(publisher.published('rows.synced')).toHaveLength(1)
  })

  test('a day that the orders of several chunks were credited to is made once, at the end, also by another delivery', async () => {
    await manyOrders(days, 2_500)
    await database.asAdmin(
      `insert into touchpoints (tenant_id, brand_id, order_id, visit_id, occurred_at, day, bucket, parameters)
       select tenant_id, brand_id, order_id, 'v', '2026-02-20', '2026-02-20', 'email', '{}' from orders where tenant_id = $1`,
      [tenant.tenantId],
    )
    setSlice(1)
    await attribute(tenant)
    expect(await tables.ledger('touch', 'day')).toEqual([])
    setSlice(undefined)
    await attribute(tenant)
    expect(await tables.ledger('touch', 'day, net_micros')).toEqual([{ day: '2026-02-20', net: 75_000 }])
    const announced = publisher.published('performance.updated').flatMap(({ data }) => Object(data).days)
    expect(announced).toEqual([...days.slice(0, 2), '2026-02-20', '2026-03-03'])
    expect(await database.asAdmin('select day from stale_days')).toEqual([])
  })

  test('a single day of more than 5,000 orders is a chunk of its own', async () => {
    await manyOrders(days.slice(0, 2), 5_100)
    setSlice(1)
    await attribute(tenant)
    expect(await tables.touched()).toEqual([{ day: '2026-03-02' }])
    expect(await tables.store('orders')).toEqual([{ orders: 5100 }])
  })

  test('at most 400 days a chunk and a message; days without anything get a row of zeros', async () => {
    await database.asAdmin(
      `insert into touched_days select $1, $2, day, now() from generate_series('2025-01-01'::date, '2026-02-05', '1 day') as day`,
      [tenant.tenantId, tenant.brandId],
    )
    await attribute(tenant)
    expect(publisher.published('performance.updated').map(({ data }) => Object(data).days.length)).toEqual([400, 1])
    expect(await tables.store('orders, net_micros')).toEqual(Array(401).fill({ orders: 0, net: 0 }))
  })

  test('four deliveries at once do the work once', async () => {
    await manyOrders(days, 2_000)
    await Promise.all([1, 2, 3, 4].map(() => attribute(tenant)))
    await attribute(tenant) // what the losers left to a continuation
    expect(await tables.touched()).toEqual([])
    expect(await tables.store('orders, net_micros')).toEqual(days.map(() => ({ orders: 2000, net: 20_000 })))
    const announced = publisher.published('performance.updated').flatMap(({ data }) => Object(data).days)
    expect(announced.toSorted()).toEqual(days)
  })

  test('a brand in other hands is left alone and looked at again, once for all who asked', async () => {
    await manyOrders(days, 1)
    await database.asAdmin('begin')
    await database.asAdmin('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `attribute-orders:${tenant.tenantId}:${tenant.brandId}`,
    ])
    const asked = Date.now()
    await Promise.all([attribute(tenant), attribute(tenant)])
    await database.asAdmin('rollback')
    expect(await tables.store('day')).toEqual([])
    const again = publisher.delayed()
    expect(again.length).toBeLessThanOrEqual(2) // two only if a five-second mark lay between them
    expect(again[0]).toMatchObject({ topic: 'rows.synced', data: { brand_id: tenant.brandId } })
    expect((again[0]?.at.getTime() ?? 0) - asked).toBeGreaterThanOrEqual(5_000)
    await attribute(tenant)
    expect(await tables.store('orders')).toHaveLength(3)
  })

  test('days that a sync is writing are left out and looked at again', async () => {
    await manyOrders(days, 1)
    await database.asAdmin('begin')
    await database.asAdmin('update touched_days set touched_at = now() where tenant_id = $1 and day = $2', [
      tenant.tenantId,
      '2026-03-02',
    ])
    await attribute(tenant)
    await database.asAdmin('commit')
    expect(await tables.touched()).toEqual([{ day: '2026-03-02' }])
    expect(publisher.delayed()).toHaveLength(1)
    await attribute(tenant)
    expect(await tables.store('day, orders')).toEqual(days.map((day) => ({ day, orders: 1 })))
  })

  test('a day whose own turn is still to come is not rebuilt by the refund of another', async () => {
    const refunds = [refund({ order_id: 'a', refund_id: 'r', day: '2026-03-02' })]
    await synced(tenant, {
      orders: [order({ order_id: 'a', day: '2026-03-01' }), order({ order_id: 'b', day: '2026-03-02' })],
      refunds,
    })
    await database.asAdmin('begin')
    await database.asAdmin('update touched_days set touched_at = now() where tenant_id = $1 and day = $2', [
      tenant.tenantId,
      '2026-03-02',
    ])
    await attribute(tenant)
    await database.asAdmin('commit')
    expect(await tables.store('day, net_micros')).toEqual([{ day: '2026-03-01', net: 100 }])
    await attribute(tenant)
    expect(await tables.store('day, net_micros')).toEqual([
      { day: '2026-03-01', net: 100 },
      { day: '2026-03-02', net: 0 },
    ])
    expect(await tables.ledger('order', 'day, net_micros')).toEqual([
      { day: '2026-03-01', net: 100 },
      { day: '2026-03-02', net: 0 },
    ])
  })

  test('a failure in the middle leaves everything as it was; the next delivery does it all', async () => {
    await manyOrders(days, 2)
    await database.asAdmin('alter table unified_performance add constraint broken check (part <> $$credit$$) not valid')
    await expect(attribute(tenant)).rejects.toThrow()
    expect([
      await tables.store('day'),
      await tables.credits('order_id'),
      await tables.customers('customer_key'),
    ]).toEqual([[], [], []])
    expect(await tables.touched()).toHaveLength(3)
    expect(await database.asAdmin('select * from outbox')).toEqual([])
    await database.asAdmin('alter table unified_performance drop constraint broken')
    await attribute(tenant)
    expect(await tables.store('orders')).toEqual(days.map(() => ({ orders: 2 })))
  })
})
