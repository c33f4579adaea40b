import { forgetConfig } from '../../../shared/config.ts'
import { endPool } from '../../../shared/db/pools.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction, withoutTenant } from '../../../shared/db/transaction.ts'
import { runAs, systemActor } from '../../../shared/tenant.ts'
import type { BenchDatabase } from '../database.ts'
import { median } from '../report.ts'
import { tenantId } from './data.ts'
import { slowWire } from './slow-wire.ts'

export type Trips = { request: string; round_trips: number; ms: number }

export const DELAY_MS = 1
const REPEATS = 50
const WARM_UP = 5
const QUERY = sql`select 1 as one`

const REQUESTS: Readonly<Record<string, () => Promise<unknown>>> = {
  'one query without a tenant': () => withoutTenant(QUERY),
  'transaction() with one query': () => transaction((db) => db.query(QUERY)),
  'transaction() with three queries, one by one': () =>
    transaction(async (db) => {
      for (const _ of [1, 2, 3]) await db.query(QUERY)
    }),
  'transaction() with three queries, sent together': () =>
    transaction((db) => Promise.all([1, 2, 3].map(() => db.query(QUERY)))),
}

/** How often a request waits for Postgres, counted on the wire, and what that costs with 1 ms of latency each way. */
export async function measureRoundTrips(database: BenchDatabase): Promise<Trips[]> {
  const target = new URL(database.url('pulsepoint_app'))
  const wire = await slowWire(Number(target.port), DELAY_MS)
  target.port = String(wire.port)
  process.env.DATABASE_URL = target.href
  forgetConfig()
  try {
    const all: Trips[] = []
    for (const [request, run] of Object.entries(REQUESTS)) {
      const times: number[] = []
      let before = 0
      for (let repeat = -WARM_UP; repeat < REPEATS; repeat += 1) {
        if (repeat === 0) before = wire.waits()
        const started = performance.now()
        await runAs(systemActor(tenantId(1), 'bench', 'bench'), run)
        if (repeat >= 0) times.push(performance.now() - started)
      }
      all.push({ request, round_trips: (wire.waits() - before) / REPEATS, ms: median(times) })
    }
    return all
  } finally {
    await endPool()
    await wire.close()
  }
}
