import { withDatabase } from './database.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, printTable, progress, whole, writeJson } from './report.ts'
import { addTenants, ROWS_A_TENANT } from './tenancy/data.ts'
import { DELAY_MS, measureRoundTrips, type Trips } from './tenancy/round-trips.ts'
import { createBypassRole, measureTax, type Tax } from './tenancy/tax.ts'

const HELP = `What the separation of tenants costs: row-level security, growth with other tenants' rows, round trips.

  npm run bench:tenancy -- [options]

  --sizes A,B     rows of orders and of the read model, ascending, 1,000 a tenant (default 100000,1000000)
  --repeat N      rounds of 200 reads of each query in turn with and without policies, on new connections; medians count (default 15)
  --json FILE     write what was measured

The tax is a query's time as pulsepoint_app over its time as a role with the same rights that policies do not bind: same
indexes, same predicate on the tenant. Round trips are counted on the wire, with ${DELAY_MS} ms of latency added in each direction.
`

type Sized = { rows: number; taxes: Tax[] }

const options = readOptions(HELP, { sizes: '100000,1000000', repeat: '15' })

await withDatabase(async (database) => {
  const on = machine(database.version)
  await createBypassRole(database)
  const sized: Sized[] = []
  let tenants = 0
  for (const rows of options.sizes) {
    const wanted = Math.max(1, Math.round(rows / ROWS_A_TENANT))
    progress(`${whole(wanted)} tenants with ${whole(ROWS_A_TENANT)} rows each …`)
    if (wanted > tenants) await addTenants(database.admin, tenants + 1, wanted)
    tenants = Math.max(tenants, wanted)
    progress(`${whole(rows)} rows: queries with and without policies …`)
    sized.push({ rows, taxes: await measureTax(database, { tenants, rounds: options.repeat }) })
  }
  progress('round trips …')
  const trips = await measureRoundTrips(database)
  print(sized, trips)
  console.log(machineLine(on))
  await writeJson(options.json, { machine: on, sizes: sized, round_trips: trips })
})

function print(sized: readonly Sized[], trips: readonly Trips[]): void {
  printTable([
    ['query', 'rows', 'with policies ms', 'without ms', 'tax'],
    ...sized.flatMap(({ rows, taxes }) =>
      taxes.map((tax) => [
        tax.query,
        whole(rows),
        tax.with_ms.toFixed(3),
        tax.without_ms.toFixed(3),
        tax.tax.toFixed(2),
      ]),
    ),
  ])
  printTable([
    ['request', 'round trips', `ms with ${DELAY_MS} + ${DELAY_MS} ms of latency`],
    ...trips.map(({ request, round_trips, ms }) => [request, round_trips.toFixed(1), ms.toFixed(1)]),
  ])
  for (const { rows, taxes } of sized) {
    const mean = Math.exp(taxes.reduce((sum, { tax }) => sum + Math.log(tax), 0) / taxes.length)
    const worst = Math.max(...taxes.map(({ tax }) => tax))
    console.log(
      `${whole(rows)} rows: tax of row-level security = ${mean.toFixed(2)}, worst query ${worst.toFixed(2)} (wanted: 1.05 or less)`,
    )
  }
  const [small, large] = [sized[0], sized.at(-1)]
  if (small && large && large !== small) {
    for (const [at, { query, with_ms }] of large.taxes.entries()) {
      console.log(
        `${query}: ${whole(large.rows)} / ${whole(small.rows)} rows = ${(with_ms / (small.taxes[at]?.with_ms ?? Number.NaN)).toFixed(2)} (flat: 1)`,
      )
    }
  }
  for (const { request, round_trips } of trips) console.log(`round trips, ${request} = ${round_trips.toFixed(1)}`)
}
