import { afterEach, expect, it } from 'vitest'
import { meta } from '../../../functions/sync-meta/connector.ts'
import { metaSandbox } from '../../../scripts/sandbox/meta.ts'
import { clock } from '../../../shared/clock.ts'
import { DAY_MS } from '../../../shared/sync/connector.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { connectedTenant, requested, TOKEN } from '../../flow/scripted.ts'
import { account, campaign, insight, worldOf } from '../../sandbox/meta-world.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem } from '../../support/tenants.ts'
import { ACCOUNT_ID, freeWaits, watchedApi } from './meta-api.ts'

/** Ten in the morning, near the real day: facts have partitions around it. */
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS + 10 * 3_600_000
const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10)

const database = useDatabase()
useCloud()
freeWaits()
const realNow = clock.now
afterEach(() => {
  clock.now = realNow
})

const worldWith = (insights: ReturnType<typeof insight>[]) =>
  worldOf(
    new Date(START).toISOString(),
    account({ access_token: TOKEN, account: { timezone_name: 'UTC' }, insights, campaigns: [campaign({})] }),
  )

let connections = 0
/** A connection to the world's account, on the world's clock. `sync` is one delivery of one slice. */
async function connection({ now }: { now: () => Date }) {
  const tenant = await connectedTenant(`meta-${connections++}`)
  const rows = <Row>(select: string) => database.asAdmin<Row>(select, [tenant.tenantId])
  await rows(`update integrations set platform = 'meta', account_id = '${ACCOUNT_ID}' where tenant_id = $1`)
  clock.now = now
  const sync = (dueAt = now()) => {
    const event = { ...requested(tenant, dueAt.toISOString()), type: 'sync.requested.meta' } as const
    return asSystem(tenant.tenantId, () => syncConnection(meta, event, { mustStop: () => false }))
  }
  return { sync, rows }
}

it('a day that changes after 20 days is right again a day later: the hour does not look so far back, the day does', async () => {
  const day = dayAt(START)
  const insights = [insight({ date_start: day, purchases: 100 })]
  const world = worldWith(insights)
  await watchedApi(metaSandbox(world))
  const { sync, rows } = await connection(world)
  const syncAt = async (days: number, hours: number) => {
    world.clock.now = new Date(START + days * DAY_MS + hours * 3_600_000).toISOString()
    await sync()
    return rows(`select claimed_conversions from ad_performance where tenant_id = $1 and day = '${day}'`)
  }
  await syncAt(0, 0)
  await syncAt(19, 0)
  expect(await syncAt(20, -9)).toEqual([{ claimed_conversions: '100' }])
  insights[0] = insight({ date_start: day, purchases: 103 })
  await rows('delete from touched_days where tenant_id = $1')
  expect(await syncAt(20, -5)).toEqual([{ claimed_conversions: '100' }])
  expect(await syncAt(21, -9)).toEqual([{ claimed_conversions: '103' }])
  expect(await rows('select day::text from touched_days where tenant_id = $1')).toEqual([{ day }])
})

it('a history that Meta counts slowly comes whole, over deliveries of which each knows only what was stored', async () => {
  const world = worldWith(
    Array.from({ length: 300 }, (_, index) => insight({ date_start: dayAt(START - (300 - index) * DAY_MS) })),
  )
  const calls = await watchedApi(metaSandbox(world, { rowsALook: 40 }))
  const { sync, rows } = await connection(world)
  const statuses: unknown[] = []
  for (let delivery = 0; delivery < 5; delivery += 1) {
    await sync(new Date(START))
    statuses.push(...(await rows('select status from sync_runs where tenant_id = $1')))
    world.clock.now = new Date(world.now().getTime() + 60_000).toISOString()
  }
  expect(statuses).toEqual([...Array(4).fill({ status: 'continued' }), { status: 'completed' }])
  expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(4)
  expect(await rows('select count(*) as n from ad_performance where tenant_id = $1')).toEqual([{ n: '300' }])
  expect(await rows('select ad_set_id from ad_sets where tenant_id = $1 and daily_budget_micros > 0')).not.toEqual([])
})
