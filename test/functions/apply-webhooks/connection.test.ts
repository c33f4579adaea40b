import { beforeEach, describe, expect, test } from 'vitest'
import { scheduleDue } from '../../../functions/schedule-syncs/schedule.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { connectedTenant, requested, scriptedShop } from '../../flow/scripted.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { pulled } from '../../support/pulled.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'
import { deliverEightfold } from '../evaluate-alerts/deliveries.ts'
import { apply, connectionOf, countOf, factsOf, webhook } from './webhooks.ts'

const database = useDatabase()
const cloud = useCloud()
const syncs = pulled(cloud, 'sync.requested.shopify')
let count = 0
let tenant: TestTenant

beforeEach(async () => {
  tenant = await connectedTenant(`shop-${++count}`)
})
const dueIn = (interval: string) =>
  database.asAdmin(`update integrations set next_due_at = now() + interval '${interval}' where integration_id = $1`, [
    tenant.integrationId,
  ])
const tick = async () => {
  await database.connectAs('pulsepoint_scheduler')
  const { requested: taken } = await asSystem(PLATFORM_TENANT_ID, scheduleDue)
  await database.connectAs('pulsepoint_app')
  return taken
}

describe('what changed in a shop', () => {
  test('makes its connection due now; a hundred webhooks are one sync, and late duplicates none', async () => {
    await syncs.listen()
    await database.asAdmin("update integrations set next_due_at = now() + interval '1 day'")
    const all = ['orders/create', 'orders/updated', 'refunds/create', 'inventory_levels/update'].flatMap((topic) =>
      Array.from({ length: 25 }, () => webhook(tenant, { topic })),
    )
    await Promise.all(all.map(apply))
    expect(await tick()).toBe(1)
    expect(await tick()).toBe(0)
    const [asked] = (await syncs.of(tenant)) as { due_at: string }[]
    const dueAt = asked?.due_at ?? ''
    const sync = (at: string) =>
      asSystem(tenant.tenantId, () =>
        syncConnection(scriptedShop({ pages: 1, perPage: 1 }), requested(tenant, at), { mustStop: () => false }),
      )
    await sync(dueAt)
    // The first webhook again, after its sync: the same hour is asked for again, and it is complete.
    await apply(all.find(({ time }) => time === dueAt) ?? webhook(tenant, { topic: 'orders/create' }, dueAt))
    expect(await tick()).toBe(1)
    await sync(((await syncs.of(tenant)).at(-1) as { due_at: string }).due_at)
    expect(await countOf(database, 'sync_runs', tenant)).toBe(1)
  })

  test('does not wake a connection that is paused, and never puts one off', async () => {
    await database.asAdmin("update integrations set status = 'paused' where integration_id = $1", [
      tenant.integrationId,
    ])
    await dueIn('1 hour')
    const before = await connectionOf(database, tenant)
    await apply(webhook(tenant, { topic: 'orders/updated' }))
    expect(await connectionOf(database, tenant)).toEqual(before)
    await database.asAdmin("update integrations set status = 'active' where integration_id = $1", [
      tenant.integrationId,
    ])
    await dueIn('-1 hour')
    const due = await connectionOf(database, tenant)
    await apply(webhook(tenant, { topic: 'orders/updated' }))
    expect(await connectionOf(database, tenant)).toEqual(due)
  })

  test('of a connection that is gone is nothing to do', async () => {
    await database.asAdmin('delete from integrations where integration_id = $1', [tenant.integrationId])
    for (const topic of [
      'orders/updated',
      'orders/delete',
      'app/uninstalled',
      'customers/redact',
      'shop/redact',
      'unheard/of',
    ])
      await apply(webhook(tenant, { topic, subject: { row_id: '1', customer_id: '1' } }))
    expect(await countOf(database, 'erasures', tenant)).toBe(0)
  })
})

describe('an app that was uninstalled', () => {
  test('is disconnected once, its tokens destroyed', async () => {
    const event = webhook(tenant, { topic: 'app/uninstalled' })
    await deliverEightfold(apply, event)
    expect(await connectionOf(database, tenant)).toMatchObject({
      status: 'disconnected',
      access_token_encrypted: null,
      refresh_token_encrypted: null,
      lease_fence: '1',
    })
    expect(await factsOf(database, tenant, 'integration.disconnected')).toHaveLength(1)
  })

  test('refuses the next write of the sync that runs at this moment, and does not come back to life by it', async () => {
    let uninstalled = false
    const shop = scriptedShop({
      pages: 3,
      perPage: 250,
      beforePage: async (at) => {
        if (at !== 2 || uninstalled) return
        uninstalled = true
        await apply(webhook(tenant, { topic: 'app/uninstalled' }))
      },
    })
    await asSystem(tenant.tenantId, () => syncConnection(shop, requested(tenant), { mustStop: () => false }))
    expect(uninstalled).toBe(true)
    expect(await countOf(database, 'orders', tenant)).toBeLessThan(750)
    expect(await connectionOf(database, tenant)).toMatchObject({ status: 'disconnected', access_token_encrypted: null })
    expect(await factsOf(database, tenant, 'data.sync_completed')).toEqual([])
  })

  test('and installed again before the news came stays connected', async () => {
    const connected = { integration_id: tenant.integrationId, platform: 'shopify' }
    await asSystem(tenant.tenantId, () => transaction((db) => record(db, 'integration.connected', { data: connected })))
    const triggered_at = new Date(Date.now() - 60_000).toISOString()
    await apply(webhook(tenant, { topic: 'app/uninstalled', triggered_at }))
    expect(await connectionOf(database, tenant)).toMatchObject({ status: 'active' })
    await apply(webhook(tenant, { topic: 'app/uninstalled', triggered_at: new Date(Date.now() + 1_000).toISOString() }))
    expect(await connectionOf(database, tenant)).toMatchObject({ status: 'disconnected' })
  })
})

describe('data that arrived by n8n', () => {
  const told = (subject: object, topic = 'data-sync') =>
    webhook(tenant, { source: 'n8n', topic, integration_id: null, subject })

  test('makes the connections due that can have it, and is told once', async () => {
    await dueIn('1 hour')
    await apply(told({ sync_type: 'ads', records_count: 5 }))
    await apply(told({ sync_type: 'orders', records_count: 0 }))
    expect((await connectionOf(database, tenant))?.next_due_at.getTime()).toBeGreaterThan(Date.now())
    await deliverEightfold(apply, told({ sync_type: 'orders', records_count: 12 }))
    expect((await connectionOf(database, tenant))?.next_due_at.getTime()).toBeLessThanOrEqual(Date.now())
    expect(await factsOf(database, tenant, 'admin.action')).toMatchObject([
      { action: 'n8n.data_sync', details: { sync_type: 'ads', connections: 0 } },
      { action: 'n8n.data_sync', details: { records_count: 0, connections: 0 } },
      { action: 'n8n.data_sync', details: { records_count: 12, connections: 1 } },
    ])
  })

  test('a workflow that failed is told', async () => {
    await apply(told({ workflow: 'nightly', execution_id: '42' }, 'workflow-failed'))
    expect(await factsOf(database, tenant, 'admin.action')).toMatchObject([
      { action: 'n8n.workflow_failed', details: { workflow: 'nightly', execution_id: '42' } },
    ])
  })
})
