import { endPool } from '../../shared/db/pools.ts'
import type { TestTenant } from '../support/tenants.ts'
import { attribute } from './attribution/attribute.ts'
import { startGround } from './attribution/ground.ts'
import { addStore, DAYS, TOUCHES_AN_ORDER } from './attribution/store.ts'
import { type BenchDatabase, withDatabase } from './database.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, median, printTable, progress, whole, writeJson } from './report.ts'

const HELP = `What crediting orders costs: a whole year of a store, and one day of it that changed.

  npm run bench:attribution -- [options]

  --sizes A,B     orders of the store, ascending (default 10000,100000)
  --repeat N      changed days measured at each size; medians count (default 9)
  --json FILE     write what was measured

Every order has a line and ${TOUCHES_AN_ORDER} touches in the 30 days before it, and is credited by every model; ${DAYS} days of 30 campaigns.
"year" is the first time, as after a backfill: all days are credited, the first Markov fit is made, and what it splits is
credited once more. "changed day" is an hour's work later on: the orders of one day have other amounts, and the read model
of that day and of the thirty on which their visits and refunds lie is made anew. The first work of a day makes its fit too.
`

const CAMPAIGNS = 30
const WARM_UP_ORDERS = 2_000

type Measured = { orders: number; year_ms: number; fit_ms: number; day_ms: number }

const options = readOptions(HELP, { sizes: '10000,100000', repeat: '9' })

await withDatabase(async (database) => {
  const on = machine(database.version)
  const cloud = await startGround(database)
  try {
    await measure(database, WARM_UP_ORDERS)
    const results: Measured[] = []
    for (const orders of options.sizes) results.push(await measure(database, orders))
    print(results)
    console.log(machineLine(on))
    await writeJson(options.json, { machine: on, results })
  } finally {
    await endPool()
    await cloud.close()
  }
})
process.exit(0)

async function measure(database: BenchDatabase, orders: number): Promise<Measured> {
  progress(`${whole(orders)} orders: the store …`)
  const tenant = await addStore(database.admin, { orders, campaigns: CAMPAIGNS })
  progress(`${whole(orders)} orders: the year …`)
  const year_ms = await attribute(tenant)
  await database.admin.query('vacuum analyze')
  await database.admin.query('update attribution_fits set fitted_on = fitted_on - 1 where tenant_id = $1', [
    tenant.tenantId,
  ])
  const days: number[] = []
  for (let ago = 40; days.length <= options.repeat; ago += 20) days.push(await changedDay(database, tenant, ago))
  const [fit_ms = Number.NaN, ...rest] = days
  return { orders, year_ms, fit_ms, day_ms: median(rest) }
}

async function changedDay({ admin }: BenchDatabase, { tenantId, brandId }: TestTenant, ago: number): Promise<number> {
  const own = [tenantId, brandId, ago]
  await admin.query(
    `update orders set gross_micros = gross_micros + 1000000 where tenant_id = $1 and brand_id = $2 and day = current_date - $3::int`,
    own,
  )
  await admin.query(
    `insert into touched_days (tenant_id, brand_id, day, touched_at) values ($1, $2, current_date - $3::int, now())`,
    own,
  )
  return attribute({ tenantId, brandId, integrationId: '' })
}

function print(results: readonly Measured[]): void {
  printTable([
    ['orders', 'year s', 'orders/s', 'changed day ms', 'orders of it', 'with the fit ms'],
    ...results.map(({ orders, year_ms, day_ms, fit_ms }) => [
      whole(orders),
      (year_ms / 1_000).toFixed(1),
      whole((orders / year_ms) * 1_000),
      day_ms.toFixed(0),
      whole(orders / DAYS),
      fit_ms.toFixed(0),
    ]),
  ])
  for (const { orders, year_ms, day_ms } of results) {
    console.log(
      `${whole(orders)} orders: a changed day / a day of the year = ${((day_ms * DAYS) / year_ms).toFixed(2)}`,
    )
  }
  const [small, large] = [results[0], results.at(-1)]
  if (!small || !large || large === small) return
  const perOrder = (one: Measured): number => one.year_ms / one.orders
  console.log(
    `an order of ${whole(large.orders)} / an order of ${whole(small.orders)} = ${(perOrder(large) / perOrder(small)).toFixed(2)} (linear: 1 or less)`,
  )
}
