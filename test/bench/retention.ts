import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { type BenchDatabase, withDatabase } from './database.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, median, printTable, whole, writeJson } from './report.ts'

const HELP = `How long the events of a day take to go: their partition dropped, against the same rows deleted.

  npm run bench:retention -- [options]

  --sizes A,B     rows of the day (default 100000)
  --repeat N      runs of each at every size (default 3)
  --json FILE     write what was measured

Both run on the product's own table with its indexes, on PostgreSQL with default durability. "drop" is the transaction that
maintain runs, from its first statement to the end of its commit. "lock" is the longest that another session, which adds
an event after the other all the while, waited for one of them. "delete" is one statement over the same rows, "vacuum" what
it takes until their space can be used again; "times" compares both together with the drop, which gives the space back.
`

type Dropped = { drop_ms: number; lock_ms: number }
type Deleted = { delete_ms: number; vacuum_ms: number }
type Result = { rows: number } & Dropped & Deleted

const DAY_MS = 86_400_000
const TENANT = randomUUID()
const options = readOptions(HELP, { sizes: '100000', repeat: '3' })

await withDatabase(async (database) => {
  const on = machine(database.version)
  const results: Result[] = []
  for (const rows of options.sizes) {
    const [drops, deletes]: [Dropped[], Deleted[]] = [[], []]
    for (let round = 0; round < options.repeat; round += 1) {
      drops.push(await dropped(database, rows))
      deletes.push(await deleted(database, rows))
    }
    results.push({
      rows,
      drop_ms: median(drops.map(({ drop_ms }) => drop_ms)),
      lock_ms: Math.max(...drops.map(({ lock_ms }) => lock_ms)),
      delete_ms: median(deletes.map(({ delete_ms }) => delete_ms)),
      vacuum_ms: median(deletes.map(({ vacuum_ms }) => vacuum_ms)),
    })
  }
  printTable([
    ['rows', 'drop', 'lock at most', 'delete', 'vacuum', 'times'],
    ...results.map(({ rows, drop_ms, lock_ms, delete_ms, vacuum_ms }) => [
      whole(rows),
      `${drop_ms.toFixed(1)} ms`,
      `${lock_ms.toFixed(1)} ms`,
      `${delete_ms.toFixed(1)} ms`,
      `${vacuum_ms.toFixed(1)} ms`,
      ((delete_ms + vacuum_ms) / drop_ms).toFixed(1),
    ]),
  ])
  console.log(machineLine(on))
  await writeJson(options.json, { machine: on, results })
})
process.exit(0)

/** A day that is over, in a partition of its own. */
async function fill({ admin }: BenchDatabase, rows: number): Promise<Date> {
  const day = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - 9 * DAY_MS)
  await admin.query('set role pulsepoint_owner')
  await admin.query('select ensure_event_partitions($1, $2)', [day, new Date(day.getTime() + 1)])
  await admin.query('reset role')
  await admin.query(
    `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id, duration_ms, metadata)
     select $1, gen_random_uuid(), 'telemetry', 'api.response', $2::timestamptz + make_interval(secs => n::float8 * 80000 / $3), 'r' || n, 12,
       jsonb_build_object('method', 'GET', 'route', '/api/brands/{id}/dashboard', 'http_status', 200) from generate_series(1, $3::int) n`,
    [TENANT, day, rows],
  )
  await admin.query('checkpoint')
  return day
}

/** The expired partitions before it, which are empty, go first and do not count. */
async function dropped(database: BenchDatabase, rows: number): Promise<Dropped> {
  const day = await fill(database, rows)
  const name = `observability_telemetry_${day.toISOString().slice(0, 10).replaceAll('-', '')}`
  await using waiting = await waiter(database)
  for (;;) {
    waiting.reset()
    const startedAt = performance.now()
    const { rows: answered } = await database.admin.query('select keep_event_partitions(now()) as dropped')
    const drop_ms = performance.now() - startedAt
    if (answered[0].dropped === name) return { drop_ms, lock_ms: waiting.longest() }
    if (answered[0].dropped === null) throw new Error(`${name} was not dropped.`)
  }
}

/** Another session that adds one event after the other; how long the slowest took since reset(). */
async function waiter({ url }: BenchDatabase) {
  const client = new pg.Client({ connectionString: url('postgres') })
  await client.connect()
  const statement = `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id)
    values ($1, gen_random_uuid(), 'telemetry', 'bench', now(), 'r')`
  let [longest, stopped] = [0, false]
  const running = (async () => {
    while (!stopped) {
      const startedAt = performance.now()
      await client.query({ name: 'add', text: statement, values: [TENANT] })
      longest = Math.max(longest, performance.now() - startedAt)
    }
  })()
  return {
    reset: () => {
      longest = 0
    },
    longest: () => longest,
    [Symbol.asyncDispose]: async () => {
      stopped = true
      await running
      await client.end()
    },
  }
}

async function deleted(database: BenchDatabase, rows: number): Promise<Deleted> {
  const day = await fill(database, rows)
  const startedAt = performance.now()
  const { rowCount } = await database.admin.query(
    `delete from observability_events where class = 'telemetry' and "timestamp" >= $1 and "timestamp" < $2`,
    [day, new Date(day.getTime() + DAY_MS)],
  )
  const deletedAt = performance.now()
  if (rowCount !== rows) throw new Error(`${rowCount} of ${rows} rows were deleted.`)
  await database.admin.query('vacuum observability_events')
  return { delete_ms: deletedAt - startedAt, vacuum_ms: performance.now() - deletedAt }
}
