import { beforeAll, describe, expect, it } from 'vitest'
import type { Row } from '../../../shared/db/tables.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { attribute, figures, order, refund, synced, tablesOf, units } from './shop.ts'

const database = useDatabase()
useCloud()
let tenant: TestTenant

const line = (given: Partial<Row<'order_lines'>> & { order_id: string; line_id: string }): Row<'order_lines'> => ({
  product_id: 'p1',
  variant_id: 'v1',
  title: null,
  sku: null,
  vendor: null,
  quantity: 1n,
  current_quantity: 1n,
  gross_micros: units(100),
  discount_micros: 0n,
  tax_micros: 0n,
  is_gift_card: false,
  ...given,
})
const returned = (given: Partial<Row<'refund_lines'>> & { line_id: string }): Row<'refund_lines'> => ({
  order_id: '1',
  refund_id: 'r',
  refund_line_id: given.line_id,
  quantity: 1n,
  returns_micros: units(30),
  tax_micros: 0n,
  restock_type: 'RETURN',
  ...given,
})

beforeAll(async () => {
  tenant = await createTenant('acme')
  const [own] = [
    {
      updated_at: '2026-01-01T00:00:00.000Z',
      inventory_item_id: null,
      tracked: true,
      title: null,
      sku: null,
      price_micros: null,
    },
  ]
  await synced(tenant, {
    products: ['p1', 'p2'].map((product_id) => ({
      product_id,
      title: product_id,
      handle: null,
      status: null,
      vendor: null,
      product_type: null,
      created_at: null,
      updated_at: own.updated_at,
    })),
    variants: [
      { ...own, variant_id: 'v1', product_id: 'p1', unit_cost_micros: units(12), unit_cost_currency: 'USD' },
      { ...own, variant_id: 'v2', product_id: 'p2', unit_cost_micros: units(5), unit_cost_currency: 'USD' },
    ],
  })
  await synced(tenant, {
    orders: [
      order({
        order_id: '1',
        day: '2026-03-02',
        customer_key: 'ann',
        units: 5n,
        gross_micros: units(250),
        discounts_micros: units(10),
      }),
      order({ order_id: '2', day: '2026-03-02', customer_key: 'ann', units: 1n, gross_micros: units(60) }),
      order({ order_id: '3', day: '2026-03-05', gross_micros: units(40) }),
    ],
    order_lines: [
      line({ order_id: '1', line_id: 'a', quantity: 3n, gross_micros: units(150), discount_micros: units(10) }),
      line({ order_id: '1', line_id: 'b', quantity: 2n, product_id: 'p2', variant_id: 'v2' }),
      line({
        order_id: '1',
        line_id: 'card',
        product_id: null,
        variant_id: null,
        is_gift_card: true,
        gross_micros: 0n,
      }),
      line({ order_id: '2', line_id: 'c', gross_micros: units(60) }),
      line({ order_id: '3', line_id: 'd', product_id: null, variant_id: null, gross_micros: units(40) }),
    ],
    refunds: [refund({ order_id: '1', refund_id: 'r', day: '2026-03-04', units: 2n, returns_micros: units(60) })],
    refund_lines: [returned({ line_id: 'a' }), returned({ line_id: 'b', restock_type: 'NO_RESTOCK' })],
  })
  await attribute(tenant)
})

const products = async () =>
  (
    await database.asAdmin(
      `select day::text, product_id, orders, units, gross_micros, discounts_micros, returns_micros, net_micros, cogs_micros
       from product_performance where tenant_id = $1 order by day, product_id`,
      [tenant.tenantId],
    )
  ).map(figures)

describe('figures by product', () => {
  it('count lines on the order’s day and returns on theirs, with what the units cost; back in stock costs nothing', async () => {
    expect(await products()).toEqual([
      {
        day: '2026-03-02',
        product_id: 'p1',
        orders: 2,
        units: 4,
        gross: 210,
        discounts: 10,
        returns: 0,
        net: 200,
        cogs: 48,
      },
      {
        day: '2026-03-02',
        product_id: 'p2',
        orders: 1,
        units: 2,
        gross: 100,
        discounts: 0,
        returns: 0,
        net: 100,
        cogs: 10,
      },
      {
        day: '2026-03-04',
        product_id: 'p1',
        orders: 0,
        units: 0,
        gross: 0,
        discounts: 0,
        returns: 30,
        net: -30,
        cogs: -12,
      },
      {
        day: '2026-03-04',
        product_id: 'p2',
        orders: 0,
        units: 0,
        gross: 0,
        discounts: 0,
        returns: 30,
        net: -30,
        cogs: 0,
      },
      {
        day: '2026-03-05',
        product_id: '',
        orders: 1,
        units: 1,
        gross: 40,
        discounts: 0,
        returns: 0,
        net: 40,
        cogs: null,
      },
    ])
  })

  it('add up to the store’s, whose costs are unknown as soon as one is; first orders are new net, and so are their returns', async () => {
    expect(
      await tablesOf(database, tenant).store('day, gross_micros, net_micros, cogs_micros, new_net_micros'),
    ).toEqual([
      { day: '2026-03-02', gross: 310, net: 300, cogs: 58, new_net: 240 },
      { day: '2026-03-04', gross: 0, net: -60, cogs: -12, new_net: -60 },
      { day: '2026-03-05', gross: 40, net: 40, cogs: null, new_net: 0 },
    ])
  })
})
