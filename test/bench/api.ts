import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { startCloud } from '../../scripts/local/cloud.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { createBenchSchema } from './api/bench-schema.ts'
import { installPeers } from './api/install.ts'
import { signInVisitors } from './api/people.ts'
import { asGraphql, cachedDashboards, type Request, uncachedDashboards } from './api/requests.ts'
import { type Server, startFunction, startProgram } from './api/servers.ts'
import { verifyBodies } from './api/verify.ts'
import { type BenchDatabase, withDatabase } from './database.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, median, printTable, progress, whole, writeJson } from './report.ts'
import { addTenants, ROWS_A_TENANT } from './tenancy/data.ts'

const HELP = `What a dashboard request costs: ours, uncached and cached, against others that answer the same from the same database.

  npm run bench:api -- [options]

  --sizes A       rows of the read model, 1,000 a tenant (default 100000)
  --repeat N      rounds; medians count (default 3)
  --json FILE     write what was measured

"bare" is a functions-framework + Hono + jose handler that answers a ready text; "PostGraphile 5" answers the same statements,
as SQL functions, under the same policies; "raw pg" sends the same statements with nothing around them. Each server has a
process of its own and ${whole(8)} connections to Postgres; the load comes from another process on the same machine.
`

const PROJECT = 'bench'
const CONNECTIONS = 32
const SECONDS = 6
const WARM_UP_SECONDS = 3
const STEADY_PER_SECOND = 100
const LOAD = fileURLToPath(new URL('./api/load.mjs', import.meta.url))

const Measured = z.object({
  perSecond: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  failed: z.number(),
})
type Measured = z.output<typeof Measured>
type Contender = { name: string; server: Server; lists: Request[][]; rate?: number }

const options = readOptions(HELP, { sizes: '100000', repeat: '3' })
installPeers()

await withDatabase(async (database) => {
  const on = machine(database.version)
  const tenants = Math.round((options.sizes[0] ?? 100_000) / ROWS_A_TENANT)
  progress(`${whole(tenants)} tenants …`)
  await addTenants(database.admin, 1, tenants)
  await createBenchSchema(database)
  const cloud = await startCloud({ stateDir: path.join(database.folder, 'cloud'), port: 0 })
  const servers: Server[] = []
  try {
    const jwtKey = randomBytes(32).toString('base64')
    const env = await environment(database, { cloudUrl: cloud.url, jwtKey })
    Object.assign(process.env, env)
    const visitors = await signInVisitors(database, tenants)
    const uncached = uncachedDashboards(visitors, CONNECTIONS)
    const cached = cachedDashboards(visitors)
    const api = await startFunction('functions/api/index.ts', 'api', env)
    servers.push(api)
    const first = cached[0]?.[0]
    if (!first) throw new Error('There is nothing to ask.')
    const answer = await askOnce(api, first)
    const answerFile = path.join(database.folder, 'answer.json')
    await writeFile(answerFile, answer)
    const bare = await startFunction('test/bench/api/bare.ts', 'bare', { JWT_KEY: jwtKey, ANSWER_FILE: answerFile })
    const raw = await startProgram('raw-pg.ts', { ...env, JWT_KEY: jwtKey })
    const graphile = await startProgram('postgraphile.mjs', { ...env, JWT_KEY: jwtKey })
    servers.push(bare, raw, graphile)
    const contenders: Contender[] = [
      { name: 'ours, uncached', server: api, lists: uncached },
      { name: 'PostGraphile 5', server: graphile, lists: uncached.map((list) => list.map(asGraphql)) },
      { name: 'raw pg', server: raw, lists: uncached },
      { name: 'ours, cached', server: api, lists: cached },
      { name: 'bare handler', server: bare, lists: cached },
      { name: `ours, uncached, ${STEADY_PER_SECOND}/s`, server: api, lists: uncached, rate: STEADY_PER_SECOND },
    ]
    verifyBodies({ answer, graphile: await askOnce(graphile, asGraphql(first)), raw: await askOnce(raw, first) })
    const results = await measureInTurn(contenders)
    print(results)
    console.log(machineLine(on))
    await writeJson(options.json, { machine: on, results: Object.fromEntries(results) })
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    await cloud.close()
  }
})
process.exit(0)

async function environment(
  database: BenchDatabase,
  { cloudUrl, jwtKey }: { cloudUrl: string; jwtKey: string },
): Promise<Record<string, string>> {
  const ring = (key: string) => JSON.stringify({ current: 'k1', keys: { k1: key } })
  await putSecrets(cloudUrl, PROJECT, {
    ENCRYPTION_KEYS: ring(randomBytes(32).toString('base64')),
    JWT_KEYS: ring(jwtKey),
  })
  await fetch(`${cloudUrl}/v1/projects/${PROJECT}/topics/pulsepoint-events`, { method: 'PUT', body: '{}' })
  return {
    GOOGLE_CLOUD_PROJECT: PROJECT,
    CLOUD_ENDPOINT: cloudUrl,
    METADATA_SERVER_DETECTION: 'none',
    DATABASE_URL: database.url('pulsepoint_app'),
    DATABASE_POOL: '8',
    IP_LIMIT_PER_MINUTE: '100000000',
  }
}

async function askOnce({ url }: Server, { path: asked, method, headers, body }: Request): Promise<string> {
  const response = await fetch(`${url}${asked}`, { method, headers, ...(body !== undefined && { body }) })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${asked} answered ${response.status}: ${text.slice(0, 500)}`)
  return text
}

/** Rounds go forwards and backwards, so that nobody always profits from going first. */
async function measureInTurn(contenders: readonly Contender[]): Promise<Map<string, Measured[]>> {
  const results = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < options.repeat; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      progress(`round ${round + 1}: ${contender.name} …`)
      results.get(contender.name)?.push(await measure(contender))
    }
  }
  return results
}

/** The local cloud answers in this process meanwhile, so it must not wait for the load without turning. */
async function measure({ server, lists, rate, name }: Contender): Promise<Measured> {
  const asked = {
    url: server.url,
    connections: CONNECTIONS,
    seconds: SECONDS,
    warmUpSeconds: WARM_UP_SECONDS,
    rate,
    lists,
  }
  const child = spawn(process.execPath, [LOAD], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(asked))
  const output = await text(child.stdout)
  const measured = Measured.parse(JSON.parse(output))
  if (measured.failed > 0) throw new Error(`${name}: ${measured.failed} requests failed.`)
  return measured
}

function print(results: ReadonlyMap<string, readonly Measured[]>): void {
  const of = (name: string, figure: keyof Measured): number =>
    median((results.get(name) ?? []).map((one) => one[figure]))
  printTable([
    ['server', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms'],
    ...[...results.keys()].map((name) => [
      name,
      whole(of(name, 'perSecond')),
      of(name, 'p50').toFixed(1),
      of(name, 'p95').toFixed(1),
      of(name, 'p99').toFixed(1),
    ]),
  ])
  const ratio = (name: string, other: string): string => (of(name, 'perSecond') / of(other, 'perSecond')).toFixed(2)
  console.log(`ours, uncached / PostGraphile 5 = ${ratio('ours, uncached', 'PostGraphile 5')} (wanted: 1.0 or more)`)
  console.log(`ours, uncached / raw pg = ${ratio('ours, uncached', 'raw pg')}`)
  console.log(`ours, cached / bare handler = ${ratio('ours, cached', 'bare handler')} (wanted: 0.8 or more)`)
  const steady = `ours, uncached, ${STEADY_PER_SECOND}/s`
  console.log(`at ${STEADY_PER_SECOND} requests/s: p95 ${of(steady, 'p95').toFixed(1)} ms (wanted: below 50)`)
  console.log(
    `one instance at saturation: ${whole(of('ours, uncached', 'perSecond'))} requests/s uncached, ${whole(of('ours, cached', 'perSecond'))} cached`,
  )
}
