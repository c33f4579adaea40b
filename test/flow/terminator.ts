import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import * as z from 'zod'

/** A worker thread: the test's own thread stands still until the backends are gone, so that nothing overtakes the fault. */
const { adminUrl, shared } = z
  .object({ adminUrl: z.string(), shared: z.instanceof(SharedArrayBuffer) })
  .parse(workerData)
const counts = new Int32Array(shared)
const client = new pg.Client({ connectionString: adminUrl })

const PRODUCT = `datname = current_database() and usename like 'pulsepoint_%'`

async function terminate(): Promise<number> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${PRODUCT}`,
  )
  return rowCount ?? 0
}

await client.connect()
parentPort?.on('message', async (message) => {
  if (message === 'end') {
    await client.end()
    parentPort?.close()
    return
  }
  const terminated = await terminate().catch(() => -1)
  Atomics.store(counts, 1, terminated)
  Atomics.store(counts, 0, 1)
  Atomics.notify(counts, 0)
})
parentPort?.postMessage('ready')
