import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverTo, recordedFact } from './deliveries.ts'

const database = useDatabase()
usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)

const alertsOf = async ({ tenantId }: TestTenant) =>
  database.asAdmin('select rule, status, title from alerts where tenant_id = $1', [tenantId])

/** A comparison of one day, and the sync that made it. */
async function compared(
  { tenantId, integrationId }: TestTenant,
  row: { ours: number; theirs: number; reread: boolean },
) {
  await database.asAdmin(
    `insert into reconciliations (tenant_id, integration_id, day, measure, ours, theirs, tolerance, checked_at, reread_at)
     values ($1, $2, '2026-11-19', 'orders', $3, $4, 0, now(), case when $5 then now() - interval '1 day' end)
     on conflict (tenant_id, integration_id, day, measure) do update
     set ours = excluded.ours, theirs = excluded.theirs, checked_at = excluded.checked_at, reread_at = excluded.reread_at`,
    [tenantId, integrationId, row.ours, row.theirs, row.reread],
  )
  await completed({ tenantId, integrationId }, Number(row.ours !== row.theirs))
}

async function completed({ tenantId, integrationId }: Omit<TestTenant, 'brandId'>, drift_days?: number): Promise<void> {
  const result = {
    integration_id: integrationId,
    run_id: uuidv7(),
    platform: 'shopify',
    rows_read: 1,
    rows_written: 1,
    pages: 1,
  }
  const data = { ...result, ...(drift_days !== undefined && { drift_days }) }
  await deliver(await recordedFact(database, 'data.sync_completed', { tenantId, data }))
}

test('a difference is told once reading its days again did not mend it, until a comparison finds none', async () => {
  const tenant = await createTenant('drift')
  await compared(tenant, { ours: 4, theirs: 5, reread: false })
  expect(await alertsOf(tenant)).toEqual([])
  await compared(tenant, { ours: 4, theirs: 5, reread: true })
  const alert = { rule: 'sync_drift', status: 'open', title: 'Shopify "drift" says otherwise on 1 day' }
  expect(await alertsOf(tenant)).toEqual([alert])
  await completed(tenant)
  expect(await alertsOf(tenant)).toEqual([alert])
  await compared(tenant, { ours: 5, theirs: 5, reread: true })
  expect(await alertsOf(tenant)).toEqual([{ ...alert, status: 'resolved' }])
})
