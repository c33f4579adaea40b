import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { forgetConfig } from '../../shared/config.ts'
import { bumpDataVersion } from '../../shared/db/data-version.ts'
import { endPool } from '../../shared/db/pools.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { buildApi } from '../../shared/http/api.ts'
import type { AnyOperation } from '../../shared/operations/call.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { PLENTY } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { serveApp } from '../support/http.ts'
import { signIn } from '../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../support/tenants.ts'
import { printedSeed, randomOf } from './random.ts'

const CONNECTIONS = 5
const TENANTS = 8
const CLIENTS = 64
/** The full number is 20,000. */
const PROBES = Number(process.env.FLOW_PROBES ?? 1_500)
const ABORTED_PART = 0.1

useDatabase()
useCloud()
type Owner = TestTenant & { name: string; token: string }
const owners: Owner[] = []

beforeAll(async () => {
  process.env.DATABASE_POOL = String(CONNECTIONS)
  forgetConfig()
  await endPool()
  for (let n = 0; n < TENANTS; n += 1) {
    const name = `tenant-${n}`
    const tenant = await createTenant(name)
    owners.push({ ...tenant, name, token: (await signIn(tenant.tenantId)).token })
  }
})
afterAll(() => {
  delete process.env.DATABASE_POOL
  forgetConfig()
})

const Brands = z.object({ brands: z.array(z.object({ id: z.string() })) })
const Dashboard = z.object({ brand_id: z.string(), freshness: z.array(z.object({ account_name: z.string() })) })
/** What is asked, and the ids and names in its answer that must be the asker's own. */
const PROBE_KINDS: readonly { path: (owner: Owner) => string; found: (body: unknown) => string[] }[] = [
  { path: () => '/api/brands', found: (body) => Brands.parse(body).brands.map(({ id }) => id) },
  {
    path: ({ brandId }) => `/api/brands/${brandId}/dashboard`,
    found: (body) => {
      const { brand_id, freshness } = Dashboard.parse(body)
      return [brand_id, ...freshness.map(({ account_name }) => account_name)]
    },
  },
  // Somebody else's brand is nobody's: whatever comes back would be foreign.
  { path: (owner) => `/api/brands/${strangerOf(owner).brandId}/dashboard`, found: (body) => [JSON.stringify(body)] },
]
const strangerOf = (owner: Owner): Owner => owners[(owners.indexOf(owner) + 1) % owners.length] ?? owner

type Seen = { foreign: number; statuses: Record<string, number> }

/** Clients of all tenants at once, some of which hang up; counts what was not the asker's own. */
async function probe(operations: readonly AnyOperation[], count: number): Promise<Seen> {
  const origin = await serveApp(buildApi({ operations, ...PLENTY }))
  const next = randomOf(printedSeed())
  const seen: Seen = { foreign: 0, statuses: {} }
  let left = count
  const note = (status: string) => {
    seen.statuses[status] = (seen.statuses[status] ?? 0) + 1
  }
  async function askOne(owner: Owner): Promise<void> {
    const kind = PROBE_KINDS[Math.floor(next() * PROBE_KINDS.length)]
    if (!kind) return
    const gone = new AbortController()
    if (next() < ABORTED_PART) setTimeout(() => gone.abort(), next() * 10)
    try {
      const headers = { authorization: `Bearer ${owner.token}` }
      const response = await fetch(`${origin}${kind.path(owner)}`, { headers, signal: gone.signal })
      const body: unknown = await response.json()
      note(String(response.status))
      if (response.status !== 200) return
      const own = [owner.brandId, owner.name]
      if (kind.found(body).some((name) => !own.includes(name))) seen.foreign += 1
    } catch {
      note('aborted')
    }
  }
  const client = async (n: number) => {
    const owner = owners[n % TENANTS]
    while (owner && left > 0) {
      left -= 1
      // Data changes all the while, so that answers are computed, kept and replaced.
      if (left % 50 === 0) await asSystem(owner.tenantId, () => transaction((db) => bumpDataVersion(db, owner.brandId)))
      await askOne(owner)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n)))
  return seen
}

test(`${PROBES} probes of ${CLIENTS} clients of ${TENANTS} tenants over ${CONNECTIONS} connections see nothing foreign`, async () => {
  const seen = await probe(OPERATIONS, PROBES)
  console.log(`${PROBES} probes: ${JSON.stringify(seen)}`)
  expect(seen.foreign).toBe(0)
  expect(seen.statuses['200'] ?? 0).toBeGreaterThan(PROBES / 3)
  expect(seen.statuses.aborted ?? 0).toBeGreaterThan(0)
}, 600_000)

/** An answer cache that forgot the tenant in its key, as somebody might write it. */
function withoutTenantInKey(operation: AnyOperation): AnyOperation {
  const kept = new Map<string, Promise<unknown>>()
  const run = (input: never) => {
    const key = JSON.stringify(input)
    const answer = kept.get(key) ?? Promise.resolve(operation.run(input)) // neither of those it is planted in streams
    kept.set(key, answer)
    return answer
  }
  const { cached: _, ...others } = operation
  return { ...others, run }
}

test('a planted leak, a cache keyed without the tenant, is found by the same probes', async () => {
  const planted = OPERATIONS.map((operation) =>
    ['list_brands', 'get_brand_dashboard'].includes(operation.name) ? withoutTenantInKey(operation) : operation,
  )
  const seen = await probe(planted, 300)
  console.log(`planted leak: ${JSON.stringify(seen)}`)
  expect(seen.foreign).toBeGreaterThan(0)
}, 60_000)
