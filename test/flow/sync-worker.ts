import * as z from 'zod'
import { syncConnection } from '../../shared/sync/run.ts'
import { asSystem } from '../support/tenants.ts'
import { backfillRequested, requested, scriptedShop } from './scripted.ts'

/**
 * A process that syncs one connection as its only delivery. Tells its parent before each page, waits there for the answer when
 * told to, and says in the end how it went and how much memory it had at each page.
 */
const Options = z.object({
  tenantId: z.string(),
  brandId: z.string(),
  integrationId: z.string(),
  pages: z.number(),
  perPage: z.number(),
  waitAt: z.number().nullable(),
  backfillRunId: z.string().nullable(),
})
const { pages, perPage, waitAt, backfillRunId, ...tenant } = Options.parse(JSON.parse(process.argv[2] ?? ''))

const tell = (message: object): void => void process.send?.(message)
const rss: number[] = []
const retained: number[] = []
const SAMPLES = 8

/** What is really kept, where the process may collect its garbage by itself (--expose-gc). */
function sampleHeap(): void {
  globalThis.gc?.()
  retained.push(process.memoryUsage().heapUsed)
}

const shop = scriptedShop({
  pages,
  perPage,
  beforePage: async (at) => {
    rss.push(process.memoryUsage.rss())
    if (at % Math.ceil(pages / SAMPLES) === 0) sampleHeap()
    if (at !== waitAt) return
    tell({ waitingAt: at })
    await new Promise((resolve) => process.once('message', resolve))
  },
})

const event = backfillRunId === null ? requested(tenant) : backfillRequested(tenant, backfillRunId)
const error = await asSystem(tenant.tenantId, () => syncConnection(shop, event, { mustStop: () => false })).then(
  () => null,
  (thrown: unknown) => String(thrown),
)
tell({ error, rss, retained })
process.disconnect?.()
process.exit(0)
