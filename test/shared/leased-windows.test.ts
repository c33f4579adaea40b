import { setTimeout } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { addToCounters } from '../../shared/cloud/firestore.ts'
import { LEASING, leasedWindows } from '../../shared/leased-windows.ts'
import { useCloud } from '../support/cloud.ts'

useCloud()
const INSTANCES = 8
const NOON = Date.parse('2026-11-20T12:00:00Z')
const minute = (limit: number) => ({ name: 'minute', sizeMs: 60_000, limit })
const hour = (limit: number) => ({ name: 'hour', sizeMs: 3_600_000, limit })

/** Instances that share Firestore and nothing else; a busy machine may take longer than the product would wait. */
const instances = (nowMs = () => NOON) =>
  Array.from({ length: INSTANCES }, () => leasedWindows({ ...LEASING, nowMs, deadlineMs: 10_000 }))

async function admitted(takes: ReturnType<typeof instances>, key: string, windows: Parameters<(typeof takes)[0]>[1]) {
  const asked = Array.from({ length: 3 * 60 }, (_, n) => takes[n % takes.length]?.(key, windows))
  return (await Promise.all(asked)).filter((verdict) => verdict?.refusedUntil === null).length
}

describe('eight instances that lease from Firestore', () => {
  it.each([60, 61, 7])('admit %i of 180 requests at once, over all of them', async (limit) => {
    const count = await admitted(instances(), uuidv7(), [minute(limit)])
    console.log(`limit ${limit}: ${count} admitted`)
    expect(count).toBeLessThanOrEqual(limit * 1.1)
    expect(count).toBeGreaterThanOrEqual(limit * 0.6)
  })

  it('keep the longer window over the minutes in it', async () => {
    let now = NOON
    const takes = instances(() => now)
    const key = uuidv7()
    let count = 0
    for (; now < NOON + 4 * 60_000; now += 60_000) count += await admitted(takes, key, [minute(60), hour(100)])
    expect(count).toBeLessThanOrEqual(110)
    expect(count).toBeGreaterThanOrEqual(85)
    now = NOON + 3_600_000
    expect(await admitted(takes, key, [minute(60), hour(100)])).toBeGreaterThan(30)
  })
})

describe('an instance', () => {
  it('tells what is left and when there is more', async () => {
    const [take] = instances()
    const windows = [minute(3), hour(100)]
    const verdicts = []
    const key = uuidv7()
    for (let n = 0; n < 4; n += 1) verdicts.push(await take?.(key, windows))
    expect(verdicts.map((verdict) => verdict?.standings.map(({ remaining }) => remaining))).toEqual([
      [2, 99],
      [1, 98],
      [0, 97],
      [0, 97],
    ])
    expect(verdicts.at(-1)?.refusedUntil).toBe(NOON + 60_000)
  })

  it('asks Firestore once for requests that arrive together, and seldom for those that follow', async () => {
    let asked = 0
    const add: typeof addToCounters = (counters, timeoutMs) => {
      asked += 1
      return addToCounters(counters, timeoutMs)
    }
    const take = leasedWindows({ ...LEASING, nowMs: () => NOON, deadlineMs: 10_000, add })
    const key = uuidv7()
    await Promise.all(Array.from({ length: 30 }, () => take(key, [minute(600)])))
    expect(asked).toBeLessThanOrEqual(2)
    for (let n = 0; n < 200; n += 1) await take(key, [minute(600)])
    expect(asked).toBeLessThanOrEqual(15)
  })

  it('admits a quarter by itself while Firestore is silent, waits for it once, and settles afterwards', async () => {
    let now = NOON
    let silent = true
    let asked = 0
    const add: typeof addToCounters = (counters, timeoutMs) => {
      asked += 1
      return silent
        ? setTimeout(timeoutMs).then(() => Promise.reject(new Error('silent')))
        : addToCounters(counters, 10_000)
    }
    const take = leasedWindows({ ...LEASING, nowMs: () => now, add })
    const key = uuidv7()
    const windows = [minute(40), hour(1_000)]
    const verdicts = []
    const startedAt = performance.now()
    for (let n = 0; n < 20; n += 1) verdicts.push(await take(key, windows))
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(verdicts.filter(({ refusedUntil }) => refusedUntil === null)).toHaveLength(10)
    expect(verdicts.at(-1)?.refusedUntil).toBe(NOON + 5_000)
    expect(asked).toBe(1)

    now += 5_000
    silent = false
    const patient = leasedWindows({ ...LEASING, nowMs: () => now, deadlineMs: 10_000 })
    // The ten that were admitted meanwhile are in the counter once the instance leases again.
    await expect.poll(async () => (await take(key, windows)).standings[0]?.remaining).toBeLessThan(30)
    expect((await patient(key, windows)).standings[0]?.remaining).toBeLessThan(30)
  })
})
