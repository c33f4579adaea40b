import { beforeAll, expect, test } from 'vitest'
import { clock } from '../../../shared/clock.ts'
import type { Rows } from '../../../shared/db/tables.ts'
import { addDays, dayIn } from '../../../shared/units.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { adDay, attribute, campaign, order, refund, synced, touch, units } from './shop.ts'

const database = useDatabase()
usePublisher()
/** Young enough for a fit of Markov's model. */
const FIRST = addDays(dayIn('UTC', clock.now()), -40)
const BUCKETS = ['paid', 'email', 'organic', 'direct', 'paid'] as const

/** An order with what belongs to it, as one page of a sync brings it. Customers come again, refunds may be of other days. */
const page = (n: number): Rows => {
  const order_id = String(100 + n)
  const day = addDays(FIRST, (n * 7) % 20)
  const paid = { gross_micros: units(33.33 + n), discounts_micros: units(n % 3), customer_key: `c${n % 8}` }
  return {
    campaigns: [campaign({ campaign_id: String(n % 3), name: `Campaign ${n % 3}` })],
    ad_performance: [adDay({ campaign_id: String(n % 3), day, spend_micros: units(10 + (n % 3)) })],
    orders: [order({ order_id, day, ...paid, cancelled_at: n % 9 === 4 ? `${day}T20:00:00.000Z` : null })],
    refunds:
      n % 4 === 0 ? [refund({ order_id, refund_id: 'r', day: addDays(day, 6), returns_micros: units(11.11) })] : [],
    touchpoints: Array.from({ length: n % 5 }, (_, at) =>
      touch({
        ...{ order_id, visit_id: String(at), day: addDays(day, -((n + at * 3) % 9)) },
        ...{ bucket: BUCKETS[(n + at) % 5] ?? 'paid', campaign_id_hint: String((n + at) % 3) },
      }),
    ),
  }
}
const PAGES = Array.from({ length: 24 }, (_, n) => page(n))

/** All of it as one page; a campaign comes once. */
const together = (pages: readonly Rows[]): Rows => ({
  campaigns: pages.slice(0, 3).flatMap(({ campaigns = [] }) => campaigns),
  ad_performance: pages.flatMap(({ ad_performance = [] }) => ad_performance),
  orders: pages.flatMap(({ orders = [] }) => orders),
  refunds: pages.flatMap(({ refunds = [] }) => refunds),
  touchpoints: pages.flatMap(({ touchpoints = [] }) => touchpoints.toReversed()),
})

let atOnce: TestTenant
let backwards: TestTenant

beforeAll(async () => {
  atOnce = await createTenant('at once')
  await synced(atOnce, together(PAGES))
  await attribute(atOnce)
  backwards = await createTenant('backwards')
  for (const [at, rows] of PAGES.toReversed().entries()) {
    await synced(backwards, rows)
    if (at % 6 === 5) await attribute(backwards)
  }
})

const left = (table: string, { tenantId }: TestTenant) =>
  database.asAdmin(
    `select to_jsonb(t) - array['tenant_id', 'brand_id', 'version'] as row from ${table} t where tenant_id = $1 order by 1`,
    [tenantId],
  )

test.each(['order_credits', 'unified_performance', 'customers', 'attribution_fits'])(
  'orders that come one by one, the latest first, leave the same %s as all at once',
  async (table) => {
    const rows = await left(table, atOnce)
    expect(rows.length).toBeGreaterThan(0)
    expect(await left(table, backwards)).toEqual(rows)
  },
)
