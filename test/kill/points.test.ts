import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { faultName } from './fault.ts'
import { type Ground, prepareGround } from './ground.ts'
import { faultFreeHour, passed, pointsOf, runFaults } from './points.ts'
import type { Hour } from './run-hour.ts'

const SEED = 'test'
const POINTS = 20

describe('an hour whose process is killed', () => {
  let ground: Ground
  let faultFree: Hour
  beforeAll(async () => {
    ground = await prepareGround(inject('adminUrl'))
    faultFree = await faultFreeHour(ground)
  }, 60_000)
  afterAll(() => ground.close())

  it('has orders, credits, an alert and warehouse rows to lose', () => {
    const tables = ['orders', 'order_attributions', 'alerts', 'ad_performance', 'bigquery unified_performance_latest']
    for (const table of tables) expect([table, faultFree.state.get(table)?.length]).not.toEqual([table, 0])
    expect(faultFree.slackMessages).toBe(faultFree.state.get('alerts')?.length)
  })

  it(`ends as if nothing had happened, at ${POINTS} points of seed "${SEED}"`, { timeout: 300_000 }, async () => {
    const verdicts = await runFaults({ ground, faultFree, faults: pointsOf(faultFree, { count: POINTS, seed: SEED }) })
    const failed = verdicts.filter((verdict) => !passed(verdict))
    expect(failed.map(({ fault, hit, problems }) => [faultName(fault), hit?.what, ...problems])).toEqual([])
    expect(verdicts).toHaveLength(POINTS)
  })
})
