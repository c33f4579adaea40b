import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { handlers } from '../../../functions/evaluate-alerts/handlers.ts'
import { useDatabase } from '../../support/database.ts'
import { usePublisher } from '../../support/pubsub.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'
import { type Delivery, deliverEightfold, deliverTo, recordedFact, setClock } from './deliveries.ts'

const database = useDatabase()
const pubsub = usePublisher()
const deliver = deliverTo('evaluate-alerts', handlers)

type AlertRow = { alert_id: string; rule: string; cause: string; status: string; title: string; message: string }
const alertsOf = ({ tenantId }: TestTenant) =>
  database.asAdmin<AlertRow>('select * from alerts where tenant_id = $1 order by raised_at, rule', [tenantId])
const summary = async (tenant: TestTenant) => (await alertsOf(tenant)).map(({ rule, status }) => `${rule} ${status}`)
const setStatus = ({ integrationId }: TestTenant, status: string) =>
  database.asAdmin('update integrations set status = $2 where integration_id = $1', [integrationId, status])

const result = ({ integrationId }: TestTenant) => ({
  integration_id: integrationId,
  run_id: uuidv7(),
  platform: 'shopify',
  rows_read: 1,
  rows_written: 1,
  pages: 1,
})
type Kind = 'failed' | 'completed' | 'needs_reauth' | 'connected' | 'backfill failed' | 'backfill completed'

/** Recorded at this minute of an hour. */
function happened(tenant: TestTenant, kind: Kind, minute: number): Promise<Delivery> {
  setClock(new Date(Date.UTC(2026, 10, 10, 12, minute)))
  const { tenantId, integrationId } = tenant
  const connection = { integration_id: integrationId, platform: 'shopify' }
  const [code, message] = ['PROVIDER_UNAVAILABLE', 'Shopify answered 503.']
  if (kind === 'failed')
    return recordedFact(database, 'data.sync_failed', { tenantId, data: { ...result(tenant), code, message } })
  const ofBackfill = { ...result(tenant), kind: 'backfill' } as const
  if (kind === 'backfill failed')
    return recordedFact(database, 'data.sync_failed', { tenantId, data: { ...ofBackfill, code, message } })
  if (kind === 'backfill completed')
    return recordedFact(database, 'data.sync_completed', { tenantId, data: ofBackfill })
  if (kind === 'completed') return recordedFact(database, 'data.sync_completed', { tenantId, data: result(tenant) })
  if (kind === 'connected') return recordedFact(database, 'integration.connected', { tenantId, data: connection })
  return recordedFact(database, 'integration.needs_reauth', { tenantId, data: { ...connection, message: 'Revoked.' } })
}

test('a failed sync raises one alert, told as fact and on its own topic, and the next success resolves it', async () => {
  const tenant = await createTenant('raise')
  await deliver(await happened(tenant, 'failed', 1))
  const [alert] = await alertsOf(tenant)
  expect(alert).toMatchObject({
    rule: 'sync_failed',
    cause: `sync_failed:${tenant.integrationId}`,
    status: 'open',
    brand_id: tenant.brandId,
    title: 'Sync of Shopify "raise" failed',
    message: expect.stringContaining('PROVIDER_UNAVAILABLE: Shopify answered 503.'),
  })
  const { alert_id, rule, cause, title } = alert ?? {}
  const [raised] = pubsub.published('alert.raised')
  expect(raised?.data).toEqual({ alert_id, rule, cause, title, severity: 'warning' })
  await deliver(await happened(tenant, 'completed', 2))
  expect(await summary(tenant)).toEqual(['sync_failed resolved'])
  const types = pubsub.published('pulsepoint-events').map(({ attributes }) => attributes['ce-type'])
  expect(types).toEqual(['data.sync_failed', 'alert.raised', 'data.sync_completed', 'alert.resolved'])
  await deliver(await happened(tenant, 'failed', 3))
  expect(await summary(tenant)).toEqual(['sync_failed resolved', 'sync_failed open'])
})

test('the same failure eight times at once, and other failures of the connection, are one alert', async () => {
  const tenant = await createTenant('eightfold')
  await deliverEightfold(deliver, await happened(tenant, 'failed', 1))
  await deliverEightfold(deliver, await happened(tenant, 'failed', 2))
  expect(await summary(tenant)).toEqual(['sync_failed open'])
  expect(pubsub.published('alert.raised')).toHaveLength(1)
  await deliverEightfold(deliver, await happened(tenant, 'completed', 3))
  const facts = await database.asAdmin(
    `select event_type from observability_events where tenant_id = $1 and event_type like 'alert.%' order by "timestamp"`,
    [tenant.tenantId],
  )
  expect(facts).toEqual([{ event_type: 'alert.raised' }, { event_type: 'alert.resolved' }])
})

test('a failure that arrives after the later success raises nothing', async () => {
  const tenant = await createTenant('late failure')
  const failed = await happened(tenant, 'failed', 1)
  const completed = await happened(tenant, 'completed', 2)
  await deliver(completed)
  await deliver(failed)
  expect(await summary(tenant)).toEqual([])
})

test('a success that arrives after the later failure resolves nothing', async () => {
  const tenant = await createTenant('late success')
  const completed = await happened(tenant, 'completed', 1)
  await deliver(await happened(tenant, 'failed', 2))
  await deliver(completed)
  expect(await summary(tenant)).toEqual(['sync_failed open'])
})

test('failure and success at the same time leave nothing open, whoever comes first', async () => {
  for (let round = 0; round < 8; round += 1) {
    const tenant = await createTenant(`race ${round}`)
    const events = [await happened(tenant, 'failed', 1), await happened(tenant, 'completed', 2)]
    await Promise.all((round % 2 === 0 ? events : events.reverse()).map(deliver))
    expect((await summary(tenant)).filter((line) => line.endsWith('open'))).toEqual([])
  }
})

/** Resolves once so many statements of this database wait for a lock. */
async function waitForBlocked(count: number): Promise<void> {
  const blocked = () =>
    database.asAdmin(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  while ((await blocked()).length < count);
}

test('a success that happens while its failure is being judged still resolves the alert', async () => {
  const tenant = await createTenant('judged')
  const failed = await happened(tenant, 'failed', 1)
  await database.asAdmin('begin')
  await database.asAdmin('lock table alerts in share row exclusive mode')
  // The failure has seen no success yet and waits to write its alert.
  const judgedFailure = deliver(failed)
  await waitForBlocked(1)
  const judgedSuccess = deliver(await happened(tenant, 'completed', 2))
  await waitForBlocked(2)
  await database.asAdmin('commit')
  await Promise.all([judgedFailure, judgedSuccess])
  expect(await summary(tenant)).toEqual(['sync_failed resolved'])
})

test('a failure delivered again after somebody resolved its alert raises no second one', async () => {
  const tenant = await createTenant('by hand')
  const failed = await happened(tenant, 'failed', 1)
  await deliver(failed)
  await database.asAdmin(`update alerts set status = 'resolved', resolved_at = now() where tenant_id = $1`, [
    tenant.tenantId,
  ])
  await deliver(failed)
  expect(await summary(tenant)).toEqual(['sync_failed resolved'])
})

test('an acknowledged alert is not raised again, and is resolved like an open one', async () => {
  const tenant = await createTenant('acknowledged')
  await deliver(await happened(tenant, 'failed', 1))
  await database.asAdmin(`update alerts set status = 'acknowledged' where tenant_id = $1`, [tenant.tenantId])
  await deliver(await happened(tenant, 'failed', 2))
  expect(await summary(tenant)).toEqual(['sync_failed acknowledged'])
  await deliver(await happened(tenant, 'completed', 3))
  expect(await summary(tenant)).toEqual(['sync_failed resolved'])
})

test.each([
  ['needs_reauth first', false],
  ['the failure first', true],
])('refused credentials are one alert, not two: %s', async (name, failureFirst) => {
  const tenant = await createTenant(name)
  const reauth = await happened(tenant, 'needs_reauth', 1)
  const failed = await happened(tenant, 'failed', 1)
  await setStatus(tenant, 'needs_reauth')
  for (const event of failureFirst ? [failed, reauth] : [reauth, failed]) await deliver(event)
  expect(await summary(tenant)).toEqual(['needs_reauth open'])
})

test('refused credentials take over from a failed sync that was open before', async () => {
  const tenant = await createTenant('takes over')
  await deliver(await happened(tenant, 'failed', 1))
  const reauth = await happened(tenant, 'needs_reauth', 2)
  await setStatus(tenant, 'needs_reauth')
  await deliver(reauth)
  expect(await summary(tenant)).toEqual(['sync_failed resolved', 'needs_reauth open'])
})

test.each(['connected', 'completed'] as const)(
  'needs_reauth is cleared by %s, and only by a later one',
  async (kind) => {
    const tenant = await createTenant(`cleared by ${kind}`)
    const before = await happened(tenant, kind, 1)
    const reauth = await happened(tenant, 'needs_reauth', 2)
    await deliver(reauth)
    await deliver(before)
    expect(await summary(tenant)).toEqual(['needs_reauth open'])
    await deliver(await happened(tenant, 'failed', 3))
    expect(await summary(tenant)).toEqual(['needs_reauth open'])
    await deliver(await happened(tenant, kind, 4))
    await deliver(reauth)
    expect(await summary(tenant)).toEqual(['needs_reauth resolved'])
  },
)

test('a disconnected connection raises nothing', async () => {
  const tenant = await createTenant('disconnected')
  await setStatus(tenant, 'disconnected')
  await deliver(await happened(tenant, 'failed', 1))
  await deliver(await happened(tenant, 'needs_reauth', 2))
  expect(await summary(tenant)).toEqual([])
})

test('one tenant cannot raise or resolve the alerts of another', async () => {
  const [mine, theirs] = [await createTenant('mine'), await createTenant('theirs')]
  await deliver(await happened(mine, 'failed', 1))
  const foreign = { ...theirs, integrationId: mine.integrationId }
  await deliver(await happened(foreign, 'completed', 2))
  await deliver(await happened(foreign, 'failed', 3))
  expect(await summary(mine)).toEqual(['sync_failed open'])
  expect(await summary(theirs)).toEqual([])
})

test('how a backfill ends neither raises nor resolves the alert of the hourly sync', async () => {
  const tenant = await createTenant('backfill')
  await deliver(await happened(tenant, 'backfill failed', 1))
  expect(await summary(tenant)).toEqual([])
  const failed = await happened(tenant, 'failed', 2)
  const completed = await happened(tenant, 'backfill completed', 3)
  await deliver(failed)
  await deliver(completed)
  expect(await summary(tenant)).toEqual(['sync_failed open'])
})
