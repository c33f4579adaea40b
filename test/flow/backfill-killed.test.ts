import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { syncConnection } from '../../shared/sync/run.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { startSyncChild } from './child.ts'
import { digestOf } from './digest.ts'
import { until } from './locks.ts'
import { backfillRequested, connectedTenant, scriptedShop } from './scripted.ts'

const database = useDatabase()
useCloud()
const SIZE = { pages: 4, perPage: 260 }

async function backfill(tenant: TestTenant, runId: string): Promise<number[]> {
  const pages: number[] = []
  const shop = scriptedShop({ ...SIZE, beforePage: (at) => void pages.push(at) })
  await asSystem(tenant.tenantId, () =>
    syncConnection(shop, backfillRequested(tenant, runId), { mustStop: () => false }),
  )
  return pages
}

const resume = async ({ integrationId }: TestTenant): Promise<unknown> =>
  (await database.asAdmin('select resume from sync_state where integration_id = $1', [integrationId]))[0]?.resume

test('a backfill killed at any page goes on there; the state is that of one that was not', {
  timeout: 60_000,
}, async () => {
  const calm = await connectedTenant('calm')
  expect(await backfill(calm, uuidv7())).toEqual([0, 1, 2, 3])
  const wanted = await digestOf(database, calm)
  for (let page = 0; page < SIZE.pages; page += 1) {
    const tenant = await connectedTenant(`killed at ${page}`)
    const runId = uuidv7()
    const child = startSyncChild(tenant, { ...SIZE, waitAt: page, backfillRunId: runId })
    await Promise.race([child.waiting, child.done])
    if (page > 0) await until(async () => (await resume(tenant)) === page)
    child.process.kill('SIGKILL')
    await child.done.catch(() => undefined)
    await database.asAdmin("update integrations set lease_until = now() - interval '1 s' where integration_id = $1", [
      tenant.integrationId,
    ])
    const rest = Array.from({ length: SIZE.pages - page }, (_, n) => page + n)
    expect(await backfill(tenant, runId)).toEqual(rest)
    expect(await digestOf(database, tenant), `killed at page ${page}`).toEqual(wanted)
  }
})
