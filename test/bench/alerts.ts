import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { serve } from '@hono/node-server'
import { v7 as uuidv7 } from 'uuid'
import { startCloud } from '../../scripts/local/cloud.ts'
import { startFunctions } from '../../scripts/local/functions.ts'
import { type PlatformMap, readMap } from '../../scripts/local/map.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { wire } from '../../scripts/local/wiring.ts'
import { slackSandbox } from '../../scripts/sandbox/slack.ts'
import { forgetConfig } from '../../shared/config.ts'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { record } from '../../shared/events/record.ts'
import { asSystem } from '../support/tenants.ts'
import { type BenchDatabase, withDatabase } from './database.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, printTable, writeJson } from './report.ts'

const HELP = `How long it takes from the commit of an event to the alert's message at Slack.

  npm run bench:alerts -- [options]

  --sizes A       events, one after the other, each of a tenant of its own (default 100)
  --json FILE     write what was measured

evaluate-alerts and deliver-alerts run in processes of their own as in "npm start", woken by the local Pub/Sub; Slack is the
stand-in, in the process that measures. The sink is not there. The first ten events warm up and do not count.
`
const PROJECT = 'bench'
const FUNCTIONS = ['evaluate-alerts', 'deliver-alerts']
const WARM_UP = 10
const options = readOptions(HELP, { sizes: '100', repeat: '1' })

await withDatabase(async (database) => {
  const on = machine(database.version)
  await using running = await start(database)
  const took: number[] = []
  for (let n = 0; n < (options.sizes[0] ?? 0) + WARM_UP; n += 1) {
    const ms = await fromCommitToSlack(running.arrived, `Bench ${String(n).padStart(5, '0')}`)
    if (n >= WARM_UP) took.push(ms)
  }
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  const result = { events: took.length, p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) }
  printTable([
    ['events', 'p50', 'p95', 'max'],
    [String(result.events), ...[result.p50_ms, result.p95_ms, result.max_ms].map((ms) => `${ms.toFixed(0)} ms`)],
  ])
  console.log(machineLine(on))
  await writeJson(options.json, { machine: on, result })
})
process.exit(0)

/** A connection that a provider refuses from now on; the clock starts as the transaction is committed. */
async function fromCommitToSlack(arrived: (name: string) => Promise<number>, name: string): Promise<number> {
  const [tenantId, brandId, integrationId] = [uuidv7(), uuidv7(), uuidv7()]
  const message = arrived(name)
  let committedAt = 0
  await asSystem(tenantId, () =>
    transaction(async (db) => {
      db.afterCommit(async () => {
        committedAt = performance.now()
      })
      await db.query(sql`insert into tenants (id, company_name, created_at) values (${tenantId}, ${name}, now())`)
      await db.query(sql`insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
        values (${tenantId}, ${brandId}, ${name}, 'UTC', 'USD', now())`)
      await db.query(sql`insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, status, next_due_at, created_at)
        values (${tenantId}, ${brandId}, ${integrationId}, 'shopify', ${name}, ${name}, 'needs_reauth', now(), now())`)
      const data = { integration_id: integrationId, platform: 'shopify', message: 'Revoked.' }
      await record(db, 'integration.needs_reauth', { data, brandId })
    }),
  )
  return (await message) - committedAt
}

async function start(database: BenchDatabase) {
  const cloud = await startCloud({ stateDir: path.join(database.folder, 'cloud'), port: 0 })
  const slack = slackOnPort()
  const url = `${await slack.origin}/services/T0001/B0001/${'a'.repeat(24)}`
  const ring = { current: 'k1', keys: { k1: randomBytes(32).toString('base64') } }
  await putSecrets(cloud.url, PROJECT, { SLACK_WEBHOOK_URL: url, ENCRYPTION_KEYS: JSON.stringify(ring) })
  const env = {
    GOOGLE_CLOUD_PROJECT: PROJECT,
    CLOUD_ENDPOINT: cloud.url,
    METADATA_SERVER_DETECTION: 'none',
    DATABASE_URL: database.url('pulsepoint_app'),
  }
  Object.assign(process.env, env)
  forgetConfig()
  const map = await mapOf(FUNCTIONS)
  const ports = Object.fromEntries(await Promise.all(FUNCTIONS.map(async (name) => [name, await freePort()] as const)))
  const functions = await startFunctions({ map, ports, stateDir: database.folder, log: console.error, env: () => env })
  await wire({ map, cloudUrl: cloud.url, projectId: PROJECT, functionUrl: functions.url })
  return {
    arrived: slack.arrived,
    [Symbol.asyncDispose]: async () => {
      await functions.stop()
      await cloud.close()
      slack.close()
    },
  }
}

async function mapOf(names: readonly string[]): Promise<PlatformMap> {
  const map = await readMap(new URL('../../infra/functions.tf.json', import.meta.url).pathname)
  return {
    ...map,
    functions: Object.fromEntries(Object.entries(map.functions).filter(([name]) => names.includes(name))),
  }
}

/** `arrived(name)` resolves with the moment at which a message that names it was there. */
function slackOnPort() {
  const slack = slackSandbox({ burst: 100_000, perSecond: 100_000 })
  const waiting = new Map<string, (at: number) => void>()
  const fetch = async (request: Request): Promise<Response> => {
    const answer = await slack.fetch(request)
    const at = performance.now()
    const text = slack.messages().at(-1)?.text ?? ''
    for (const [name, told] of waiting) if (text.includes(name)) told(at)
    return answer
  }
  const { promise: origin, resolve } = Promise.withResolvers<string>()
  const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(`http://127.0.0.1:${port}`))
  return {
    origin,
    close: () => server.close(),
    arrived: (name: string) =>
      new Promise<number>((told) => {
        waiting.set(name, (at) => {
          waiting.delete(name)
          told(at)
        })
      }),
  }
}
