import { expect, test } from 'vitest'
import { gathering } from '../../../shared/warehouse/gather.ts'

/** Calls that end when the test says so. */
function heldCalls() {
  const calls: { items: readonly number[]; end: PromiseWithResolvers<number> }[] = []
  const ask = gathering<number, number>((items) => {
    const end = Promise.withResolvers<number>()
    calls.push({ items: [...items], end })
    return end.promise
  })
  return { calls, ask }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('who asks while a call is under way goes together in the next, by key', async () => {
  const { calls, ask } = heldCalls()
  const first = ask('a', 1)
  await settled()
  const later = [ask('a', 2), ask('b', 3), ask('a', 4)]
  await settled()
  expect(calls.map(({ items }) => items)).toEqual([[1], [3]])
  calls[0]?.end.resolve(10)
  calls[1]?.end.resolve(30)
  await settled()
  expect(calls.map(({ items }) => items)).toEqual([[1], [3], [2, 4]])
  calls[2]?.end.resolve(20)
  expect(await Promise.all([first, ...later])).toEqual([10, 20, 30, 20])
})

test('a call that fails does so for its own, and the next goes on', async () => {
  const { calls, ask } = heldCalls()
  const first = ask('a', 1)
  await settled()
  const second = ask('a', 2)
  calls[0]?.end.reject(new Error('down'))
  await expect(first).rejects.toThrow('down')
  await settled()
  calls[1]?.end.resolve(20)
  expect(await second).toBe(20)
})
