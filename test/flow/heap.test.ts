import { expect, test } from 'vitest'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { startSyncChild } from './child.ts'
import { connectedTenant } from './scripted.ts'

const database = useDatabase()
useCloud()

/** FLOW_ORDERS=100000 is the full size (half a minute). */
const ORDERS = Number(process.env.FLOW_ORDERS ?? 15_000)
const PER_PAGE = 250
process.env.COMMIT_NODES = '1000' // the product's own size of a commit
/** Of V8's old space; the program itself, with its clients, takes half of it. */
const HEAP_MB = 64
/** Bounded too, or V8 spreads over 100 MB of new space by and by, which would hide what the product keeps. */
const SEMI_SPACE_MB = 4
/** Of the resident memory, from the second to the last quarter. */
const RESIDENT_GROWTH = 1.1
/** Of what is kept on the heap, from the second eighth to the last: a stream that kept its orders would take 7 MB of 15,000. */
const RETAINED_GROWTH_MB = 2
const MB = 2 ** 20

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

test(`a stream of ${ORDERS} orders passes through a heap of ${HEAP_MB} MB, and memory stays flat`, async () => {
  const tenant = await connectedTenant('large')
  const pages = Math.ceil(ORDERS / PER_PAGE)
  const nodeFlags = [`--max-old-space-size=${HEAP_MB}`, `--max-semi-space-size=${SEMI_SPACE_MB}`, '--expose-gc']
  const startedAt = performance.now()
  const child = startSyncChild(tenant, { pages, perPage: PER_PAGE, nodeFlags })
  const { error, rss, retained } = await child.done
  expect(error).toBeNull()
  expect(child.process.exitCode).toBe(0)
  const [stored] = await database.asAdmin<{ n: string }>('select count(*) as n from orders where tenant_id = $1', [
    tenant.tenantId,
  ])
  expect(Number(stored?.n)).toBe(pages * PER_PAGE)
  const quarter = Math.floor(rss.length / 4)
  const quarters = [0, 1, 2, 3].map((at) => mean(rss.slice(at * quarter, (at + 1) * quarter)) / MB)
  const seconds = (performance.now() - startedAt) / 1000
  console.log(
    `${stored?.n} orders in ${seconds.toFixed(1)} s; resident memory by quarter ${quarters.map((mb) => `${mb.toFixed(0)} MB`).join(', ')}`,
  )
  console.log(`kept on the heap: ${retained.map((bytes) => (bytes / MB).toFixed(1)).join(', ')} MB`)
  expect((quarters[3] ?? 0) / (quarters[1] ?? 1)).toBeLessThan(RESIDENT_GROWTH)
  expect(((retained.at(-1) ?? 0) - (retained[1] ?? 0)) / MB).toBeLessThan(RETAINED_GROWTH_MB)
}, 400_000)
