import { expect, test } from 'vitest'
import { turns } from '../../../shared/auth/turns.ts'

test('two work, three wait in their order, the sixth is sent away', async () => {
  const inTurn = turns({ atOnce: 2, maxWaiting: 3 })
  const begun: number[] = []
  const gates = Array.from({ length: 6 }, () => Promise.withResolvers<void>())
  const work = gates.map(({ promise }, at) =>
    inTurn(async () => {
      begun.push(at)
      await promise
      if (at === 0) throw new Error('failed')
      return at
    }),
  )
  await expect(work[5]).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(begun).toEqual([0, 1])
  gates[0]?.resolve()
  await expect(work[0]).rejects.toThrow('failed')
  expect(begun).toEqual([0, 1, 2])
  for (const gate of gates) gate.resolve()
  expect(await Promise.all(work.slice(1, 5))).toEqual([1, 2, 3, 4])
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(await inTurn(async () => 'free again')).toBe('free again')
})
