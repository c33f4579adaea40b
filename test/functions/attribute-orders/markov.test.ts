import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clock } from '../../../shared/clock.ts'
import { forgetConfig } from '../../../shared/config.ts'
import type { Row, Rows } from '../../../shared/db/tables.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { attribute, order, synced, tablesOf, touch } from './shop.ts'

const database = useDatabase()
usePublisher()
let tenant: TestTenant
let count = 0
let tables: ReturnType<typeof tablesOf>

beforeEach(async () => {
  itIs('2026-03-10T12:00:00.000Z')
  tenant = await createTenant(`markov ${++count}`, { timeZone: 'America/New_York' })
  tables = tablesOf(database, tenant)
})
afterEach(() => {
  delete process.env.CLOCK_OFFSET_MS
  forgetConfig()
})

function itIs(instant: string): void {
  process.env.CLOCK_OFFSET_MS = String(Date.parse(instant) - Date.now())
  forgetConfig()
}

type Bucket = 'paid' | 'organic' | 'email' | 'direct'

/** An order of 100.00 on a day, after a touch of each bucket, one an hour of that morning. */
const sold = (
  order_id: string,
  day: string,
  ...buckets: Bucket[]
): { order: Row<'orders'>; touches: Row<'touchpoints'>[] } => ({
  order: order({ order_id, day }),
  touches: buckets.map((bucket, at) =>
    touch({ order_id, visit_id: String(at), day, bucket, occurred_at: `${day}T0${at + 1}:00:00.000Z` }),
  ),
})
const rows = (...sales: ReturnType<typeof sold>[]): Rows => ({
  orders: sales.map((sale) => sale.order),
  touchpoints: sales.flatMap((sale) => sale.touches),
})
const markov = async (day: string) => {
  const figures = await tables.ledger('order', 'day, bucket, net_micros', 'markov')
  return Object.fromEntries(figures.filter((row) => row.day === day).map(({ bucket, net }) => [bucket, net]))
}
const fits = () =>
  database.asAdmin<{ fitted_on: string; effects: Record<string, number> }>(
    `select fitted_on::text, model_version, effects, paths::int, conversions::int, null_paths::int from attribution_fits
     where tenant_id = $1 order by fitted_on`,
    [tenant.tenantId],
  )

/** start -> paid 3/4, email 1/4; paid -> email 2/3, sold 1/3; email sells. Without paid 1/4 sells, without email 1/4: 3/4 each. */
const HISTORY = [
  sold('1', '2026-03-01', 'paid', 'email'),
  sold('2', '2026-03-02', 'paid', 'email'),
  sold('3', '2026-03-03', 'email'),
  sold('4', '2026-03-04', 'paid'),
]

describe('the first fit', () => {
  test('is made of ninety days of journeys, on the brand’s day, and all orders go by it', async () => {
    itIs('2026-03-11T02:00:00.000Z') // still the tenth in New York
    const outside = [
      sold('today', '2026-03-10', 'organic', 'email'),
      sold('yesterday', '2026-03-09', 'organic', 'email'),
      sold('old', '2025-12-08', 'direct', 'email'),
      sold('edge', '2025-12-09', 'email'),
    ]
    await synced(tenant, rows(...HISTORY, ...outside, sold('bare', '2026-03-03')))
    await attribute(tenant)
    // The order of the edge makes it start -> paid 3/5, email 2/5: without paid 2/5 sells, without email 1/5.
    expect(await fits()).toEqual([
      {
        fitted_on: '2026-03-10',
        model_version: 'markov-1',
        effects: { 'unmatched_paid/meta': expect.closeTo(3 / 7, 12), email: expect.closeTo(4 / 7, 12) },
        paths: 3,
        conversions: 5,
        null_paths: 0,
      },
    ])
    expect(await markov('2026-03-01')).toEqual({ unmatched_paid: 42.86, email: 57.14 })
    // The fit has not seen these channels: they count like the average of the two.
    expect(await markov('2025-12-08')).toEqual({ direct: 46.67, email: 53.33 })
    expect(await markov('2026-03-09')).toEqual({ organic: 46.67, email: 53.33 })
    expect(await tables.touched()).toEqual([])
  })

  test('comes out the same, and so do all credits, when history arrives in parts and out of order', async () => {
    const state = async () => [
      (await fits()).map(({ effects }) => effects),
      await tables.credits('order_id, entry, position, bucket, net_micros', 'markov'),
      await tables.credits('order_id, entry, position, bucket, net_micros', 'time_decay'),
      await tables.ledger('touch', 'day, bucket, net_micros', 'markov'),
    ]
    const sales = [
      ...HISTORY,
      sold('5', '2026-03-05', 'organic', 'email', 'direct'),
      sold('6', '2026-03-10', 'paid', 'direct'),
    ]
    await synced(tenant, rows(...sales))
    await attribute(tenant)
    const whole = await state()
    tenant = await createTenant(`markov in parts ${count}`, { timeZone: 'America/New_York' })
    tables = tablesOf(database, tenant)
    for (const sale of sales.toReversed()) {
      await synced(tenant, rows(sale))
      await attribute(tenant)
    }
    expect(await state()).toEqual(whole)
  })

  test('waits for journeys: without any there is none, and the first that come are the first', async () => {
    await synced(tenant, rows(sold('bare', '2026-03-01')))
    await attribute(tenant)
    expect(await fits()).toEqual([])
    itIs('2026-03-11T12:00:00.000Z')
    await synced(tenant, rows(...HISTORY))
    await attribute(tenant)
    expect((await fits()).map(({ fitted_on }) => fitted_on)).toEqual(['2026-03-11'])
  })
})

describe('a later fit', () => {
  test('is made once a day, before the day’s first credits, and credits its own days alone', async () => {
    await synced(tenant, rows(...HISTORY, sold('6', '2026-03-10', 'paid', 'email')))
    await attribute(tenant)
    const before = await tables.credits('order_id, position, net_micros', 'markov')
    expect(await markov('2026-03-10')).toEqual({ unmatched_paid: 50, email: 50 })
    itIs('2026-03-12T12:00:00.000Z')
    // With the sixth, start -> paid 4/5, email 1/5; paid -> email 3/4: without paid 1/5 sells, without email 1/5.
    await synced(tenant, rows(sold('7', '2026-03-11', 'email'), sold('8', '2026-03-12', 'paid', 'email')))
    await attribute(tenant)
    expect((await fits()).map(({ fitted_on }) => fitted_on)).toEqual(['2026-03-10', '2026-03-12'])
    const after = await tables.credits('order_id, position, net_micros', 'markov')
    expect(after.filter(({ order_id }) => !['7', '8'].includes(String(order_id)))).toEqual(before)

    itIs('2026-03-14T12:00:00.000Z')
    // The seventh makes it start -> paid 5/7, email 2/7; paid -> email 4/5: without paid 2/7 sells, without email 1/7.
    await synced(tenant, rows(sold('9', '2026-03-14', 'paid', 'email')))
    await attribute(tenant)
    expect(await markov('2026-03-14')).toEqual({ unmatched_paid: 45.45, email: 54.55 })
    expect(await markov('2026-03-12')).toEqual({ unmatched_paid: 50, email: 50 })
    // A day that is touched again goes by the fit that was in force then.
    await database.asAdmin(`insert into touched_days values ($1, $2, '2026-03-12', now())`, [
      tenant.tenantId,
      tenant.brandId,
    ])
    await attribute(tenant)
    expect(await markov('2026-03-12')).toEqual({ unmatched_paid: 50, email: 50 })
    expect(clock.now().toISOString().slice(0, 10)).toBe('2026-03-14')
  })
})
