import { expect, onTestFinished, test } from 'vitest'
import { parseSchedule } from '../../../scripts/local/schedule.ts'
import { startScheduler } from '../../../scripts/local/scheduler.ts'
import { endpoint, type Pushed } from './clients.ts'

const at = (time: string) => Date.parse(`2026-11-20T${time}Z`)

async function scheduled(
  schedules: Record<string, string>,
  answer: (push: Pushed, n: number) => number | Promise<number> = () => 200,
) {
  const hook = await endpoint(answer)
  const clock = { nowMs: at('10:00:30') }
  const lines: string[] = []
  const jobs = Object.entries(schedules).map(([name, schedule]) => ({ name, schedule, url: `${hook.url}${name}` }))
  const scheduler = startScheduler({ jobs, now: () => clock.nowMs, log: (line) => lines.push(line) })
  onTestFinished(scheduler.stop)
  const names = () => hook.pushes.map(({ headers }) => headers['x-cloudscheduler-jobname'])
  const tickAt = async (time: string) => {
    clock.nowMs = at(time)
    await scheduler.tick()
  }
  return { hook, scheduler, names, tickAt, lines }
}

test('calls the function as Cloud Scheduler does, once a minute', async () => {
  const { hook, names, tickAt } = await scheduled({ 'schedule-syncs': '* * * * *' })
  await tickAt('10:00:59')
  expect(names()).toEqual([])
  await tickAt('10:01:00')
  await tickAt('10:01:59')
  await tickAt('10:02:10')
  expect(names()).toEqual(['schedule-syncs', 'schedule-syncs'])
  expect(hook.pushes[0]).toMatchObject({
    body: '{}',
    headers: {
      'content-type': 'application/json',
      'x-cloudscheduler': 'true',
      'x-cloudscheduler-jobname': 'schedule-syncs',
    },
  })
})

test('a daily job runs in its minute, and once when a jump of the clock passed over it', async () => {
  const { names, tickAt } = await scheduled({ maintain: '30 11 * * *' })
  await tickAt('11:29:59')
  expect(names()).toEqual([])
  await tickAt('13:00:00')
  await tickAt('13:01:00')
  expect(names()).toEqual(['maintain'])
})

test('a clock that goes back repeats nothing and goes on from there', async () => {
  const { names, tickAt } = await scheduled({ each: '* * * * *' })
  await tickAt('10:01:00')
  await tickAt('09:00:00')
  expect(names()).toHaveLength(1)
  await tickAt('09:01:00')
  expect(names()).toHaveLength(2)
})

test('one run of a job at a time: a minute during a run is skipped, runNow waits for it', async () => {
  let release: (status: number) => void = () => {}
  const slow = new Promise<number>((resolve) => {
    release = resolve
  })
  const { hook, scheduler, names, tickAt } = await scheduled({ each: '* * * * *' }, (_, n) => (n === 1 ? slow : 204))
  const first = tickAt('10:01:00')
  await hook.nth(1)
  await tickAt('10:02:00')
  const now = scheduler.runNow('each')
  expect(names()).toHaveLength(1)
  release(200)
  await first
  expect(await now).toBe(204)
  expect(names()).toHaveLength(2)
})

test('failures are logged and the next minute runs', async () => {
  const { names, scheduler, tickAt, lines } = await scheduled({ each: '* * * * *' }, () => 500)
  await tickAt('10:01:00')
  await tickAt('10:02:00')
  expect(names()).toHaveLength(2)
  expect(lines).toEqual(['scheduler: each answered 500', 'scheduler: each answered 500'])
  await expect(scheduler.runNow('other')).rejects.toThrow('no scheduled job called other')
})

test.each(['', '* * * *', '60 * * * *', '0 24 * * *', '*/5 * * * *', '0 0 1 * *', '0 0 * * 1'])(
  'refuses the schedule "%s"',
  (cron) => {
    expect(parseSchedule(cron)).toBeUndefined()
  },
)
