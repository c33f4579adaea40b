import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Ground, prepareGround } from './ground.ts'
import { MUTANTS, tryMutants } from './mutants.ts'
import { faultFreeHour } from './points.ts'

let ground: Ground
beforeAll(async () => {
  ground = await prepareGround(inject('adminUrl'))
}, 180_000)
afterAll(() => ground.close())

it('notices when a safety is missing', { timeout: 900_000 }, async () => {
  const faultFree = await faultFreeHour(ground)
  const results = await tryMutants(ground, faultFree)
  expect(results.filter(({ caught }) => !caught)).toEqual([])
  expect(results).toHaveLength(MUTANTS.length)
})
