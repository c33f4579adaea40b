import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { handlers } from '../../functions/evaluate-alerts/handlers.ts'
import { scheduleDue } from '../../functions/schedule-syncs/schedule.ts'
import { issueAccessToken, verifyAccessToken } from '../../shared/auth/access-token.ts'
import { clock } from '../../shared/clock.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { LEASING, leasedWindows } from '../../shared/leased-windows.ts'
import type { Stream } from '../../shared/sync/connector.ts'
import { takeLease } from '../../shared/sync/lease.ts'
import { completed, nextRange, rangeOf, type StreamState } from '../../shared/sync/state.ts'
import { PLATFORM_TENANT_ID } from '../../shared/tenant.ts'
import { deliverTo, delivery, recordedFact, setClock } from '../functions/evaluate-alerts/deliveries.ts'
import { useApi } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { signIn } from '../support/people.ts'
import { asSystem, type TestTenant } from '../support/tenants.ts'
import { connectedTenant, scriptedShop } from './scripted.ts'

const database = useDatabase()
useCloud()
const call = useApi()
const deliver = deliverTo('evaluate-alerts', handlers)
const HOUR_MS = 3_600_000
const FAULTS = [
  ['an hour ahead', HOUR_MS],
  ['an hour behind', -HOUR_MS],
] as const
let tenant: TestTenant
let count = 0

/** Moves this instance's clock away from everybody else's, and proves that it is. */
function jump(byMs: number): void {
  setClock(new Date(Date.now() + byMs))
  expect(Math.abs(clock.now().getTime() - Date.now() - byMs)).toBeLessThan(1_000)
}
beforeEach(async () => {
  setClock(new Date())
  tenant = await connectedTenant(`clock ${++count}`)
})
afterAll(() => setClock(new Date()))

describe.each(FAULTS)('a clock that is %s', (_, byMs) => {
  test('asks for a due connection once, whatever the clock is afterwards', async () => {
    await database.asAdmin('delete from integrations where tenant_id <> $1', [tenant.tenantId])
    await database.asAdmin(`update integrations set next_due_at = now() - interval '2 hours'`)
    const tick = async () => {
      const { requested } = await asSystem(PLATFORM_TENANT_ID, scheduleDue)
      const [row] = await database.asAdmin<{ next_due_at: Date }>('select next_due_at from integrations')
      return { requested, nextDueMs: row?.next_due_at.getTime() ?? 0 }
    }
    await database.connectAs('pulsepoint_scheduler')
    jump(byMs)
    const during = await tick()
    expect([during.requested, (await tick()).requested]).toEqual([1, 0])
    jump(0)
    const after = await tick()
    await database.connectAs('pulsepoint_app')
    // Behind, its own hour is over sooner than it thought; ahead, it was asked for early and nothing is due.
    expect(after.requested).toBe(byMs < 0 ? 1 : 0)
    expect(after.nextDueMs).toBeGreaterThanOrEqual(during.nextDueMs)
    expect(after.nextDueMs).toBeLessThanOrEqual(Date.now() + 2 * HOUR_MS)
  })

  test('takes no connection that somebody holds, and the fence grows', async () => {
    const take = (runId: string) =>
      asSystem(tenant.tenantId, () =>
        transaction((db) => takeLease(db, { integrationId: tenant.integrationId, runId, givesWay: false })),
      )
    const first = await take(randomUUID())
    jump(byMs)
    expect(await take(randomUUID())).toHaveProperty('askAgainAt')
    await database.asAdmin(`update integrations set lease_until = now() - interval '1 s' where tenant_id = $1`, [
      tenant.tenantId,
    ])
    const second = await take(randomUUID())
    if (!('lease' in first) || !('lease' in second)) throw new Error('not taken')
    expect(second.lease.fence).toBe(first.lease.fence + 1n)
  })

  test('repeats no request of a known Idempotency-Key', async () => {
    jump(Math.min(byMs, 0)) // so that both clocks take the token for valid
    const { token } = await signIn(tenant.tenantId, 'admin')
    jump(0)
    const headers = { 'Idempotency-Key': randomUUID() }
    const create = () =>
      call('/api/brands', { token, headers, body: { name: 'Once', time_zone: 'UTC', currency: 'USD' } })
    const first = await create()
    expect(first.status).toBe(201)
    jump(byMs)
    expect((await create()).body).toEqual(first.body)
  })

  test('lets no access token live longer than its eight hours and the hour', async () => {
    jump(byMs)
    const { token } = await issueAccessToken({
      tenantId: tenant.tenantId,
      userId: randomUUID(),
      role: 'analyst',
      sessionId: randomUUID(),
    })
    jump(0)
    // One from the future is refused until it has begun.
    if (byMs > 0) await expect(verifyAccessToken(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    else await expect(verifyAccessToken(token)).resolves.toMatchObject({ tenantId: tenant.tenantId })
    jump(9 * HOUR_MS + 1_000)
    await expect(verifyAccessToken(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('neither raises an alert of an hour that is over nor ends one', async () => {
    const user_id = randomUUID()
    const failures = async (minutesAgo: number, times: number) => {
      setClock(new Date(Date.now() - minutesAgo * 60_000))
      const { tenantId } = tenant
      const facts = []
      for (let n = 0; n < times; n += 1)
        facts.push(await recordedFact(database, 'auth.failed', { tenantId, data: { user_id, reason: 'password' } }))
      jump(0)
      return facts
    }
    const statuses = async () =>
      (
        await database.asAdmin<{ status: string }>('select status from alerts where tenant_id = $1', [tenant.tenantId])
      ).map(({ status }) => status)
    await failures(61, 20)
    const now = await failures(0, 2)
    jump(byMs)
    for (const fact of now) await deliver(fact)
    expect(await statuses()).toEqual([])
    jump(0)
    for (const fact of await failures(0, 10)) await deliver(fact)
    expect(await statuses()).toEqual(['open'])
    jump(byMs)
    const data = { user_id }
    await deliver(delivery('auth.login', { tenantId: tenant.tenantId, data, time: new Date().toISOString() }))
    expect(await statuses()).toEqual(['open'])
  })
})

test('a clock that jumps to and fro admits no more requests in a window than its limit', async () => {
  const counters = new Map<string, number>()
  const add: typeof LEASING.add = async (each) =>
    each.map(({ path, by }) => {
      counters.set(path, (counters.get(path) ?? 0) + by)
      return counters.get(path) ?? 0
    })
  let nowMs = Date.parse('2026-11-10T12:30:10Z')
  const window = { name: 'minute', sizeMs: 60_000, limit: 100 }
  const take = leasedWindows({ ...LEASING, nowMs: () => nowMs, add })
  const admitted = new Map<number, number>()
  for (let n = 0; n < 600; n += 1) {
    nowMs += [HOUR_MS, -HOUR_MS, 0, 7, -7][n % 5] ?? 0
    const minute = Math.floor(nowMs / window.sizeMs)
    const { refusedUntil } = await take('somebody', [window])
    if (refusedUntil === null) admitted.set(minute, (admitted.get(minute) ?? 0) + 1)
  }
  expect(admitted.size).toBe(2)
  expect(Math.max(...admitted.values())).toBeLessThanOrEqual(100)
})

test("a sync's cursor never goes back, and what an hour ahead left out the day's lookback reads", () => {
  const [stream] = scriptedShop({ pages: 1, perPage: 1 }).streams as readonly Stream<never>[]
  if (!stream) throw new Error('no stream')
  const at = (hour: string) => new Date(`2026-11-${hour}:00:00Z`)
  let state: StreamState | undefined
  /** What the hour reads, and how far it is complete then. */
  const hour = (due: string, now: string) => {
    const before = state?.complete_until ?? null
    const unfinished = nextRange(stream, state, { dueAt: at(due), now: at(now) })
    const range = unfinished && rangeOf(unfinished)
    if (unfinished) state = completed(unfinished)
    if (before) expect(state?.complete_until?.getTime()).toBeGreaterThanOrEqual(before.getTime())
    return range
  }
  hour('10T10', '10T10')
  expect(hour('10T11', '10T12')?.until).toEqual(at('10T12')) // ahead: told that it has read the hour to come
  expect(hour('10T12', '10T11')).toBeNull() // behind
  expect(hour('10T12', '10T12')).toBeNull()
  expect(hour('10T13', '10T13')?.since).toEqual(new Date('2026-11-10T11:45:00Z'))
  const daily = hour('11T01', '11T01')
  expect(daily?.since?.getTime()).toBeLessThan(at('10T11').getTime())
})
