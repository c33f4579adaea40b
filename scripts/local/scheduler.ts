import { parseSchedule, type Schedule } from './schedule.ts'

const MINUTE_MS = 60_000
/** The product's clock may be moved by hand: it is looked at this often. */
const CLOCK_CHECK_MS = 500
/** After a jump of the clock this much is looked back on for a missed daily job. */
const LOOK_BACK_MINUTES = 1_440
/** Cloud Scheduler's longest attempt deadline for an HTTP target. */
const ATTEMPT_DEADLINE_MS = 1_800_000

export interface Job {
  name: string
  /** Cron subset of parseSchedule. */
  schedule: string
  url: string
}

export interface SchedulerOptions {
  jobs: readonly Job[]
  /** The product's clock; ms since the epoch. */
  now(): number
  log(line: string): void
}

export interface Scheduler {
  /** Runs a job now, after the run under way if there is one. Resolves with the HTTP status; rejects when there is no answer. */
  runNow(name: string): Promise<number>
  /** Looks at the clock at once, for when `now` has jumped. Resolves when the jobs that this made due have answered. */
  tick(): Promise<void>
  /** No more runs; those under way are abandoned. */
  stop(): void
}

/**
 * Calls each job's function as Cloud Scheduler does, at the start of the minutes its schedule names; the first is the next
 * one. One run of a job at a time: a minute that comes during a run is skipped, and of several missed minutes one runs.
 */
export function startScheduler({ jobs, now, log }: SchedulerOptions): Scheduler {
  const stopped = new AbortController()
  const running = new Map<string, Promise<number>>()
  const schedules = new Map(jobs.map((job): [Job, Schedule] => [job, requireSchedule(job)]))
  let lastMinute = minuteOf(now())
  let timer = setTimeout(onTimer, msToNextLook())

  function msToNextLook() {
    return Math.min(MINUTE_MS - (now() % MINUTE_MS), CLOCK_CHECK_MS)
  }

  function onTimer() {
    void tick()
    timer = setTimeout(onTimer, msToNextLook())
  }

  async function tick() {
    const minute = minuteOf(now())
    const from = Math.max(lastMinute + 1, minute - LOOK_BACK_MINUTES + 1)
    lastMinute = minute
    const minutes = Array.from({ length: Math.max(0, minute - from + 1) }, (_, at) => (from + at) * MINUTE_MS)
    const due = jobs.filter((job) => !running.has(job.name) && minutes.some((atMs) => schedules.get(job)?.(atMs)))
    await Promise.allSettled(due.map(run))
  }

  function run(job: Job): Promise<number> {
    const started = call(job, stopped.signal)
      .then((status) => {
        if (status >= 300) log(`scheduler: ${job.name} answered ${status}`)
        return status
      })
      .catch((cause: unknown) => {
        if (!stopped.signal.aborted) log(`scheduler: ${job.name} failed: ${cause}`)
        throw cause
      })
      .finally(() => running.delete(job.name))
    running.set(job.name, started)
    return started
  }

  async function runNow(name: string): Promise<number> {
    const job = jobs.find((each) => each.name === name)
    if (!job) throw new Error(`no scheduled job called ${name}`)
    for (let current = running.get(name); current; current = running.get(name)) await current.catch(() => undefined)
    return run(job)
  }

  return {
    runNow,
    tick,
    stop: () => {
      clearTimeout(timer)
      stopped.abort()
    },
  }
}

const minuteOf = (atMs: number) => Math.floor(atMs / MINUTE_MS)

function requireSchedule({ name, schedule }: Job): Schedule {
  const parsed = parseSchedule(schedule)
  if (!parsed) throw new Error(`${name}: cannot read the schedule "${schedule}"`)
  return parsed
}

async function call({ name, url }: Job, stop: AbortSignal): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-cloudscheduler': 'true', 'x-cloudscheduler-jobname': name },
    body: '{}',
    signal: AbortSignal.any([stop, AbortSignal.timeout(ATTEMPT_DEADLINE_MS)]),
  })
  await response.arrayBuffer()
  return response.status
}
