import pg from 'pg'
import type { Db } from '../../../shared/db/transaction.ts'
import { preparedAs } from '../../../shared/db/wire.ts'
import { runAs, systemActor } from '../../../shared/tenant.ts'
import type { BenchDatabase } from '../database.ts'
import { median } from '../report.ts'
import { tenantId } from './data.ts'
import { QUERIES } from './queries.ts'

export type Tax = { query: string; with_ms: number; without_ms: number; tax: number }

/** Has the app's rights and sees the rows of all tenants. */
const BYPASS = 'bench_bypass'
const READS_A_ROUND = 200
const WARM_UP = 100

export const createBypassRole = ({ admin, password }: BenchDatabase): Promise<unknown> =>
  admin.query(`create role ${BYPASS} login bypassrls inherit in role pulsepoint_app password '${password}'`)

/**
 * Each query of random tenants under the policies and without them, in turn on two connections; only the query's own time
 * counts. A round's tax is the ratio of its medians, the tax the median of the rounds, so that a busy second weighs little.
 */
export async function measureTax(
  database: BenchDatabase,
  { tenants, rounds: wanted }: { tenants: number; rounds: number },
): Promise<Tax[]> {
  const taxes: Tax[] = []
  for (const name of Object.keys(QUERIES)) {
    const rounds: { with_ms: number; without_ms: number }[] = []
    while (rounds.length < wanted) rounds.push(await onNewConnections(database, { name, tenants }))
    taxes.push({
      query: name,
      with_ms: median(rounds.map(({ with_ms }) => with_ms)),
      without_ms: median(rounds.map(({ without_ms }) => without_ms)),
      tax: median(rounds.map(({ with_ms, without_ms }) => with_ms / without_ms)),
    })
  }
  return taxes
}

/** Two server processes are never quite alike in speed (measured: up to a fifth apart), so each round has two new ones. */
async function onNewConnections(database: BenchDatabase, { name, tenants }: { name: string; tenants: number }) {
  const bound = await connect(database.url('pulsepoint_app'))
  const free = await connect(database.url(BYPASS))
  try {
    await round([bound, free], { name, tenants, reads: WARM_UP })
    return await round([bound, free], { name, tenants, reads: READS_A_ROUND })
  } finally {
    await Promise.all([bound.end(), free.end()])
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  return client
}

type Round = { name: string; tenants: number; reads: number }

async function round([bound, free]: [pg.Client, pg.Client], { name, tenants, reads }: Round) {
  const times = new Map<pg.Client, number[]>([
    [bound, []],
    [free, []],
  ])
  for (let read = 0; read < reads; read += 1) {
    // Far apart, so that no tenant's pages are still in the processor's caches from the read before.
    const tenant = 1 + ((read * 7_919) % tenants)
    for (const client of read % 2 === 0 ? [bound, free] : [free, bound]) {
      times.get(client)?.push(await timedRead(client, name, tenant))
    }
  }
  return { with_ms: median(times.get(bound) ?? []), without_ms: median(times.get(free) ?? []) }
}

async function timedRead(client: pg.Client, name: string, tenant: number): Promise<number> {
  const id = tenantId(tenant)
  await client.query('begin')
  await client.query("select set_config('app.tenant_id', $1, true)", [id])
  const started = performance.now()
  const rows = await runAs(systemActor(id, 'bench', 'bench'), async () => QUERIES[name]?.(dbOn(client), tenant))
  const elapsed = performance.now() - started
  await client.query('commit')
  if (!rows?.length) throw new Error(`"${name}" found no rows of tenant ${tenant}.`)
  return elapsed
}

/** The product's own reads on a connection of the bench: transaction() has one role alone. */
function dbOn(client: pg.Client): Db {
  const query: Db['query'] = async ({ text, values }) =>
    (await client.query({ ...preparedAs(text), text, values: [...values] })).rows
  return {
    query,
    one: async (statement) => (await query<never>(statement))[0] ?? null,
    last: () => undefined,
    afterCommit: () => undefined,
  }
}
