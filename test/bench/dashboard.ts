import { endPool } from '../../shared/db/pools.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { readDashboard } from '../../shared/operations/brands/dashboard.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { attribute } from './attribution/attribute.ts'
import { startGround } from './attribution/ground.ts'
import { addStore, DAYS } from './attribution/store.ts'
import { withDatabase } from './database.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, printTable, progress, quantile, whole, writeJson } from './report.ts'

const HELP = `What a dashboard of 30 days and the 30 before costs a small tenant and a large one.

  npm run bench:dashboard -- [options]

  --sizes A,B     orders of the tenants, in a year, ascending (default 1000,30000; 300000 takes a quarter of an hour to credit)
  --repeat N      rounds of 100 dashboards of each tenant, in turn; the quantiles are of all (default 5)
  --json FILE     write what was measured

The operation itself, uncached: its transaction, its reads and its answer, without HTTP. Every tenant is attributed by the
product and has 30 campaigns: what a dashboard reads grows with campaigns and days, not with orders.
`

const CAMPAIGNS = 30
const READS_A_ROUND = 100
const DAY_MS = 86_400_000
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)

type Sized = { orders: number; tenant: TestTenant; ms: number[] }

const options = readOptions(HELP, { sizes: '1000,30000', repeat: '5' })

await withDatabase(async (database) => {
  const on = machine(database.version)
  const cloud = await startGround(database)
  try {
    const tenants: Sized[] = []
    for (const orders of options.sizes) {
      progress(`${whole(orders)} orders …`)
      const tenant = await addStore(database.admin, { orders, campaigns: CAMPAIGNS })
      await attribute(tenant)
      tenants.push({ orders, tenant, ms: [] })
    }
    await database.admin.query('vacuum analyze')
    for (let round = 0; round <= options.repeat; round += 1) {
      progress(round === 0 ? 'warming up …' : `round ${round} …`)
      for (const one of tenants) {
        const times = await readings(one.tenant)
        if (round > 0) one.ms.push(...times)
      }
    }
    print(tenants)
    console.log(machineLine(on))
    await writeJson(options.json, { machine: on, results: tenants.map(({ tenant: _, ...measured }) => measured) })
  } finally {
    await endPool()
    await cloud.close()
  }
})
process.exit(0)

/** Of periods that end on a day of the last three months, each on another than the one before: milliseconds. */
async function readings({ tenantId, brandId }: TestTenant): Promise<number[]> {
  const times: number[] = []
  for (let read = 0; read < READS_A_ROUND; read += 1) {
    const [since, until] = [30, 0].map((days) => dayBefore(((read * 37) % 90) + days))
    const started = performance.now()
    const { kpis } = await asSystem(tenantId, () =>
      transaction((db) =>
        readDashboard(db, { id: brandId, since, until, compare: 'previous_period', model: 'last', ledger: 'touch' }),
      ),
    )
    times.push(performance.now() - started)
    if (!kpis.orders.value) throw new Error('A dashboard of a store without orders says nothing.')
  }
  return times
}

function print(tenants: readonly Sized[]): void {
  printTable([
    ['orders in a year', 'orders a day', 'p50 ms', 'p95 ms'],
    ...tenants.map(({ orders, ms }) => [
      whole(orders),
      (orders / DAYS).toFixed(1),
      quantile(ms, 0.5).toFixed(1),
      quantile(ms, 0.95).toFixed(1),
    ]),
  ])
  const [small, large] = [tenants[0], tenants.at(-1)]
  if (!small || !large || small === large) return
  const ratio = quantile(large.ms, 0.95) / quantile(small.ms, 0.95)
  console.log(`p95 of ${whole(large.orders)} / ${whole(small.orders)} orders = ${ratio.toFixed(2)} (wanted: 3 or less)`)
}
