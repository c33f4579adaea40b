import { beforeAll, describe, expect, it } from 'vitest'
import type { Row, Rows } from '../../../shared/db/tables.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { prepareRows, upsertRows, type Written } from '../../../shared/db/upsert.ts'
import { useDatabase } from '../../support/database.ts'
import { line, order } from '../../support/rows.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
let tenant: TestTenant

beforeAll(async () => {
  tenant = await createTenant('shop')
})

const upsert = (rows: Rows, into = tenant): Promise<Written> => {
  const owner = { tenant_id: into.tenantId, brand_id: into.brandId, integration_id: into.integrationId }
  return asSystem(into.tenantId, () => transaction((db) => upsertRows(db, prepareRows(rows, owner))))
}
const write = (orders: Row<'orders'>[], lines: Row<'order_lines'>[], into = tenant): Promise<Written> =>
  upsert({ orders, order_lines: lines }, into)
const PRODUCT: Row<'products'> = {
  product_id: 'p',
  title: 'Mug',
  handle: null,
  status: null,
  vendor: null,
  product_type: null,
  created_at: null,
  updated_at: '2026-11-01T12:00:00.000Z',
}
const variant = (variant_id: string, given: Partial<Row<'variants'>>): Row<'variants'> => ({
  variant_id,
  product_id: 'p',
  sku: null,
  title: null,
  price_micros: null,
  inventory_item_id: null,
  tracked: null,
  unit_cost_micros: null,
  unit_cost_currency: null,
  updated_at: null,
  ...given,
})
const writeVariants = (variants: Row<'variants'>[]): Promise<Written> => upsert({ products: [PRODUCT], variants })
const costsOf = (orderId: string) =>
  database.asAdmin(
    'select line_id, unit_cost_micros from order_lines where tenant_id = $1 and order_id = $2 order by line_id',
    [tenant.tenantId, orderId],
  )
const linesOf = (orderId: string) =>
  database.asAdmin(
    'select line_id, quantity from order_lines where tenant_id = $1 and order_id = $2 order by line_id',
    [tenant.tenantId, orderId],
  )

describe('upserting rows', () => {
  it('writes each once, and nothing when they come again unchanged', async () => {
    const rows = [
      [order('1'), order('2')],
      [line('1', 'a'), line('2', 'a')],
    ] as const
    expect(await write([...rows[0]], [...rows[1]])).toMatchObject({ rows: 4, days: ['2026-11-01'] })
    expect(await write([...rows[0]], [...rows[1]])).toMatchObject({ rows: 0, days: [] })
  })

  it('reports the old and the new day of an order that moved', async () => {
    await write([order('moved')], [])
    const moved = order('moved', { day: '2026-11-05', content_hash: 'h2', updated_at: '2026-11-06T00:00:00.000Z' })
    expect((await write([moved], [])).days.sort()).toEqual(['2026-11-01', '2026-11-05'])
  })

  it('keeps the newer version when an older one arrives later, with the children of the newer', async () => {
    await write([order('late', { content_hash: 'new', updated_at: '2026-11-09T00:00:00.000Z' })], [line('late', 'new')])
    expect(
      await write(
        [order('late', { content_hash: 'old', updated_at: '2026-11-02T00:00:00.000Z' })],
        [line('late', 'old')],
      ),
    ).toMatchObject({ rows: 0, days: [] })
    expect(await linesOf('late')).toMatchObject([{ line_id: 'new' }])
  })

  it('replaces children as a set: a line that is gone is deleted', async () => {
    await write([order('edited')], [line('edited', 'a'), line('edited', 'b')])
    const changed = order('edited', { content_hash: 'h2', updated_at: '2026-11-03T00:00:00.000Z' })
    await write([changed], [line('edited', 'b', { quantity: 5n })])
    expect(await linesOf('edited')).toMatchObject([{ line_id: 'b', quantity: '5' }])
    await write([order('edited', { content_hash: 'h3', updated_at: '2026-11-04T00:00:00.000Z' })], [])
    expect(await linesOf('edited')).toEqual([])
  })

  it('freezes the unit cost of a line when it is first written, in the order’s own currency', async () => {
    const costing = (cents: bigint, currency = 'USD') => ({
      unit_cost_micros: cents * 10_000n,
      unit_cost_currency: currency,
    })
    await writeVariants([variant('mug', costing(420n)), variant('pen', costing(99n, 'EUR')), variant('cup', {})])
    const sold = (id: string, variant_id: string | null) => line('frozen', id, { variant_id })
    await write([order('frozen')], [sold('a', 'mug'), sold('b', 'pen'), sold('c', 'cup'), sold('d', null)])
    const first = [
      { line_id: 'a', unit_cost_micros: '4200000' },
      ...['b', 'c', 'd'].map((line_id) => ({ line_id, unit_cost_micros: null })),
    ]
    expect(await costsOf('frozen')).toEqual(first)
    await writeVariants([variant('mug', costing(500n)), variant('pen', costing(80n)), variant('cup', costing(1n))])
    const edited = order('frozen', { content_hash: 'h2', updated_at: '2026-11-03T00:00:00.000Z' })
    await write(
      [edited],
      [{ ...sold('a', 'mug'), current_quantity: 0n }, sold('b', 'pen'), sold('c', 'cup'), sold('e', 'mug')],
    )
    const [a, b, c] = first
    expect(await costsOf('frozen')).toEqual([a, b, c, { line_id: 'e', unit_cost_micros: '5000000' }])
  })

  it('takes the last of rows that come twice on one page', async () => {
    const twice = [order('twice', { content_hash: 'a', units: 1n }), order('twice', { content_hash: 'b', units: 2n })]
    expect((await write(twice, [])).rows).toBe(1)
    expect(await database.asAdmin("select units from orders where order_id = 'twice'")).toMatchObject([{ units: '2' }])
  })

  it('keeps tenants with the same provider ids apart', async () => {
    const other = await createTenant('other-shop')
    await write([order('same', { units: 1n })], [])
    await write([order('same', { units: 9n })], [], other)
    const rows = await database.asAdmin("select tenant_id, units from orders where order_id = 'same' order by units")
    expect(rows).toEqual([
      { tenant_id: tenant.tenantId, units: '1' },
      { tenant_id: other.tenantId, units: '9' },
    ])
  })

  it('writes amounts beyond 2^53 exactly', async () => {
    await write([order('big', { currency: 'IDR', gross_micros: 9_007_199_254_740_993n })], [])
    expect(await database.asAdmin("select gross_micros from orders where order_id = 'big'")).toEqual([
      { gross_micros: '9007199254740993' },
    ])
  })

  it('writes nothing of a page with a row that cannot be stored', async () => {
    const broken = order('broken', { journey: 'no such state' })
    await expect(write([order('good'), broken], [])).rejects.toMatchObject({ code: '23514' })
    expect(await database.asAdmin("select 1 from orders where order_id = 'good'")).toEqual([])
  })
})
