import { randomBytes, randomUUID } from 'node:crypto'
import { open, truncate, unlink } from 'node:fs/promises'
import path from 'node:path'
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
maintain runs, from its first statement to the end of its commit; "empty" is the same of a partition without rows, and "files"
what this file system takes to free files of the partition's size: PostgreSQL does that after it has let its locks go.
"lock" is the longest that another session waited for the lock of a writer, "insert" the slowest of a third one's inserts, which
also wait for the disk. "delete" is one statement over the same rows, "vacuum" what
it takes until their space can be used again; "times" compares both together with the drop, which gives the space back.
`

type Dropped = { drop_ms: number; empty_ms: number[]; files_ms: number; lock_ms: number; insert_ms: number }
type Deleted = { delete_ms: number; vacuum_ms: number }
type Result = { rows: number; empty_ms: number } & Omit<Dropped, 'empty_ms'> & Deleted

const DAY_MS = 86_400_000
const TENANT = randomUUID()
const ADD_EVENT = `insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", request_id)
  values ('${TENANT}', gen_random_uuid(), 'telemetry', 'bench', now(), 'r')`
/** Taken and let go without anything written. */
const TAKE_LOCK = 'begin; lock table observability_events in row exclusive mode; rollback'
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
      empty_ms: median(drops.flatMap(({ empty_ms }) => empty_ms)),
      files_ms: median(drops.map(({ files_ms }) => files_ms)),
      lock_ms: Math.max(...drops.map(({ lock_ms }) => lock_ms)),
      insert_ms: Math.max(...drops.map(({ insert_ms }) => insert_ms)),
      delete_ms: median(deletes.map(({ delete_ms }) => delete_ms)),
      vacuum_ms: median(deletes.map(({ vacuum_ms }) => vacuum_ms)),
    })
  }
  printTable([
    ['rows', 'drop', 'empty', 'files', 'lock at most', 'insert at most', 'delete', 'vacuum', 'times'],
    ...results.map(({ rows, ...ms }) => [
      whole(rows),
      ...[ms.drop_ms, ms.empty_ms, ms.files_ms, ms.lock_ms, ms.insert_ms, ms.delete_ms, ms.vacuum_ms].map(
        (each) => `${each.toFixed(1)} ms`,
      ),
      ((ms.delete_ms + ms.vacuum_ms) / ms.drop_ms).toFixed(1),
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

/** The expired partitions before it are empty and go first, in the first round. */
async function dropped(database: BenchDatabase, rows: number): Promise<Dropped> {
  const day = await fill(database, rows)
  const name = `observability_telemetry_${day.toISOString().slice(0, 10).replaceAll('-', '')}`
  const files_ms = await freed(database, await bytesOf(database, name))
  await using locking = await keepDoing(database, TAKE_LOCK)
  await using adding = await keepDoing(database, ADD_EVENT)
  const empty: number[] = []
  for (;;) {
    for (const each of [locking, adding]) each.reset()
    const startedAt = performance.now()
    const { rows: answered } = await database.admin.query('select keep_event_partitions(now()) as dropped')
    const drop_ms = performance.now() - startedAt
    if (answered[0].dropped === null) throw new Error(`${name} was not dropped.`)
    if (answered[0].dropped === name)
      return { drop_ms, empty_ms: empty, files_ms, lock_ms: locking.longest(), insert_ms: adding.longest() }
    empty.push(drop_ms)
  }
}

async function bytesOf({ admin }: BenchDatabase, table: string): Promise<number> {
  const { rows } = await admin.query('select pg_total_relation_size($1::regclass)::int as bytes', [table])
  return rows[0].bytes
}

/** Beside the database's own files, in as many as a partition mostly consists of. */
async function freed({ folder }: BenchDatabase, bytes: number): Promise<number> {
  const names = [0, 1, 2, 3].map((n) => path.join(folder, `freed-${n}`))
  for (const name of names) {
    await using file = await open(name, 'w')
    await file.write(randomBytes(Math.ceil(bytes / names.length)))
    await file.sync()
  }
  const startedAt = performance.now()
  for (const name of names) {
    await truncate(name, 0)
    await unlink(name)
  }
  return performance.now() - startedAt
}

/** Another session that does so over and over; how long the slowest took since reset(). */
async function keepDoing({ url }: BenchDatabase, statement: string) {
  const client = new pg.Client({ connectionString: url('postgres') })
  await client.connect()
  let [longest, stopped] = [0, false]
  const running = (async () => {
    while (!stopped) {
      const startedAt = performance.now()
      await client.query(statement)
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
