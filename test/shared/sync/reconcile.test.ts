import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { clock } from '../../../shared/clock.ts'
import type { Row } from '../../../shared/db/tables.ts'
import { AppError } from '../../../shared/errors.ts'
import { syncStatus } from '../../../shared/operations/sync/status.ts'
import type { Days } from '../../../shared/sync/account-days.ts'
import { type Connector, connector, DAY_MS, MINUTE_MS, type Total } from '../../../shared/sync/connector.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { addDays, dayIn } from '../../../shared/units.ts'
import { connectedTenant, requested } from '../../flow/scripted.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { order } from '../../support/rows.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

let tenant: TestTenant
let counter = 0
let theirs: () => readonly Total[] = () => []
let asked: Days[] = []
let rows: { orders?: Row<'orders'>[]; ad_performance?: Row<'ad_performance'>[] } = {}

/** A provider with one page of rows and its own idea of their sums. */
const provider = (measure: 'orders' | 'spend') =>
  connector({
    provider: measure === 'orders' ? 'shopify' : 'meta',
    credentials: z.object({ access_token: z.string() }),
    client: () => undefined,
    streams: [
      {
        name: 'rows',
        cursor: 'day',
        lookback: { hourlyMs: 15 * MINUTE_MS, dailyMs: DAY_MS },
        historyMs: null,
        read: async function* () {
          yield { rows, count: 1, resume: null, position: null }
        },
      },
    ],
    totals: {
      measure,
      read: async (_client, days) => {
        asked.push(days)
        return theirs()
      },
    },
  }) as unknown as Connector // its stream and totals read with any client, even none

const today = () => dayIn('UTC', clock.now())
const ago = (days: number) => addDays(today(), -days)
let hour = 0
/** The next hour's run. */
const run = (of: Connector) => {
  hour += 1
  const event = requested(tenant, new Date(clock.now().getTime() + hour * 60 * MINUTE_MS).toISOString())
  return asSystem(tenant.tenantId, () => syncConnection(of, event, { mustStop: () => false }))
}
const nextDay = () =>
  database.asAdmin("update integrations set reconciled_at = reconciled_at - interval '1 day' where tenant_id = $1", [
    tenant.tenantId,
  ])
const stored = () =>
  database.asAdmin(
    `select day::text, measure, ours::text, theirs::text, abs(ours - theirs) > tolerance as drifts, reread_at is not null as reread
     from reconciliations where tenant_id = $1 order by day`,
    [tenant.tenantId],
  )
const completed = async () =>
  (
    await database.asAdmin<{ drift: number | null }>(
      `select (metadata ->> 'drift_days')::int as drift from observability_events
       where tenant_id = $1 and event_type = 'data.sync_completed' order by "timestamp"`,
      [tenant.tenantId],
    )
  ).map(({ drift }) => drift)
const backfills = () =>
  database.asAdmin(
    `select range_since::text as since, range_until::text as until, requested_by from sync_runs
     where tenant_id = $1 and kind = 'backfill'`,
    [tenant.tenantId],
  )

const shownDifferences = async () => {
  const answer = await asSystem(tenant.tenantId, () => syncStatus.run({ limit: 50 }))
  return syncStatus.output.parse(answer).connections[0]?.reconciliation?.differences
}

beforeEach(async () => {
  counter += 1
  hour = 0
  asked = []
  tenant = await connectedTenant(`sums-${counter}`)
})

describe('counts of orders', () => {
  const shop = provider('orders')
  beforeEach(() => {
    rows = { orders: [order('1', { day: ago(2) }), order('2', { day: ago(2) }), order('3', { day: ago(1) })] }
    theirs = () => [{ day: ago(2), value: 2n, currency: null }]
  })

  it('are compared once a day, for the last seven whole days; where they agree nothing else happens', async () => {
    await run(shop)
    await run(shop)
    expect(asked).toEqual([{ since: ago(8), until: ago(2) }])
    expect((await stored()).at(-1)).toMatchObject({ day: ago(2), ours: '2', theirs: '2', drifts: false })
    expect(await stored()).toHaveLength(7)
    expect(await completed()).toEqual([0, null])
    expect(await backfills()).toEqual([])
    await nextDay()
    await run(shop)
    expect(asked).toHaveLength(2)
  })

  it('that differ by one are told, and their days are read again, once for each difference', async () => {
    theirs = () => [
      { day: ago(2), value: 2n, currency: null },
      { day: ago(3), value: 1n, currency: null },
    ]
    await run(shop)
    expect((await stored()).filter(({ drifts }) => drifts)).toEqual([
      { day: ago(3), measure: 'orders', ours: '0', theirs: '1', drifts: true, reread: true },
    ])
    expect(await completed()).toEqual([1])
    expect(await shownDifferences()).toEqual([
      { day: ago(3), measure: 'orders', ours: '0', theirs: '1', currency: null },
    ])
    const again = { since: ago(3), until: ago(-1), requested_by: null }
    expect(await backfills()).toEqual([again])
    await database.asAdmin("update sync_runs set status = 'completed' where kind = 'backfill'")
    await nextDay()
    await run(shop)
    expect(await completed()).toEqual([1, 1])
    expect(await backfills()).toEqual([again])
    theirs = () => [
      { day: ago(2), value: 2n, currency: null },
      { day: ago(3), value: 2n, currency: null },
    ]
    await nextDay()
    await run(shop)
    expect(await backfills()).toHaveLength(2)
  })

  it('that the provider does not tell are asked for again by the next hour; the sync itself is complete', async () => {
    theirs = () => {
      throw new AppError('PROVIDER_UNAVAILABLE', 'Shopify answered 503.')
    }
    await run(shop)
    expect(await completed()).toEqual([null])
    theirs = () => []
    await run(shop)
    expect(asked).toHaveLength(2)
  })
})

describe('sums of spend', () => {
  const ads = provider('spend')
  const spend = (day: string, micros: bigint) => ({ day, value: micros, currency: 'USD' })
  beforeEach(async () => {
    await database.asAdmin("update integrations set platform = 'meta', account_id = $2 where tenant_id = $1", [
      tenant.tenantId,
      String(counter),
    ])
    const row = (day: string, spend_micros: bigint): Row<'ad_performance'> => ({
      provider: 'meta',
      campaign_id: '1',
      day,
      account_id: String(counter),
      campaign_name: 'One',
      currency: 'USD',
      spend_micros,
      impressions: 1n,
      clicks: 1n,
      claimed_conversions: null,
      claimed_value_micros: null,
      fetched_at: clock.now().toISOString(),
    })
    rows = { ad_performance: [row(ago(5), 1_000_000_000n), row(ago(6), 1_000_000n), row(ago(2), 5_000_000n)] }
  })

  it.each([
    ['a thousandth', [spend(ago(5), 1_001_000_000n), spend(ago(6), 1_000_000n)], []],
    ['more than a thousandth', [spend(ago(5), 1_002_000_000n), spend(ago(6), 1_000_000n)], [5]],
    ['a cent', [spend(ago(5), 1_000_000_000n), spend(ago(6), 1_010_000n)], []],
    ['two cents', [spend(ago(5), 1_000_000_000n), spend(ago(6), 980_000n)], [6]],
    ['a day that the provider does not know', [spend(ago(5), 1_000_000_000n)], [6]],
  ] as const)('of settled days that differ by %s: drift is what lies beyond', async (_, told, drifting) => {
    theirs = () => told
    await run(ads)
    expect(asked).toEqual([{ since: ago(28), until: ago(4) }])
    const drifts = (await stored()).filter(({ drifts }) => drifts).map(({ day }) => day)
    expect(drifts).toEqual(drifting.map(ago))
    expect(await shownDifferences()).toHaveLength(drifting.length)
  })
})
