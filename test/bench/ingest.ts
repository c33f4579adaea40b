import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { startCloud } from '../../scripts/local/cloud.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { type BenchDatabase, withDatabase } from './database.ts'
import type { Measured } from './ingest/contender-process.ts'
import { CONTENDERS, type ContenderName, TABLES_OF_ORDERS } from './ingest/contenders.ts'
import { SHOP_URL } from './ingest/serve.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, median, printTable, progress, whole, writeJson } from './report.ts'

const HELP = `How fast orders reach the database: the whole sync path against COPY and against one upsert a row.

  npm run bench:ingest -- [options]

  --sizes A,B     orders of the store (default 10000,100000)
  --repeat N      runs of each contender at the smallest size; larger sizes run once (default 3)
  --json FILE     write what was measured

Each contender has a process of its own, warmed up with another tenant's small store, and a database emptied before it,
with default durability. All begin with the same pages of 250 orders (two lines each, some refunds and visits) as JSON text
in memory. "sync" is all that the product does between the socket and the commit: the connector's HTTP client is answered
from memory. "copy" writes the same rows, as bytes made beforehand, as a superuser without row-level security: a stream a
table, one transaction. That is the reference. "copy by page" commits each 250 orders. "row by row" does one upsert a row
through the same driver, and its reading and parsing do not count.
`

const PROJECT = 'bench'
const TOPICS = ['pulsepoint-events', 'rows.synced', 'sync.requested.shopify']
const CHILD = new URL('./ingest/contender-process.ts', import.meta.url).pathname

type Result = Measured & { contender: ContenderName; orders: number; rows: number }

const options = readOptions(HELP, { sizes: '10000,100000', repeat: '3' })
const names = Object.keys(CONTENDERS) as ContenderName[] // the keys of a literal

await withDatabase(async (database) => {
  const on = machine(database.version)
  const cloud = await startCloud({ stateDir: path.join(database.folder, 'cloud'), port: 0 })
  try {
    const environment = await environmentOf(database, cloud.url)
    const results: Result[] = []
    const smallest = Math.min(...options.sizes)
    for (const orders of options.sizes) {
      for (let round = 0; round < (orders === smallest ? options.repeat : 1); round += 1) {
        // In turn from the front and from the back, so that nobody always profits from going first.
        for (const contender of round % 2 === 0 ? names : names.toReversed()) {
          results.push(await measure(database, { contender, orders, environment }))
        }
      }
    }
    print(results)
    console.log(machineLine(on))
    await writeJson(options.json, { machine: on, results })
  } finally {
    await cloud.close()
  }
})
process.exit(0)

async function environmentOf(database: BenchDatabase, cloudUrl: string): Promise<Record<string, string>> {
  for (const topic of TOPICS) {
    await fetch(`${cloudUrl}/v1/projects/${PROJECT}/topics/${topic}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  }
  const ring = { current: 'k1', keys: { k1: randomBytes(32).toString('base64') } }
  await putSecrets(cloudUrl, PROJECT, { ENCRYPTION_KEYS: JSON.stringify(ring) })
  return {
    GOOGLE_CLOUD_PROJECT: PROJECT,
    CLOUD_ENDPOINT: cloudUrl,
    METADATA_SERVER_DETECTION: 'none',
    DATABASE_URL: database.url('pulsepoint_app'),
    SHOPIFY_URL: SHOP_URL,
  }
}

type Job = { contender: ContenderName; orders: number; environment: Record<string, string> }

async function measure(database: BenchDatabase, { contender, orders, environment }: Job): Promise<Result> {
  progress(`${whole(orders)} orders, ${contender} …`)
  await database.admin.query('truncate brands cascade')
  await database.admin.query('checkpoint')
  const measured = await inOwnProcess([contender, String(orders), database.url('postgres')], environment)
  const rows = await storedRows(database, measured.tenant_id)
  if (rows.orders !== orders) throw new Error(`${contender} stored ${rows.orders} of ${orders} orders.`)
  return { contender, orders, rows: rows.all, ...measured }
}

async function inOwnProcess(args: string[], environment: Record<string, string>): Promise<Measured> {
  const child = fork(CHILD, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    let measured: Measured | null = null
    child.once('message', (message) => {
      measured = message as Measured // our own file's only message
      child.disconnect()
    })
    child.once('exit', (code) =>
      measured ? resolve(measured) : reject(new Error(`${args[0]} ended with ${code} and no result.`)),
    )
  })
}

async function storedRows({ admin }: BenchDatabase, tenantId: string): Promise<{ orders: number; all: number }> {
  const counts: number[] = []
  for (const table of TABLES_OF_ORDERS) {
    const { rows } = await admin.query<{ n: string }>(`select count(*) as n from ${table} where tenant_id = $1`, [
      tenantId,
    ])
    counts.push(Number(rows[0]?.n))
  }
  return { orders: counts[0] ?? 0, all: counts.reduce((sum, count) => sum + count, 0) }
}

function print(results: readonly Result[]): void {
  const of = (contender: ContenderName, orders: number, figure: (result: Result) => number): number =>
    median(results.filter((one) => one.contender === contender && one.orders === orders).map(figure))
  const rate = (contender: ContenderName, orders: number): number =>
    of(contender, orders, ({ rows, ms }) => (rows / ms) * 1_000)
  printTable([
    ['orders', 'contender', 'rows', 'rows/s', 'orders/s', 'seconds', 'own CPU s', 'live +MB', 'heap +MB', 'RSS +MB'],
    ...options.sizes.flatMap((orders) =>
      names.map((name) => [
        whole(orders),
        name,
        whole(of(name, orders, ({ rows }) => rows)),
        whole(rate(name, orders)),
        whole(of(name, orders, ({ ms }) => (orders / ms) * 1_000)),
        of(name, orders, ({ ms }) => ms / 1_000).toFixed(2),
        of(name, orders, ({ cpu_ms }) => cpu_ms / 1_000).toFixed(2),
        whole(of(name, orders, ({ memory }) => memory.live_mb)),
        whole(of(name, orders, ({ memory }) => memory.heap_mb)),
        whole(of(name, orders, ({ memory }) => memory.rss_mb)),
      ]),
    ),
  ])
  for (const orders of options.sizes) {
    const against = (name: ContenderName): string => (rate('sync', orders) / rate(name, orders)).toFixed(2)
    console.log(`${whole(orders)} orders: sync / copy = ${against('copy')} (wanted: 0.55 or more)`)
    console.log(`${whole(orders)} orders: sync / copy by page = ${against('copy by page')}`)
    console.log(`${whole(orders)} orders: sync / row by row = ${against('row by row')} (wanted: 5 or more)`)
  }
  const [small = 0, large = 0] = [Math.min(...options.sizes), Math.max(...options.sizes)]
  const live = (orders: number): number => of('sync', orders, ({ memory }) => memory.live_mb)
  const rss = (orders: number): number => of('sync', orders, ({ memory }) => memory.rss_mb)
  console.log(
    `sync memory above the preloaded pages, ${whole(small)} and ${whole(large)} orders: live heap ${whole(live(small))} and ${whole(live(large))} MB, RSS ${whole(rss(small))} and ${whole(rss(large))} MB (wanted: flat)`,
  )
}
