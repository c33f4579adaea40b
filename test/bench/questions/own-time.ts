import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { startCloud } from '../../../scripts/local/cloud.ts'
import { readMap } from '../../../scripts/local/map.ts'
import { putSecrets } from '../../../scripts/local/put-secrets.ts'
import { wire } from '../../../scripts/local/wiring.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { openShop } from '../../shared/operations/questions/shop.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { startFunction } from '../api/servers.ts'
import type { BenchDatabase } from '../database.ts'
import { printTable, quantile } from '../report.ts'
import { timedModel } from './model.ts'

const PROJECT = 'bench'
const MAP = new URL('../../../infra/functions.tf.json', import.meta.url).pathname
const THINKING_MS = 60
/** Each may ask so often only. */
const PEOPLE = 40
const WARM_UP = 20

type Kind = { name: string; toolTurns: number; ask: (n: number) => string }
const KINDS: readonly Kind[] = [
  { name: 'one turn of tools', toolTurns: 1, ask: (n) => `How many orders came in the last ${1 + n} days?` },
  { name: 'two turns of tools', toolTurns: 2, ask: (n) => `What was gross by campaign in the last ${1 + n} days?` },
]

type Took = { ms: number[]; transactions: number }
export type OwnTime = {
  kind: string
  questions: number
  p50: number
  p95: number
  transactions: number
  peer_p50: number
}

/** Asks `count` questions of each kind over HTTP, one after another, of the function `api` in a process of its own. */
export async function measureOwnTime(database: BenchDatabase, count: number): Promise<OwnTime[]> {
  const cloud = await startCloud({ stateDir: path.join(database.folder, 'cloud'), port: 0 })
  const model = await timedModel(THINKING_MS)
  const env = await environment(database, { cloudUrl: cloud.url, modelUrl: model.url })
  Object.assign(process.env, env)
  forgetConfig()
  const api = await startFunction('functions/api/index.ts', 'api', env)
  try {
    const { tenant, people } = await askers(database)
    const asked = async (kind: Kind, n: number): Promise<number> => {
      model.begin(kind.toolTurns)
      const begun = performance.now()
      const token = people[n % people.length]?.token ?? ''
      await askOver(`${api.url}/api/brands/${tenant.brandId}/ask`, { token, question: kind.ask(n) })
      return performance.now() - begun - model.waitedMs()
    }
    const results: OwnTime[] = []
    for (const kind of KINDS) {
      for (let n = 0; n < WARM_UP; n += 1) await asked(kind, count + n)
      const took = await counted(database, async () => {
        const ms: number[] = []
        for (let n = 0; n < count; n += 1) ms.push(await asked(kind, n))
        return ms
      })
      const peer_p50 = await bareTransactions(database, Math.round(took.transactions / count))
      const quantiles = { p50: quantile(took.ms, 0.5), p95: quantile(took.ms, 0.95) }
      results.push({
        kind: kind.name,
        questions: count,
        ...quantiles,
        transactions: took.transactions / count,
        peer_p50,
      })
    }
    return results
  } finally {
    await api.stop()
    await model.close()
    await cloud.close()
  }
}

export function printOwnTime(results: readonly OwnTime[]): void {
  printTable([
    ['own time of a question, ms', 'questions', 'p50', 'p95', 'transactions', 'as many by pg', 'ratio'],
    ...results.map(({ kind, questions, p50, p95, transactions, peer_p50 }) => [
      kind,
      String(questions),
      ...[p50, p95, transactions, peer_p50, p50 / peer_p50].map((value) => value.toFixed(1)),
    ]),
  ])
}

async function environment(
  database: BenchDatabase,
  { cloudUrl, modelUrl }: { cloudUrl: string; modelUrl: string },
): Promise<Record<string, string>> {
  const ring = () => JSON.stringify({ current: 'k1', keys: { k1: randomBytes(32).toString('base64') } })
  await putSecrets(cloudUrl, PROJECT, { ENCRYPTION_KEYS: ring(), JWT_KEYS: ring(), ANTHROPIC_API_KEY: 'sk-ant-bench' })
  const map = await readMap(MAP)
  await wire({ map: { ...map, functions: {} }, cloudUrl, projectId: PROJECT, functionUrl: () => '' })
  return {
    GOOGLE_CLOUD_PROJECT: PROJECT,
    CLOUD_ENDPOINT: cloudUrl,
    METADATA_SERVER_DETECTION: 'none',
    ANTHROPIC_URL: modelUrl,
    DATABASE_URL: database.url('pulsepoint_app'),
    DATABASE_POOL: '8',
    IP_LIMIT_PER_MINUTE: '100000000',
  }
}

async function askers({ admin, url }: BenchDatabase): Promise<{ tenant: TestTenant; people: SignedIn[] }> {
  const tenant = await createTenant('asked')
  const asAdmin = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await admin.query(text, values)).rows
  await openShop({ url, asAdmin, connectAs: async () => undefined }, tenant, ['Summer dresses', 'Winter coats'])
  await admin.query(`update tenants set subscription_tier = 'enterprise' where id = $1`, [tenant.tenantId])
  const people: SignedIn[] = []
  for (let n = 0; n < PEOPLE; n += 1) people.push(await signIn(tenant.tenantId, 'admin'))
  return { tenant, people }
}

async function askOver(url: string, { token, question }: { token: string; question: string }): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ question }) })
  const answer = await response.text()
  if (response.status !== 200 || !answer.includes('"status":"answered"') || !answer.includes('"cached":false'))
    throw new Error(`"${question}" was answered ${response.status}: ${answer.slice(0, 400)}`)
}

/** With the transactions that were committed meanwhile, as Postgres counts them; it is told of them once their sessions rest. */
async function counted({ admin }: BenchDatabase, work: () => Promise<number[]>): Promise<Took> {
  const committed = async (): Promise<number> => {
    await admin.query('select pg_sleep(1.5), pg_stat_clear_snapshot()')
    const { rows } = await admin.query<{ n: string }>(
      'select xact_commit as n from pg_stat_database where datname = current_database()',
    )
    return Number(rows[0]?.n)
  }
  const before = await committed()
  const ms = await work()
  return { ms, transactions: (await committed()) - before }
}

/** The floor: as many transactions with one insert each, one after another on one connection; ms, p50 of fifty rounds. */
async function bareTransactions({ url, admin }: BenchDatabase, transactions: number): Promise<number> {
  await admin.query('create table if not exists floor (n int, told text); grant insert on floor to pulsepoint_app')
  const client = new pg.Client({ connectionString: url('pulsepoint_app') })
  await client.connect()
  const ms: number[] = []
  try {
    for (let round = 0; round < 50; round += 1) {
      const begun = performance.now()
      for (let n = 0; n < transactions; n += 1) {
        await client.query('begin')
        await client.query({ name: 'floor', text: 'insert into floor values ($1, $2)', values: [n, 'told'] })
        await client.query('commit')
      }
      ms.push(performance.now() - begun)
    }
  } finally {
    await client.end()
  }
  return quantile(ms, 0.5)
}
