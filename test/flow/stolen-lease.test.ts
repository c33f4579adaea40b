import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { syncConnection } from '../../shared/sync/run.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { startSyncChild } from './child.ts'
import { digestOf, excludedColumns } from './digest.ts'
import { until } from './locks.ts'
import { connectedTenant, requested, scriptedShop } from './scripted.ts'

const database = useDatabase()
useCloud()
const SIZE = { pages: 4, perPage: 260 }

const sync = (tenant: TestTenant): Promise<void> =>
  asSystem(tenant.tenantId, () => syncConnection(scriptedShop(SIZE), requested(tenant), { mustStop: () => false }))

const fence = async ({ integrationId }: TestTenant): Promise<number> => {
  const rows = await database.asAdmin<{ lease_fence: string }>(
    'select lease_fence from integrations where integration_id = $1',
    [integrationId],
  )
  return Number(rows[0]?.lease_fence)
}

/** The page at which its stream goes on. */
const resume = async ({ integrationId }: TestTenant): Promise<unknown> =>
  (await database.asAdmin('select resume from sync_state where integration_id = $1', [integrationId]))[0]?.resume

/** T: the kernel has stopped every thread of it. */
async function stopped(pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (/^\d+ \(.*\) T/.test(await readFile(`/proc/${pid}/stat`, 'utf8'))) return
    await setTimeout(10)
  }
  throw new Error('the process was not stopped')
}

test.runIf(process.platform === 'linux')(
  'a worker that stood still in mid-slice while another took over writes nothing more, and says so',
  async () => {
    console.log(`compared without\n  ${excludedColumns()}`)
    const [calm, stolen] = [await connectedTenant('calm'), await connectedTenant('stolen')]
    await sync(calm)
    const wanted = await digestOf(database, calm)

    const first = startSyncChild(stolen, { ...SIZE, waitAt: 2 })
    try {
      await Promise.race([first.waiting, first.done])
      // Its last commit is through: stopped in a transaction it would hold the others up until Postgres ends that.
      await until(async () => (await resume(stolen)) === 2)
      expect(await fence(stolen)).toBe(1)
      const { pid } = first.process
      if (pid === undefined) throw new Error('the process has no id')
      process.kill(pid, 'SIGSTOP')
      await stopped(pid)
      await database.asAdmin("update integrations set lease_until = now() - interval '1 s' where integration_id = $1", [
        stolen.integrationId,
      ])
      await sync(stolen)
      expect(await fence(stolen)).toBe(2)
      expect(await digestOf(database, stolen)).toEqual(wanted)

      first.goOn() // waits in the pipe until the process runs again
      process.kill(pid, 'SIGCONT')
      const { error, output } = await first.done
      expect(error).toBeNull()
      expect(output).toContain('Another worker took this connection over')
      expect(await digestOf(database, stolen)).toEqual(wanted)
    } finally {
      first.process.kill('SIGKILL')
    }
  },
  60_000,
)
