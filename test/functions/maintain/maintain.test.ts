import { expect, test } from 'vitest'
import { maintain } from '../../../functions/maintain/maintain.ts'

test('a chore that fails keeps no other from its turn, and Scheduler is told', async () => {
  const done: string[] = []
  const chore = (name: string, works = true) => ({
    name,
    run: async (deadline: number) => {
      if (!works || deadline < Date.now()) throw new Error(`${name} is broken`)
      done.push(name)
      return {}
    },
  })
  await expect(maintain([chore('one'), chore('two', false), chore('three')])).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'These chores failed: two.',
  })
  expect(done).toEqual(['one', 'three'])
})
