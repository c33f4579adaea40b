import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import * as z from 'zod'
import { ApiError, pathParam, readBody } from './api-error.ts'
import type { Store } from './store.ts'

/** A finished task's name stays taken this long. Source: cloud.google.com/tasks/docs/reference/rest (create, 2026) */
const NAME_KEPT_MS = 3_600_000
const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 3_600_000
const MAX_ATTEMPTS = 100
/** The product's clock may be moved by hand: it is looked at this often while tasks wait. */
const CLOCK_CHECK_MS = 500

const Request = z.object({
  // Only what the product does: every task is a publish.
  httpMethod: z.union([z.literal(1), z.literal('POST')]),
  url: z.url(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.base64().default(''),
})
const CreateBody = z.object({
  task: z.object({
    name: z.string().optional(),
    httpRequest: Request,
    scheduleTime: z.iso.datetime({ offset: true }).optional(),
  }),
})
const TaskRow = z.object({ name: z.string(), request: z.string(), due_at_ms: z.number(), attempts: z.number() })

interface Task {
  name: string
  request: z.output<typeof Request>
  dueAtMs: number
  attempts: number
}

export interface TasksOptions {
  store: Store
  /** The product's clock, in which schedule times are written; ms since the epoch. */
  now(): number
  onChange(): void
}

/** Cloud Tasks' create call and its dispatcher: at schedule time, retried with back-off, durable, deduplicated by name. */
export function tasks({ store, now, onChange }: TasksOptions) {
  const { db } = store
  const insert = db.prepare('insert or ignore into tasks values (?, ?, ?, 0, null)')
  const forgetOld = db.prepare('delete from tasks where done_at_ms < ?')
  const finish = db.prepare('update tasks set done_at_ms = ? where name = ?')
  const countAttempt = db.prepare('update tasks set attempts = ? where name = ?')
  const pending = new Map<string, Task>()
  const running = new Map<string, Promise<void>>()
  const retries = new Set<NodeJS.Timeout>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined

  for (const row of db.prepare('select name, request, due_at_ms, attempts from tasks where done_at_ms is null').all()) {
    const { name, request, due_at_ms: dueAtMs, attempts } = TaskRow.parse(row)
    pending.set(name, { name, request: Request.parse(JSON.parse(request)), dueAtMs, attempts })
  }
  plan()

  /** Starts what is due and sleeps until the next. */
  function plan() {
    clearTimeout(timer)
    if (closing.signal.aborted) return
    let nextMs = Number.POSITIVE_INFINITY
    for (const task of pending.values()) {
      if (running.has(task.name)) continue
      if (task.dueAtMs <= now()) running.set(task.name, run(task))
      else nextMs = Math.min(nextMs, task.dueAtMs - now())
    }
    if (nextMs !== Number.POSITIVE_INFINITY) timer = setTimeout(plan, Math.min(nextMs, CLOCK_CHECK_MS))
  }

  async function run(task: Task): Promise<void> {
    const sent = await dispatch(task.request, closing.signal)
    if (closing.signal.aborted) return
    task.attempts += 1
    if (sent || task.attempts >= MAX_ATTEMPTS) {
      await store.commit(() => finish.run(now(), task.name))
      pending.delete(task.name)
      running.delete(task.name)
      onChange()
    } else {
      await store.commit(() => countAttempt.run(task.attempts, task.name))
      retryLater(task)
    }
  }

  // Back-off is wall-clock: a clock that stands still must not stop retries. The task stays in `running` meanwhile.
  function retryLater(task: Task) {
    const retry = setTimeout(
      () => {
        retries.delete(retry)
        running.set(task.name, run(task))
      },
      Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (task.attempts - 1)),
    )
    retries.add(retry)
  }

  const routes = new Hono().post('/v2/projects/:project/locations/:location/queues/:queue/tasks', async (c) => {
    const { task } = await readBody(c, CreateBody)
    const queue = `projects/${pathParam(c, 'project')}/locations/${pathParam(c, 'location')}/queues/${pathParam(c, 'queue')}`
    const name = task.name ?? `${queue}/tasks/${randomUUID()}`
    if (!name.startsWith(`${queue}/tasks/`))
      throw new ApiError('INVALID_ARGUMENT', `Task name must start with ${queue}/tasks/.`)
    const dueAtMs = task.scheduleTime === undefined ? now() : Date.parse(task.scheduleTime)
    const { changes } = await store.commit(() => {
      forgetOld.run(now() - NAME_KEPT_MS)
      return insert.run(name, JSON.stringify(task.httpRequest), dueAtMs)
    })
    if (changes === 0) throw new ApiError('ALREADY_EXISTS', 'Requested entity already exists')
    pending.set(name, { name, request: task.httpRequest, dueAtMs, attempts: 0 })
    plan()
    return c.json({
      name,
      scheduleTime: new Date(dueAtMs).toISOString(),
      httpRequest: { url: task.httpRequest.url, httpMethod: 1 },
    })
  })

  return {
    routes,
    count: () => pending.size,
    /** Tasks that are due at or before `now() + withinMs`. */
    dueWithin: (withinMs: number) => [...pending.values()].filter((task) => task.dueAtMs <= now() + withinMs).length,
    /** Looks at the clock at once. */
    plan,
    close: async () => {
      closing.abort()
      clearTimeout(timer)
      for (const retry of retries) clearTimeout(retry)
      await Promise.allSettled(running.values())
    },
  }
}

async function dispatch(request: z.output<typeof Request>, signal: AbortSignal): Promise<boolean> {
  try {
    const body = Buffer.from(request.body, 'base64')
    const response = await fetch(request.url, { method: 'POST', headers: request.headers, body, signal })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
