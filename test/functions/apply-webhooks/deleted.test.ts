import { beforeEach, describe, expect, test } from 'vitest'
import type { Row } from '../../../shared/db/tables.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { line } from '../../support/rows.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { attribute, campaign, order, refund, synced, tablesOf, touch, units } from '../attribute-orders/shop.ts'
import { deliverEightfold } from '../evaluate-alerts/deliveries.ts'
import { apply, countOf, webhook } from './webhooks.ts'

const database = useDatabase()
useCloud()
let count = 0
let tenant: TestTenant
let tables: ReturnType<typeof tablesOf>

beforeEach(async () => {
  tenant = await createTenant(`shop-${++count}`)
  tables = tablesOf(database, tenant)
})

const deletion = (row_id: string, topic = 'orders/delete', of = tenant) => webhook(of, { topic, subject: { row_id } })

describe('an order that was deleted', () => {
  const rows = {
    orders: [
      order({ order_id: '1', day: '2026-03-02', customer_key: 'ann' }),
      order({ order_id: '2', day: '2026-03-05', customer_key: 'ann' }),
    ],
    order_lines: [line('1', '1'), line('2', '1')],
    refunds: [refund({ order_id: '1', day: '2026-03-04', refund_id: 'r', returns_micros: units(40) })],
    refund_lines: [],
    touchpoints: [touch({ order_id: '1', day: '2026-03-01', visit_id: 'v', campaign_id_hint: 'c1' })],
    campaigns: [campaign({ campaign_id: 'c1', name: 'Spring' })],
  }
  beforeEach(async () => {
    await synced(tenant, rows)
    await attribute(tenant)
  })

  test('leaves every day on which it counted, in both ledgers, and its customer’s next order is the first', async () => {
    expect(await tables.ledger('touch', 'day, net_micros')).toContainEqual({ day: '2026-03-01', net: 60 })
    await deliverEightfold(apply, deletion('1'))
    expect(await tables.touched()).toEqual(['2026-03-01', '2026-03-02', '2026-03-04'].map((day) => ({ day })))
    await attribute(tenant)
    expect(await tables.store('day, orders, net_micros, new_customers')).toEqual([
      { day: '2026-03-01', orders: 0, net: 0, new_customers: 0 },
      { day: '2026-03-02', orders: 0, net: 0, new_customers: 0 },
      { day: '2026-03-04', orders: 0, net: 0, new_customers: 0 },
      { day: '2026-03-05', orders: 1, net: 100, new_customers: 1 },
    ])
    expect((await tables.ledger('touch', 'day')).map(({ day }) => day)).toEqual(['2026-03-05'])
    for (const [table, left] of [
      ['order_lines', 1],
      ['refunds', 0],
      ['touchpoints', 0],
    ] as const)
      expect([table, await countOf(database, table, tenant)]).toEqual([table, left])
  })

  test('stays deleted, whatever a sync had read of it before, and also when the news came before the order', async () => {
    await apply(deletion('1'))
    await apply(deletion('3'))
    const later = [
      order({ order_id: '1', day: '2026-03-02', version: 9 }),
      order({ order_id: '3', day: '2026-03-07' }),
      order({ order_id: '4', day: '2026-03-07' }),
    ]
    await synced(tenant, { ...rows, orders: later, order_lines: [line('1', '1'), line('3', '1'), line('4', '1')] })
    const ids = await database.asAdmin('select order_id from orders where tenant_id = $1 order by 1', [tenant.tenantId])
    expect(ids).toEqual([{ order_id: '2' }, { order_id: '4' }])
  })

  test('of another tenant with the same shop stays there until its own news comes', async () => {
    const second = await createTenant(`second-${count}`, { accountId: `shop-${count}.myshopify.com` })
    await synced(second, rows)
    await apply(deletion('1'))
    expect(await countOf(database, 'orders', second)).toBe(2)
    await apply(deletion('1', 'orders/delete', second))
    expect(await countOf(database, 'orders', second)).toBe(1)
  })
})

describe('a product that was deleted', () => {
  const product = (product_id: string): Row<'products'> => ({
    product_id,
    title: 'Thing',
    handle: null,
    status: 'ACTIVE',
    vendor: null,
    product_type: null,
    created_at: null,
    updated_at: '2026-03-01T00:00:00.000Z',
  })
  const variant = (variant_id: string, product_id: string): Row<'variants'> => ({
    variant_id,
    product_id,
    sku: null,
    title: null,
    price_micros: 1n,
    inventory_item_id: variant_id,
    tracked: true,
    unit_cost_micros: null,
    unit_cost_currency: null,
    updated_at: null,
  })
  const level = (inventory_item_id: string, product_id: string): Row<'inventory_levels'> => ({
    inventory_item_id,
    location_id: '1',
    product_id,
    location_name: null,
    available: 1n,
    on_hand: 1n,
    committed: 0n,
    incoming: 0n,
    reserved: 0n,
    updated_at: null,
  })
  const rows = {
    products: [product('1'), product('2')],
    variants: [variant('11', '1'), variant('21', '2')],
    inventory_levels: [level('11', '1'), level('21', '2')],
  }

  test('goes with its variants and stock, and a page that was read before brings none of them back', async () => {
    await synced(tenant, rows)
    await deliverEightfold(apply, deletion('1', 'products/delete'))
    await synced(tenant, { ...rows, products: [product('1'), product('2'), product('3')] })
    for (const [table, left] of [
      ['products', 2],
      ['variants', 1],
      ['inventory_levels', 1],
    ] as const)
      expect([table, await countOf(database, table, tenant)]).toEqual([table, left])
  })
})
