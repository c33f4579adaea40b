import { beforeEach, describe, expect, test } from 'vitest'
import { addDays, dayIn, startOfDay } from '../../../shared/units.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { attribute, campaign, order, refund, synced, tablesOf, touch, units } from './shop.ts'

const HOUR_MS = 3_600_000
const database = useDatabase()
usePublisher()
let tenant: TestTenant
let count = 0
let tables: ReturnType<typeof tablesOf>

beforeEach(async () => {
  tenant = await createTenant(`models ${++count}`)
  tables = tablesOf(database, tenant)
})

/** Net by earner and model of one ledger and day, in units. */
async function nets(ledger: 'order' | 'touch', day: string): Promise<Record<string, Record<string, number>>> {
  const rows = await database.asAdmin<{ model: string; earner: string; net: number }>(
    `select model, concat_ws(' ', bucket, nullif(campaign_id, '')) as earner, (net_micros / 1000000.0)::float as net
     from unified_performance where tenant_id = $1 and part = 'credit' and ledger = $2 and day = $3 order by earner`,
    [tenant.tenantId, ledger, day],
  )
  const models = Map.groupBy(rows, ({ model }) => model)
  return Object.fromEntries(
    [...models].map(([model, own]) => [model, Object.fromEntries(own.map(({ earner, net }) => [earner, net]))]),
  )
}

const journey = {
  campaigns: [campaign({ campaign_id: '1', name: 'Spring' })],
  orders: [order({ order_id: 'a', day: '2026-03-10' })],
  refunds: [refund({ order_id: 'a', refund_id: 'r', day: '2026-03-20', returns_micros: units(50) })],
  touchpoints: [
    touch({ order_id: 'a', visit_id: '1', day: '2026-02-24', campaign_id_hint: '1' }),
    touch({ order_id: 'a', visit_id: '2', day: '2026-03-03', bucket: 'email' }),
    touch({ order_id: 'a', visit_id: '3', day: '2026-03-10', bucket: 'direct' }),
  ],
}

describe('every model', () => {
  test('splits 100.00 of three touches a week apart, and half of it back ten days later', async () => {
    await synced(tenant, journey)
    await attribute(tenant)
    const expected = {
      last: { email: 100 },
      first: { 'campaign 1': 100 },
      linear: { 'campaign 1': 33.34, direct: 33.33, email: 33.33 },
      position: { 'campaign 1': 40, direct: 40, email: 20 },
      time_decay: { 'campaign 1': 14.29, direct: 57.14, email: 28.57 },
      markov: { 'campaign 1': 33.34, direct: 33.33, email: 33.33 },
      shapley: { 'campaign 1': 33.34, direct: 33.33, email: 33.33 },
    }
    expect(await nets('order', '2026-03-10')).toEqual(expected)
    expect(await nets('order', '2026-03-20')).toMatchObject({
      last: { email: -50 },
      linear: { 'campaign 1': -16.67, email: -16.67, direct: -16.66 },
      position: { 'campaign 1': -20, direct: -20, email: -10 },
      time_decay: { 'campaign 1': -7.14, direct: -28.57, email: -14.29 },
    })
    expect(await nets('touch', '2026-02-24')).toMatchObject({
      first: { 'campaign 1': 50 },
      position: { 'campaign 1': 20 },
      time_decay: { 'campaign 1': 7.15 },
    })
  })

  test('says the same of a journey of one touch and of none', async () => {
    await synced(tenant, {
      orders: [order({ order_id: 'a', day: '2026-03-10' }), order({ order_id: 'b', day: '2026-03-10' })],
      touchpoints: [touch({ order_id: 'a', visit_id: '1', day: '2026-03-09' })],
    })
    await attribute(tenant)
    const figures = await nets('order', '2026-03-10')
    expect(Object.keys(figures)).toHaveLength(7)
    for (const figure of Object.values(figures)) expect(figure).toEqual({ unmatched_paid: 100, no_journey: 100 })
  })

  test('leaves nothing behind when a journey grows from one touch to several, and shrinks again', async () => {
    const touches = journey.touchpoints
    const at = (version: number, visits: typeof touches) => ({
      orders: [order({ order_id: 'a', day: '2026-03-10', version })],
      touchpoints: visits,
    })
    await synced(tenant, at(1, touches.slice(0, 1)))
    await attribute(tenant)
    await synced(tenant, at(2, touches))
    await attribute(tenant)
    expect(await nets('order', '2026-03-10')).toMatchObject({ last: { email: 100 }, first: { unmatched_paid: 100 } })
    await synced(tenant, at(3, touches.slice(0, 1)))
    await attribute(tenant)
    expect(await tables.credits('position', 'linear')).toEqual([{ position: 1 }])
    expect(await nets('touch', '2026-03-10')).toEqual({})
  })
})

/** An order each hour of these three days of a zone, an hour after its only visit; days as connectors count them. */
async function hourly(timeZone: string, [first, , last]: readonly string[]): Promise<void> {
  const [since, until] = [startOfDay(timeZone, first ?? ''), startOfDay(timeZone, addDays(last ?? '', 1))]
  const hours = Array.from({ length: (until.getTime() - since.getTime()) / HOUR_MS }, (_, hour) => {
    const at = new Date(since.getTime() + hour * HOUR_MS)
    return { order_id: at.toISOString(), at, visited: new Date(at.getTime() - HOUR_MS) }
  })
  await synced(tenant, {
    orders: hours.map(({ order_id, at }) => order({ order_id, day: dayIn(timeZone, at), processed_at: order_id })),
    touchpoints: hours.map(({ order_id, visited }) =>
      touch({ order_id, visit_id: 'v', day: dayIn(timeZone, visited), occurred_at: visited.toISOString() }),
    ),
  })
  await attribute(tenant)
}

describe('days', () => {
  test.each([
    ['of 23 hours', 'Europe/Berlin', ['2026-03-28', '2026-03-29', '2026-03-30'], 23],
    ['of 25 hours', 'America/New_York', ['2026-10-31', '2026-11-01', '2026-11-02'], 25],
    ['that come every fourth year', 'Asia/Tokyo', ['2028-02-28', '2028-02-29', '2028-03-01'], 24],
  ] as const)('%s have the orders and the visits of their own hours', async (_, timeZone, days, hours) => {
    tenant = await createTenant(`days ${++count}`, { timeZone })
    tables = tablesOf(database, tenant)
    await hourly(timeZone, days)
    expect(await tables.store('day, orders')).toEqual([
      { day: addDays(days[0], -1), orders: 0 },
      { day: days[0], orders: 24 },
      { day: days[1], orders: hours },
      { day: days[2], orders: 24 },
    ])
    expect(await tables.ledger('order', 'day, orders')).toEqual([
      { day: days[0], orders: 24 },
      { day: days[1], orders: hours },
      { day: days[2], orders: 24 },
    ])
    expect(await tables.ledger('touch', 'day, orders')).toEqual([
      { day: addDays(days[0], -1), orders: 1 },
      { day: days[0], orders: 24 },
      { day: days[1], orders: hours },
      { day: days[2], orders: 23 },
    ])
  })
})

test('yen are split into whole yen, and add up to the day’s net', async () => {
  tenant = await createTenant(`yen ${++count}`, { currency: 'JPY' })
  tables = tablesOf(database, tenant)
  await synced(tenant, {
    orders: [order({ order_id: 'a', day: '2026-03-10', currency: 'JPY', gross_micros: units(1000) })],
    touchpoints: journey.touchpoints,
  })
  await attribute(tenant)
  expect(await nets('order', '2026-03-10')).toMatchObject({
    linear: { unmatched_paid: 334, email: 333, direct: 333 },
    position: { unmatched_paid: 400, email: 200, direct: 400 },
    time_decay: { unmatched_paid: 143, email: 286, direct: 571 },
  })
})

describe('a campaign that is renamed', () => {
  const at = (hour: number) => `2026-03-05T${String(hour).padStart(2, '0')}:00:00.000Z`
  const named = (id: string, name: string, hour: number) => ({
    ...campaign({ campaign_id: id, name }),
    fetched_at: at(hour),
    updated_at: at(hour - 1),
  })

  test('keeps what its old name earned; another that takes the name earns from then on', async () => {
    await synced(tenant, {
      campaigns: [named('1', 'Spring', 2), named('2', 'Other', 2)],
      orders: [order({ order_id: 'before', day: '2026-03-06' }), order({ order_id: 'after', day: '2026-03-06' })],
      touchpoints: [
        touch({
          order_id: 'before',
          visit_id: '1',
          day: '2026-03-05',
          occurred_at: at(10),
          campaign_name_hint: 'spring',
        }),
        touch({
          order_id: 'after',
          visit_id: '2',
          day: '2026-03-05',
          occurred_at: at(11),
          campaign_name_hint: 'spring',
        }),
      ],
    })
    await attribute(tenant)
    // Both changes are seen at noon; the platform says that they were made at eleven.
    await synced(tenant, { campaigns: [named('1', 'Old', 12), named('2', 'Spring', 12)] })
    await database.asAdmin(`insert into touched_days values ($1, $2, '2026-03-06', now())`, [
      tenant.tenantId,
      tenant.brandId,
    ])
    await attribute(tenant)
    expect(await tables.credits('order_id, campaign_id')).toEqual([
      { order_id: 'after', campaign_id: '2' },
      { order_id: 'before', campaign_id: '1' },
    ])
  })
})
