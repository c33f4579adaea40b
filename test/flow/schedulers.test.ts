import { v7 as uuidv7 } from 'uuid'
import { beforeEach, expect, test } from 'vitest'
import { scheduleDue } from '../../functions/schedule-syncs/schedule.ts'
import { PLATFORM_TENANT_ID } from '../../shared/tenant.ts'
import { useDatabase } from '../support/database.ts'
import { usePublisher } from '../support/pubsub.ts'
import { asSystem, createTenant } from '../support/tenants.ts'
import { holdLocks, until, waitingForLocks } from './locks.ts'

const database = useDatabase()
const publisher = usePublisher()

beforeEach(() => database.connectAs('pulsepoint_app'))

/** So many connections of one tenant, all due a minute ago. */
async function dueConnections(tenantName: string, count: number): Promise<string[]> {
  const { tenantId, brandId } = await createTenant(tenantName)
  await database.asAdmin('delete from integrations')
  const rows = await database.asAdmin<{ integration_id: string }>(
    `insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, next_due_at, created_at)
     select $1, $2, id, 'shopify', id::text, 'shop', now() - interval '1 minute', now() from unnest($3::uuid[]) as id
     returning integration_id`,
    [tenantId, brandId, Array.from({ length: count }, () => uuidv7())],
  )
  return rows.map((row) => row.integration_id).sort()
}

const tick = (): Promise<{ requested: number }> => asSystem(PLATFORM_TENANT_ID, scheduleDue)

const asked = (): string[] =>
  publisher.published('sync.requested.shopify').map(({ data }) => {
    if (typeof data === 'object' && data !== null && 'integration_id' in data) return String(data.integration_id)
    throw new Error('a request without a connection')
  })

/** Two at once: both stand before the table when it is let go. */
async function twoTicks(): Promise<number[]> {
  const release = await holdLocks(database, 'lock table integrations in access exclusive mode')
  const ticks = Promise.all([tick(), tick()])
  await until(async () => (await waitingForLocks(database)) === 2)
  await release()
  return (await ticks).map((answer) => answer.requested)
}

test('two schedulers at once ask for each due connection exactly once, and share the work', async () => {
  let shared = 0
  for (let round = 0; round < 4; round += 1) {
    const due = await dueConnections(`two ${round}`, 40)
    await database.connectAs('pulsepoint_scheduler')
    const before = asked().length
    const taken = await twoTicks()
    expect(asked().slice(before).sort()).toEqual(due)
    if (taken.every((count) => count > 0)) shared += 1
    expect(await tick()).toEqual({ requested: 0 })
    await database.connectAs('pulsepoint_app')
  }
  console.log(`both schedulers took some in ${shared} of 4 rounds`)
})

test('a scheduler that is stopped in mid-transaction holds nobody up, and what it held is asked for by the next tick', async () => {
  const due = await dueConnections('held', 30)
  const held = due.slice(0, 10)
  await database.connectAs('pulsepoint_scheduler')
  const release = await holdLocks(
    database,
    `select integration_id from integrations where integration_id in (${held.map((id) => `'${id}'`).join(', ')}) for update`,
  )
  const taken = await Promise.all([tick(), tick()])
  expect(taken.reduce((sum, answer) => sum + answer.requested, 0)).toBe(20)
  await release()
  expect(await tick()).toEqual({ requested: 10 })
  expect(asked().sort()).toEqual(due)
})

test('a tick takes 2,000 connections, the next one takes the rest', async () => {
  const due = await dueConnections('many', 2_050)
  await database.connectAs('pulsepoint_scheduler')
  const startedAt = performance.now()
  expect(await tick()).toEqual({ requested: 2_000 })
  console.log(`a tick of 2,000 connections: ${(performance.now() - startedAt).toFixed(0)} ms`)
  expect(await tick()).toEqual({ requested: 50 })
  expect(asked().sort()).toEqual(due)
  expect(await database.asAdmin('select event_id from outbox')).toEqual([])
})
