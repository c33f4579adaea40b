import { beforeEach, describe, expect, test } from 'vitest'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { attribute, order, synced, tablesOf } from './shop.ts'

const database = useDatabase()
const publisher = usePublisher()
let tenant: TestTenant
let count = 0
let tables: ReturnType<typeof tablesOf>

beforeEach(async () => {
  tenant = await createTenant(`customers ${++count}`)
  tables = tablesOf(database, tenant)
})

const ann = { customer_key: 'ann' }
const COUNTS = 'day, new_customers, returning_customers'
const versions = async () =>
  Object.fromEntries((await tables.store('day, version')).map(({ day, version }) => [day, version]))

describe('new and returning customers', () => {
  test('the first order makes a customer new, later days returning; a guest is neither', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'a1', day: '2026-03-01', ...ann }),
        order({ order_id: 'a2', day: '2026-03-01', processed_at: '2026-03-01T18:00:00.000Z', ...ann }),
        order({ order_id: 'b1', day: '2026-03-02', customer_key: 'bob' }),
        order({ order_id: 'a3', day: '2026-03-02', ...ann }),
        order({ order_id: 'a4', day: '2026-03-02', ...ann }),
        order({ order_id: 'guest', day: '2026-03-02' }),
      ],
    })
    await attribute(tenant)
    expect(await tables.store(COUNTS)).toEqual([
      { day: '2026-03-01', new_customers: 1, returning_customers: 0 },
      { day: '2026-03-02', new_customers: 1, returning_customers: 1 },
    ])
    expect(await tables.credits('order_id, new_customers')).toEqual([
      { order_id: 'a1', new_customers: 1 },
      { order_id: 'a2', new_customers: 0 },
      { order_id: 'a3', new_customers: 0 },
      { order_id: 'a4', new_customers: 0 },
      { order_id: 'b1', new_customers: 1 },
      { order_id: 'guest', new_customers: 0 },
    ])
  })

  test('of two orders at the same instant the smaller id is the first', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'y', day: '2026-03-01', ...ann }),
        order({ order_id: 'x', day: '2026-03-01', ...ann }),
      ],
    })
    await attribute(tenant)
    expect(await tables.customers('customer_key, first_order_id')).toEqual([
      { customer_key: 'ann', first_order_id: 'x' },
    ])
  })

  test('an older order that arrives late takes the flag from the newer, whose day alone is done again', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'new', day: '2026-03-05', ...ann }),
        order({ order_id: 'other', day: '2026-03-06', customer_key: 'bob' }),
        order({ order_id: 'again', day: '2026-03-07', ...ann }),
      ],
    })
    await attribute(tenant)
    const before = await versions()
    await synced(tenant, { orders: [order({ order_id: 'old', day: '2026-02-01', ...ann })] })
    await attribute(tenant)
    expect(await tables.store(COUNTS)).toEqual([
      { day: '2026-02-01', new_customers: 1, returning_customers: 0 },
      { day: '2026-03-05', new_customers: 0, returning_customers: 1 },
      { day: '2026-03-06', new_customers: 1, returning_customers: 0 },
      { day: '2026-03-07', new_customers: 0, returning_customers: 1 },
    ])
    expect(await tables.ledger('order', 'day, new_customers')).toMatchObject([
      { new_customers: 1 },
      { new_customers: 0 },
      { new_customers: 1 },
      { new_customers: 0 },
    ])
    const after = await versions()
    expect(Object.keys(after).filter((day) => after[day] !== before[day])).toEqual(['2026-02-01', '2026-03-05'])
    expect(BigInt(after['2026-03-05'] ?? 0)).toBeGreaterThan(BigInt(before['2026-03-05'] ?? 0))
    expect(publisher.published('performance.updated').at(-1)?.data).toEqual({
      brand_id: tenant.brandId,
      days: ['2026-02-01', '2026-03-05'],
    })
  })

  test('a first order that is cancelled hands the flag to the next', async () => {
    const rest = [
      order({ order_id: 'second', day: '2026-03-05', ...ann }),
      order({ order_id: 'third', day: '2026-03-09', ...ann }),
    ]
    await synced(tenant, { orders: [order({ order_id: 'first', day: '2026-03-01', ...ann }), ...rest] })
    await attribute(tenant)
    const cancelled_at = '2026-03-10T00:00:00.000Z'
    await synced(tenant, {
      orders: [order({ order_id: 'first', day: '2026-03-01', ...ann, cancelled_at, version: 2 })],
    })
    await attribute(tenant)
    expect(await tables.store(COUNTS)).toEqual([
      { day: '2026-03-01', new_customers: 0, returning_customers: 0 },
      { day: '2026-03-05', new_customers: 1, returning_customers: 0 },
      { day: '2026-03-09', new_customers: 0, returning_customers: 1 },
    ])
    expect(await tables.credits('order_id, new_customers')).toContainEqual({ order_id: 'second', new_customers: 1 })
    expect(await tables.customers('first_order_id, first_order_day')).toEqual([
      { first_order_id: 'second', first_order_day: '2026-03-05' },
    ])
  })

  test('the only order of a customer, cancelled or given to another, leaves no customer', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'a', day: '2026-03-01', ...ann }),
        order({ order_id: 'b', day: '2026-03-02', customer_key: 'bob' }),
      ],
    })
    await attribute(tenant)
    await synced(tenant, {
      orders: [
        order({ order_id: 'a', day: '2026-03-01', ...ann, cancelled_at: '2026-03-03T00:00:00.000Z', version: 2 }),
        order({ order_id: 'b', day: '2026-03-02', customer_key: 'eve', version: 2 }),
      ],
    })
    await attribute(tenant)
    expect(await tables.customers('customer_key, first_order_id')).toEqual([
      { customer_key: 'eve', first_order_id: 'b' },
    ])
  })

  test('a cancelled order does not make its customer a returning one', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'a', day: '2026-03-01', ...ann }),
        order({ order_id: 'b', day: '2026-03-02', ...ann, cancelled_at: '2026-03-02T13:00:00.000Z' }),
      ],
    })
    await attribute(tenant)
    expect(await tables.store('orders, new_customers, returning_customers')).toEqual([
      { orders: 1, new_customers: 1, returning_customers: 0 },
      { orders: 1, new_customers: 0, returning_customers: 0 },
    ])
  })

  test('a test order is nobody’s first', async () => {
    await synced(tenant, {
      orders: [
        order({ order_id: 'trial', day: '2026-03-01', is_test: true, ...ann }),
        order({ order_id: 'real', day: '2026-03-02', ...ann }),
      ],
    })
    await attribute(tenant)
    expect(await tables.customers('first_order_id')).toEqual([{ first_order_id: 'real' }])
  })
})
