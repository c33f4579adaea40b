import { expect, test } from 'vitest'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { startSyncChild } from './child.ts'
import { connectedTenant } from './scripted.ts'

const database = useDatabase()
useCloud()

/** FLOW_ORDERS=100000 is the full size (a minute or two). */
const ORDERS = Number(process.env.FLOW_ORDERS ?? 15_000)
const PER_PAGE = 250
/** Of V8's old space; the program itself, with its clients, takes half of it. */
const HEAP_MB = 64
/** What the last quarter may take more than the second: a stream that kept its orders would take a megabyte a thousand. */
const GROWTH = 1.25

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

test(`a stream of ${ORDERS} orders passes through a heap of ${HEAP_MB} MB, and memory stays flat`, async () => {
  const tenant = await connectedTenant('large')
  const pages = Math.ceil(ORDERS / PER_PAGE)
  const startedAt = performance.now()
  const child = startSyncChild(tenant, { pages, perPage: PER_PAGE, nodeFlags: [`--max-old-space-size=${HEAP_MB}`] })
  const { error, rss } = await child.done
  expect(error).toBeNull()
  expect(child.process.exitCode).toBe(0)
  const [stored] = await database.asAdmin<{ n: string }>('select count(*) as n from orders where tenant_id = $1', [
    tenant.tenantId,
  ])
  expect(Number(stored?.n)).toBe(pages * PER_PAGE)
  const quarter = Math.floor(rss.length / 4)
  const quarters = [0, 1, 2, 3].map((at) => mean(rss.slice(at * quarter, (at + 1) * quarter)) / 2 ** 20)
  const seconds = (performance.now() - startedAt) / 1000
  console.log(
    `${stored?.n} orders in ${seconds.toFixed(1)} s; resident memory by quarter ${quarters.map((mb) => `${mb.toFixed(0)} MB`).join(', ')}`,
  )
  expect((quarters[3] ?? 0) / (quarters[1] ?? 1)).toBeLessThan(GROWTH)
}, 400_000)
