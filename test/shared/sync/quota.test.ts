import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import { toAppError } from '../../../shared/errors.ts'
import { type Caller, callQuotas } from '../../../shared/sync/quota.ts'
import { withoutWaiting } from '../../functions/sync-shopify/shop.ts'
import { useCloud } from '../../support/cloud.ts'

useCloud()

process.env.GOOGLE_ADS_OPERATIONS_PER_DAY = '500'
let day = 0
let now = 0
const anyone = (more: Partial<Caller>): Caller => ({
  provider: 'shopify',
  tenantId: uuidv7(),
  integrationId: uuidv7(),
  isBackfill: false,
  ceiling: null,
  ...more,
})
const instance = (more = {}) => callQuotas({ nowMs: () => now, deadlineMs: 10_000, ...more })
/** How many of these calls are made; the others are told to wait. */
async function admitted(calls: readonly Promise<void>[]): Promise<number> {
  const outcomes = await Promise.allSettled(calls)
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => toAppError(reason))
  expect(refused.every(({ code }) => code === 'PROVIDER_RATE_LIMITED')).toBe(true)
  return calls.length - refused.length
}
const times = (n: number, call: (at: number) => Promise<void>) => Array.from({ length: n }, (_, at) => call(at))

beforeEach(() => {
  day += 1 // for which nothing is counted yet
  now = Date.parse('2026-11-20T12:00:00Z') + day * 86_400_000
})

describe('the quota of the whole app', () => {
  it('is shared by all instances and tenants: of 100 calls in a second eight instances make ten', async () => {
    withoutWaiting()
    const instances = times(8, async () => undefined).map(() => instance())
    const made = await admitted(
      times(100, (at) => instances[at % 8]?.(anyone({ provider: 'tiktok' })) ?? Promise.resolve()),
    )
    console.log(`a quota of 10: ${made} calls made`)
    expect(made).toBeLessThanOrEqual(11)
    expect(made).toBeGreaterThanOrEqual(8)
  })

  it('is waited for while that takes a moment', async () => {
    const waits = withoutWaiting((ms) => {
      now += Math.ceil(ms)
    })
    const mayCall = instance()
    for (let call = 0; call < 25; call += 1) await mayCall(anyone({ provider: 'tiktok' }))
    expect(waits).toEqual([1_000, 1_000])
  })

  it('is not used up by history: the hour still has a fifth', async () => {
    const mayCall = instance()
    const google = anyone({ provider: 'google-ads' })
    const history = { ...google, isBackfill: true }
    let made = 0
    while ((await admitted([mayCall(history)])) === 1) made += 1
    expect(made).toBe(400)
    for (let call = 0; call < 50; call += 1) await mayCall(google)
    await expect(mayCall(history)).rejects.toMatchObject({ details: { wait_ms: 3_600_000 } })
  })

  it('is, while Firestore is silent, a twentieth for each instance', async () => {
    withoutWaiting()
    const mayCall = instance({ add: () => Promise.reject(new Error('silent')) })
    expect(await admitted(times(100, () => mayCall(anyone({ provider: 'google-ads' }))))).toBe(25)
  })

  it('is none where a provider counts by account', async () => {
    const mayCall = instance({ add: () => Promise.reject(new Error('nobody asks')) })
    expect(await admitted(times(500, () => mayCall(anyone({ provider: 'meta' }))))).toBe(500)
  })
})

describe('a connection’s own ceiling', () => {
  it('holds for that connection alone, over all instances', async () => {
    withoutWaiting()
    const [one, two] = [instance(), instance()]
    const capped = anyone({ provider: 'meta', ceiling: { calls: 200, per: 'hour' } })
    const made = await admitted(times(600, (at) => (at % 2 ? one : two)(capped)))
    expect(made).toBeLessThanOrEqual(220)
    expect(made).toBeGreaterThanOrEqual(190)
    const namesake = { ...capped, tenantId: uuidv7() }
    expect(await admitted([one(namesake), one({ ...capped, integrationId: uuidv7() })])).toBe(2)
    await expect(one(capped)).rejects.toMatchObject({ details: { wait_ms: 3_600_000 } })
  })
})
