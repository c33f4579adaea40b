import { beforeAll, describe, expect, it } from 'vitest'
import { snapshotInventory } from '../../../../functions/maintain/chores/snapshot-inventory.ts'
import { maintain } from '../../../../functions/maintain/maintain.ts'
import { PLATFORM_TENANT_ID } from '../../../../shared/tenant.ts'
import { dayIn } from '../../../../shared/units.ts'
import { useApi } from '../../../support/api.ts'
import { useCloud } from '../../../support/cloud.ts'
import { useDatabase } from '../../../support/database.ts'
import { signIn } from '../../../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../../../support/tenants.ts'

const ZONE = 'Pacific/Auckland'
const database = useDatabase()
useCloud()
const call = useApi()
let tenant: TestTenant
let token: string

beforeAll(async () => {
  tenant = await createTenant('acme', { timeZone: ZONE })
  token = (await signIn(tenant.tenantId, 'admin')).token
  const here = [tenant.tenantId, tenant.brandId]
  await database.asAdmin(
    `insert into products (tenant_id, brand_id, product_id, title, status, updated_at) values ($1, $2, 'p', 'Henley', 'ACTIVE', now())`,
    here,
  )
  await database.asAdmin(
    `insert into variants (tenant_id, brand_id, variant_id, product_id, title, inventory_item_id, tracked)
     values ($1, $2, 'sells', 'p', 'S', 'i1', true), ($1, $2, 'gone', 'p', 'M', 'i2', true), ($1, $2, 'loose', 'p', 'L', 'i3', false)`,
    here,
  )
  await database.asAdmin(
    `insert into inventory_levels (tenant_id, brand_id, inventory_item_id, location_id, product_id, available, on_hand, incoming)
     values ($1, $2, 'i1', 'l1', 'p', 20, 22, 0), ($1, $2, 'i1', 'l2', 'p', 10, 10, 8), ($1, $2, 'i2', 'l1', 'p', 0, 0, null),
       ($1, $2, 'i3', 'l1', 'p', 5, 5, 0)`,
    here,
  )
  // Twenty known days, on the last five of which 'sells' was out; it sold 3 on each of the fifteen before.
  await database.asAdmin(
    `insert into inventory_daily (tenant_id, brand_id, day, variant_id, available, on_hand, incoming, taken_at)
     select $1, $2, $3::date - n, 'sells', case when n <= 5 then 0 else 40 end, 0, 0, now() from generate_series(1, 20) n`,
    [...here, dayIn(ZONE, new Date())],
  )
  await database.asAdmin(
    `with made as (
       insert into orders (tenant_id, brand_id, order_id, integration_id, created_at, processed_at, updated_at, day, is_test, currency, units,
         gross_micros, discounts_micros, tax_micros, shipping_micros, gift_cards_micros, adjustment_micros, journey, content_hash, fetched_at)
       select $1, $2, n::text, $4, now(), now(), now(), $3::date - n, n = 6, 'USD', 3, 0, 0, 0, 0, 0, 0, 'none', '', now()
       from generate_series(6, 20) n returning order_id)
     insert into order_lines (tenant_id, brand_id, order_id, line_id, variant_id, quantity, current_quantity, gross_micros, discount_micros,
       tax_micros, is_gift_card)
     select $1, $2, order_id, order_id, 'sells', 3, 3, 0, 0, 0, false from made`,
    [...here, dayIn(ZONE, new Date()), tenant.integrationId],
  )
})

const inventory = async (query = '') =>
  (await call(`/api/analytics/brands/${tenant.brandId}/inventory${query}`, { token })).body

describe('inventory', () => {
  it('says what the known days say, over all locations, the most urgent first', async () => {
    const answer = await inventory()
    expect(answer).toMatchObject({ lead_time: null, counts: { items: 2, out_of_stock: 1, unknown: 1 } })
    expect(answer).toMatchObject({
      items: [
        { variant_id: 'gone', known_days: 0, velocity: null, needs: ['14 days of snapshots', 'lead time'] },
        // 14 × 3 units on 15 days in stock: the test order does not count.
        {
          variant_id: 'sells',
          known_days: 20,
          velocity: 2.8,
          available: 30,
          on_hand: 32,
          incoming: 8,
          needs: ['lead time'],
        },
      ],
    })
  })

  it('knows risk and reorder point once a lead time is set, and shows who is at risk', async () => {
    const settings = { lead_time_days: 14, lead_time_sd_days: 3 }
    await call(`/api/brands/${tenant.brandId}/settings`, { method: 'PATCH', token, body: settings })
    const sd = Math.sqrt(14 * (0.7746 * 0.7746) + 2.8 ** 2 * 9)
    const answer = await inventory('?only=at_risk')
    expect(answer).toMatchObject({ lead_time: { mean_days: 14, sd_days: 3 }, items: [{ variant_id: 'sells' }] })
    const [item] = (answer as { items: { reorder_point: number; stock_out_risk: number }[] }).items // as just asserted
    expect(item?.reorder_point).toBeCloseTo(2.8 * 14 + 1.645 * sd, 2)
    expect(item?.stock_out_risk).toBeGreaterThan(0.4)
  })

  it('is remembered once a day of the brand, tracked variants alone', async () => {
    const chore = () => asSystem(PLATFORM_TENANT_ID, () => maintain([snapshotInventory]))
    await chore()
    await database.asAdmin("update inventory_levels set available = 1 where inventory_item_id = 'i1'")
    await chore()
    const taken = await database.asAdmin(
      'select variant_id, available::int, on_hand::int, incoming::int from inventory_daily where day = $1 order by variant_id',
      [dayIn(ZONE, new Date())],
    )
    expect(taken).toEqual([
      { variant_id: 'gone', available: 0, on_hand: 0, incoming: 0 },
      { variant_id: 'sells', available: 30, on_hand: 32, incoming: 8 },
    ])
  })
})
