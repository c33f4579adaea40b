import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { call } from '../../../shared/operations/call.ts'
import { eraseCustomerOperation } from '../../../shared/operations/privacy/erase-customer.ts'
import { holdLocks, until } from '../../flow/locks.ts'
import { connectedTenant } from '../../flow/scripted.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { line } from '../../support/rows.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'
import { attribute, order, synced, tablesOf, touch } from '../attribute-orders/shop.ts'
import { deliverEightfold } from '../evaluate-alerts/deliveries.ts'
import { apply, connectionOf, countOf, customerKey, factsOf, webhook } from './webhooks.ts'

const database = useDatabase()
useCloud()
const ANN = '207119551'
const BOB = '207119552'
let count = 0
let tenant: TestTenant
let ann: string
let bob: string

beforeEach(async () => {
  tenant = await connectedTenant(`shop-${++count}`)
  ann = await customerKey(tenant, ANN)
  bob = await customerKey(tenant, BOB)
  await synced(tenant, rows())
  await attribute(tenant)
})

const rows = (version = 1) => ({
  orders: [
    order({ order_id: '1', day: '2026-03-02', customer_key: ann, version }),
    order({ order_id: '2', day: '2026-03-05', customer_key: ann, version }),
    order({ order_id: '3', day: '2026-03-05', customer_key: bob, version }),
  ],
  order_lines: ['1', '2', '3'].map((id) => line(id, '1')),
  refunds: [],
  refund_lines: [],
  touchpoints: ['1', '2', '3'].map((id) =>
    touch({ order_id: id, day: '2026-03-01', visit_id: id, parameters: { fbclid: `click of ${id}` } }),
  ),
})
/** Everything of the tenant in which a customer could be found. */
const traces = async (key: string): Promise<string[]> => {
  const found: string[] = []
  for (const table of ['orders', 'customers', 'touchpoints', 'order_attributions', 'outbox'])
    for (const { row } of await database.asAdmin<{ row: string }>(
      `select t::text as row from ${table} t where tenant_id = $1`,
      [tenant.tenantId],
    ))
      if (row.includes(key) || row.includes('click of 1') || row.includes('click of 2')) found.push(`${table}: ${row}`)
  return found
}
const figures = () => tablesOf(database, tenant).store('day, orders, units, gross_micros, net_micros')
/** Whether somebody waits for a row that another transaction holds. */
const waitsForRow = async (): Promise<boolean> =>
  (
    await database.asAdmin(
      "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
  ).length > 0
const redaction = (order_ids: string[] = []) =>
  webhook(tenant, { topic: 'customers/redact', subject: { customer_id: ANN, order_ids } })

describe('a customer who was erased', () => {
  test('leaves figures and nothing else, once however often the news comes', async () => {
    const before = await figures()
    expect(await traces(ann)).not.toEqual([])
    await deliverEightfold(apply, redaction())
    expect(await traces(ann)).toEqual([])
    await attribute(tenant)
    expect(await traces(ann)).toEqual([])
    expect(await figures()).toEqual([{ day: '2026-03-01', orders: 0, units: 0, gross: 0, net: 0 }, ...before.slice(-2)])
    expect(await tablesOf(database, tenant).customers('customer_key')).toEqual([{ customer_key: bob }])
    expect(await factsOf(database, tenant, 'admin.action')).toMatchObject([
      { action: 'privacy.customer_erased', subject_id: ann, details: { orders: 2, touchpoints: 2, customers: 1 } },
    ])
  })

  test('stays erased when a sync reads the same orders, newer ones and new ones, and others keep what they have', async () => {
    await apply(redaction())
    const later = rows(5)
    await synced(tenant, later)
    const next = order({ order_id: '4', day: '2026-03-09', customer_key: ann })
    await synced(tenant, {
      ...later,
      orders: [next],
      touchpoints: [touch({ order_id: '4', day: '2026-03-09', visit_id: '4', parameters: { fbclid: 'click of 1' } })],
    })
    await attribute(tenant)
    expect(await traces(ann)).toEqual([])
    expect(await countOf(database, 'orders', tenant)).toBe(4)
    expect(await countOf(database, 'order_lines', tenant)).toBe(3)
    expect(
      await database.asAdmin('select order_id, journey from orders where tenant_id = $1 order by 1', [tenant.tenantId]),
    ).toEqual([
      { order_id: '1', journey: 'none' },
      { order_id: '2', journey: 'none' },
      { order_id: '3', journey: 'ready' },
      { order_id: '4', journey: 'none' },
    ])
    expect(await tablesOf(database, tenant).customers('customer_key')).toEqual([{ customer_key: bob }])
  })

  test('and a sync of the same rows then finds nothing to write', async () => {
    await apply(redaction())
    await attribute(tenant)
    await synced(tenant, rows())
    expect(await tablesOf(database, tenant).touched()).toEqual([])
  })

  test('stays erased when the tenant has a second key by then', async () => {
    await asSystem(tenant.tenantId, () => transaction(addTenantKey))
    await apply(redaction())
    expect(await traces(ann)).toEqual([])
  })

  test('takes along the orders that are named, whoever they belong to here', async () => {
    await apply(redaction(['3']))
    await synced(tenant, rows(5))
    await attribute(tenant)
    expect(await database.asAdmin('select customer_key from orders where tenant_id = $1', [tenant.tenantId])).toEqual(
      Array(3).fill({ customer_key: null }),
    )
    expect(await countOf(database, 'touchpoints', tenant)).toBe(0)
    expect(await countOf(database, 'customers', tenant)).toBe(0)
  })

  test('is not brought back by a sync that commits at the same moment', async () => {
    // The sync holds its connection in each commit; the erasure waits for it, and so sees what it wrote.
    const release = await holdLocks(
      database,
      `update integrations set lease_until = now() where integration_id = '${tenant.integrationId}'`,
    )
    const erasing = apply(redaction())
    await until(waitsForRow)
    await synced(tenant, { ...rows(), orders: [order({ order_id: '5', day: '2026-03-09', customer_key: ann })] })
    await release()
    await erasing
    expect(await traces(ann)).toEqual([])
  })

  test('can be asked for by an admin, by either form of the id, and of their own brands alone', async () => {
    const other = await connectedTenant(`other-${count}`)
    const erase = (brand_id: string, customer_id: string) =>
      asSystem(tenant.tenantId, () => call(eraseCustomerOperation, { brand_id, customer_id }))
    await expect(erase(other.brandId, ANN)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await erase(tenant.brandId, `gid://shopify/Customer/${ANN}`)).toEqual({
      orders: 2,
      touchpoints: 2,
      customers: 1,
    })
    expect(await erase(tenant.brandId, ANN)).toEqual({ orders: 0, touchpoints: 0, customers: 0 })
    expect(await erase(tenant.brandId, '99')).toEqual({ orders: 0, touchpoints: 0, customers: 0 })
  })
})

test('a request for data is left open in the audit log with counts, and with no name', async () => {
  const subject = { customer_id: ANN, order_ids: ['3'], data_request_id: '9999' }
  await deliverEightfold(apply, webhook(tenant, { topic: 'customers/data_request', subject }))
  expect(await factsOf(database, tenant, 'admin.action')).toEqual([
    {
      action: 'privacy.data_requested',
      subject_id: ann,
      details: {
        status: 'open',
        brand_id: tenant.brandId,
        data_request_id: '9999',
        answer_until: expect.any(String),
        held: { orders: 3, order_lines: 3, refunds: 0, touchpoints: 3 },
        first_order_day: '2026-03-02',
        last_order_day: '2026-03-05',
      },
    },
  ])
})

describe('a shop that was erased', () => {
  const erasure = () => webhook(tenant, { topic: 'shop/redact' })

  test('leaves nothing of its orders, customers, products and progress; its days are zero', async () => {
    await synced(tenant, {
      products: [
        {
          product_id: '1',
          title: 'Thing',
          handle: null,
          status: null,
          vendor: null,
          product_type: null,
          created_at: null,
          updated_at: '2026-03-01T00:00:00.000Z',
        },
      ],
    })
    await apply(webhook(tenant, { topic: 'app/uninstalled' }))
    await deliverEightfold(apply, erasure())
    await attribute(tenant)
    for (const table of [
      'orders',
      'order_lines',
      'touchpoints',
      'order_attributions',
      'customers',
      'products',
      'sync_state',
    ])
      expect([table, await countOf(database, table, tenant)]).toEqual([table, 0])
    expect((await figures()).every(({ orders, net }) => orders === 0 && net === 0)).toBe(true)
    expect(await connectionOf(database, tenant)).toMatchObject({ status: 'disconnected' })
    expect(
      (await factsOf(database, tenant, 'admin.action')).filter((fact) => JSON.stringify(fact).includes('shop_erased')),
    ).toHaveLength(1)
  })

  test('does not take the orders and products of the brand’s other shop', async () => {
    const second = { ...tenant, integrationId: uuidv7() }
    await database.asAdmin(
      `insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, next_due_at, created_at)
       values ($1, $2, $3, 'shopify', 'second.myshopify.com', 'second', now(), now())`,
      [tenant.tenantId, tenant.brandId, second.integrationId],
    )
    await synced(second, { orders: [order({ order_id: '9', day: '2026-03-05', customer_key: bob })] })
    await apply(erasure())
    await attribute(tenant)
    expect(await database.asAdmin('select order_id from orders where tenant_id = $1', [tenant.tenantId])).toEqual([
      { order_id: '9' },
    ])
    expect(await tablesOf(database, tenant).customers('customer_key, first_order_id')).toEqual([
      { customer_key: bob, first_order_id: '9' },
    ])
  })
})
