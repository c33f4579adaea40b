import { v7 as uuidv7 } from 'uuid'
import { beforeEach, expect, test } from 'vitest'
import { transaction } from '../../../shared/db/transaction.ts'
import { updateBrand } from '../../../shared/operations/brands/update.ts'
import { holdLease, takeLease } from '../../../shared/sync/lease.ts'
import { dayIn } from '../../../shared/units.ts'
import { adDay, attribute, order, refund, synced, tablesOf, touch } from '../../functions/attribute-orders/shop.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { asSystem, createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
const publisher = usePublisher()

/** Around both changes of the clock in Berlin and New York, midnights of the date line, and leap day. */
const INSTANTS = [
  '2026-03-29T00:59:59Z',
  '2026-03-29T01:00:00Z',
  '2026-10-24T21:59:59Z',
  '2026-10-24T22:00:00Z',
  '2026-10-25T22:59:59Z',
  '2026-10-25T23:00:00Z',
  '2026-11-01T04:00:00Z',
  '2026-11-01T05:59:59Z',
  '2026-12-31T09:59:59Z',
  '2026-12-31T10:00:00Z',
  '2026-12-31T11:00:00Z',
  '2028-02-28T23:30:00Z',
]
let tenant: TestTenant
let count = 0

beforeEach(async () => {
  count += 1
  tenant = await createTenant(`figures ${count}`)
})

const update = (changes: object) => asSystem(tenant.tenantId, () => updateBrand.run({ id: tenant.brandId, ...changes }))
const column = async (text: string): Promise<unknown[]> =>
  (await database.asAdmin<{ value: unknown }>(text, [tenant.tenantId])).map(({ value }) => value)

/** An order at each instant in UTC's days; some adjusted, with a visit hours before and a refund hours after. */
async function storeOrders(): Promise<void> {
  const later = (at: string, hours: number) => new Date(Date.parse(at) + hours * 3_600_000).toISOString()
  const day = (at: string) => dayIn('UTC', new Date(at))
  await synced(tenant, {
    orders: INSTANTS.map((at, n) => ({
      ...order({ order_id: `o${n}`, day: day(at), processed_at: at, customer_key: `c${n % 3}` }),
      updated_at: later(at, 30),
      cancelled_at: n % 4 === 2 ? later(at, 20) : null,
      ...(n % 2 === 0 && { adjustment_micros: -1_000_000n, adjustment_day: day(later(at, 30)) }),
    })),
    refunds: INSTANTS.flatMap((at, n) =>
      n % 3 === 0
        ? [5, 11].map((hours) => {
            const created_at = later(at, hours)
            return refund({
              order_id: `o${n}`,
              refund_id: `r${n} ${hours}`,
              created_at,
              day: day(created_at),
              returns_micros: 0n,
            })
          })
        : [],
    ),
    touchpoints: INSTANTS.map((at, n) => {
      const occurred_at = later(at, -7)
      return touch({ order_id: `o${n}`, visit_id: `v${n}`, occurred_at, day: day(occurred_at), bucket: 'email' })
    }),
    ad_performance: [adDay({ campaign_id: 'c', day: '2026-05-05' })],
  })
  await attribute(tenant)
}

test.each(['Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu'])(
  'in %s every row stands on the day that the connectors would have given it, and no figure is lost',
  async (zone) => {
    await storeOrders()
    const tables = tablesOf(database, tenant)
    const before = await tables.store('day, orders, net_micros')
    expect(await update({ time_zone: zone })).toMatchObject({ brand: { time_zone: zone } })
    expect(publisher.published('rows.synced')).toMatchObject([{ data: { brand_id: tenant.brandId } }])

    const rows = await database.asAdmin<{ table: string; at: Date; day: string }>(
      `select 'orders' as table, processed_at as at, day::text from orders where tenant_id = $1
       union all select 'refunds', created_at, day::text from refunds where tenant_id = $1
       union all select 'touchpoints', occurred_at, day::text from touchpoints where tenant_id = $1
       union all select 'adjustments', coalesce((select max(r.created_at) from refunds r where r.tenant_id = o.tenant_id and r.order_id = o.order_id),
         o.cancelled_at, o.updated_at), adjustment_day::text from orders o where tenant_id = $1 and adjustment_day is not null`,
      [tenant.tenantId],
    )
    expect(rows.length).toBe(12 + 8 + 12 + 6)
    expect(rows.filter(({ at, day }) => day !== dayIn(zone, at))).toEqual([])

    const touched = new Set((await tables.touched()).map(({ day }) => day))
    const ofRows = rows.filter(({ table }) => table !== 'touchpoints').map(({ day }) => day)
    for (const day of [...before.map((row) => row.day), ...ofRows, '2026-05-05']) expect(touched).toContain(day)

    await attribute(tenant)
    expect(await tables.touched()).toEqual([])
    const total = (days: readonly Record<string, unknown>[], figure: string) =>
      days.reduce((sum, day) => sum + Number(day[figure]), 0)
    const after = await tables.store('day, orders, net_micros')
    for (const figure of ['orders', 'net']) expect(total(after, figure)).toBe(total(before, figure))
    const perDay = Object.groupBy(INSTANTS, (at) => dayIn(zone, new Date(at)))
    for (const { day, orders } of after) expect([day, orders]).toEqual([day, perDay[String(day)]?.length ?? 0])
    const [stale] =
      await column(`select count(*)::int as value from order_attributions a join orders o using (tenant_id, brand_id, order_id)
      where a.tenant_id = $1 and a.entry = 'sale' and a.order_ledger_day <> o.day`)
    expect(stale).toBe(0)
    expect(await column('select distinct count(*)::int as value from customers where tenant_id = $1')).toEqual([3])
  },
)

test('with another currency all days are computed in it, and what is in the old one is left out and counted', async () => {
  await storeOrders()
  const tables = tablesOf(database, tenant)
  await update({ currency: 'EUR' })
  expect(new Set((await tables.touched()).map(({ day }) => day))).toEqual(
    new Set((await tables.store('day')).map(({ day }) => day).concat('2026-05-05')),
  )
  await attribute(tenant)
  const days = await tables.store('orders, net_micros, incomplete')
  expect(days.every(({ orders, incomplete }) => (Number(incomplete) > 0 ? orders === null : orders === 0))).toBe(true)
  await update({ currency: 'USD' })
  await attribute(tenant)
  expect((await tables.store('orders')).reduce((sum, { orders }) => sum + Number(orders), 0)).toBe(INSTANTS.length)
})

test('a name alone, or the same zone again, wakes nobody', async () => {
  await storeOrders()
  await update({ name: `Renamed ${count}`, time_zone: 'UTC', currency: 'USD' })
  expect(publisher.published('rows.synced')).toEqual([])
  expect(await tablesOf(database, tenant).touched()).toEqual([])
})

test('a sync that counts in the old zone is refused its next write, and the connection is due at once', async () => {
  const taken = await asSystem(tenant.tenantId, () =>
    transaction((db) => takeLease(db, { integrationId: tenant.integrationId, runId: uuidv7(), givesWay: false })),
  )
  if (!('lease' in taken)) throw new Error('no lease')
  await database.asAdmin(`update integrations set next_due_at = now() + interval '1 hour' where tenant_id = $1`, [
    tenant.tenantId,
  ])
  await update({ time_zone: 'Asia/Tokyo' })
  const next = asSystem(tenant.tenantId, () => transaction((db) => holdLease(db, taken.lease)))
  await expect(next).rejects.toMatchObject({ code: 'LEASE_LOST' })
  const again = await asSystem(tenant.tenantId, () =>
    transaction((db) => takeLease(db, { integrationId: tenant.integrationId, runId: uuidv7(), givesWay: false })),
  )
  expect(again).toMatchObject({ lease: { time_zone: 'Asia/Tokyo' } })
  expect(await column('select next_due_at <= now() as value from integrations where tenant_id = $1')).toEqual([true])
})

test('an attribution that has begun ends before the currency changes, so that no day keeps the old one', async () => {
  await database.asAdmin('begin')
  await database.asAdmin('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `attribute-orders:${tenant.tenantId}:${tenant.brandId}`,
  ])
  const changing = update({ currency: 'EUR' })
  const waiting = () => database.asAdmin(`select pid from pg_locks where locktype = 'advisory' and not granted`)
  await expect.poll(waiting).toHaveLength(1)
  expect(await column('select currency as value from brands where tenant_id = $1')).toEqual(['USD'])
  await database.asAdmin('commit')
  expect(await changing).toMatchObject({ brand: { currency: 'EUR' } })
})
