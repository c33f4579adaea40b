import { v7 as uuidv7 } from 'uuid'
import { beforeEach, expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { clock } from '../../../shared/clock.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { deliverTo, recordedFact, setClock } from './deliveries.ts'

const database = useDatabase()
usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)
let tenant: TestTenant
let count = 0

beforeEach(async () => {
  setClock('2026-11-10T12:00:00Z')
  count += 1
  tenant = await createTenant(`rules ${count}`)
})

const setRule = (rule: string, columns: string) =>
  database.asAdmin(
    `insert into alert_rules (tenant_id, rule, updated_at, enabled, muted_until) select $1, $2, now(), ${columns}
     on conflict (tenant_id, rule) do update set enabled = excluded.enabled, muted_until = excluded.muted_until`,
    [tenant.tenantId, rule],
  )
const at = (minutes: number) => setClock(new Date(Date.parse('2026-11-10T12:00:00Z') + minutes * 60_000))
const sync = async (type: 'data.sync_failed' | 'data.sync_completed') => {
  const { tenantId, integrationId: integration_id } = tenant
  const result = { integration_id, run_id: uuidv7(), platform: 'shopify', rows_read: 0, rows_written: 0, pages: 0 }
  const failure = { code: 'PROVIDER_UNAVAILABLE', message: 'Shopify is down.' }
  const data = type === 'data.sync_failed' ? { ...result, ...failure } : result
  await deliver(await recordedFact(database, type, { tenantId, data: data as never })) // the type's own data
}
const statuses = async () =>
  (
    await database.asAdmin<{ status: string }>('select status from alerts where tenant_id = $1 order by raised_at', [
      tenant.tenantId,
    ])
  ).map(({ status }) => status)

test('a rule that is off raises nothing; what it raised before is still cleared', async () => {
  await sync('data.sync_failed')
  await setRule('sync_failed', 'false, null')
  at(1)
  await sync('data.sync_completed')
  expect(await statuses()).toEqual(['resolved'])
  at(2)
  await sync('data.sync_failed')
  expect(await statuses()).toEqual(['resolved'])
  await setRule('sync_failed', 'null, null')
  at(3)
  await sync('data.sync_failed')
  expect(await statuses()).toEqual(['resolved', 'open'])
})

test('a muted rule raises nothing until the mute ends; the others do', async () => {
  await setRule('sync_failed', `null, '2026-11-10T12:05:00Z'`)
  await setRule('error_rate', `false, null`)
  await sync('data.sync_failed')
  expect(await statuses()).toEqual([])
  at(5)
  expect(clock.now() >= new Date('2026-11-10T12:05:00Z')).toBe(true)
  await sync('data.sync_failed')
  expect(await statuses()).toEqual(['open'])
})
