import domain from 'node:domain'
import type { CloudEvent, HttpFunction } from '@google-cloud/functions-framework'
import * as framework from '@google-cloud/functions-framework'
import { type ConfigName, config, requireConfig } from './config.ts'
import { endPool, waitPatiently } from './db/pools.ts'
import { effect } from './effects.ts'
import { AppError, toAppError } from './errors.ts'
import { type Handlers, handleEvent } from './events/on-event.ts'
import { flushIfDue, flushTelemetry } from './events/telemetry.ts'
import { endWaits } from './fetch.ts'
import { log, logError } from './log.ts'
import type { Connector } from './sync/connector.ts'
import { isBackfill, type WorkRequested } from './sync/request.ts'
import { syncConnection } from './sync/run.ts'
import { PLATFORM_TENANT_ID, runAs, systemActor } from './tenant.ts'

const DRAIN_MS = 8_000
/** History can wait: its slices are short, so that the instance has room for the hour's. */
const BACKFILL_SLICE_MS = 30_000

let inFlight = 0
let stopping = false
let onIdle: (() => void) | undefined

/** A worker: handlers by event type, woken by Pub/Sub push. */
export function serveEvents(name: string, { needs, on }: { needs: readonly ConfigName[]; on: Handlers }): void {
  requireConfig('GOOGLE_CLOUD_PROJECT', ...needs)
  waitPatiently()
  framework.cloudEvent(name, async (event: CloudEvent<unknown>) => {
    // A continuation must not start again here what has just been told to stop.
    if (stopping) throw new AppError('UNAVAILABLE', 'This instance is stopping; another takes the event.')
    await tracked(() => handleEvent(name, on, event))
    await effect(`ack ${name}`, async () => undefined)
  })
}

/** A connector's worker: one slice of one connection for each request. */
export function serveSync(connector: Connector): void {
  const { provider } = connector
  const handle = (event: WorkRequested): Promise<void> => {
    const deadline = Math.min(sliceDeadline(), isBackfill(event) ? Date.now() + BACKFILL_SLICE_MS : Infinity)
    return syncConnection(connector, event, { mustStop: () => isStopping() || Date.now() >= deadline })
  }
  const on = { [`sync.requested.${provider}`]: handle, [`sync.backfill.${provider}`]: handle }
  serveEvents(`sync-${provider}`, { needs: ['DATABASE_URL'], on })
}

/** A Scheduler job: `run` as the platform tenant, under the function's own narrow role. Its result is the answer's body. */
export function serveJob(
  name: string,
  { needs, run }: { needs: readonly ConfigName[]; run: () => Promise<object> },
): void {
  requireConfig('GOOGLE_CLOUD_PROJECT', ...needs)
  waitPatiently()
  framework.http(name, (request, response) => {
    if (stopping) return refuse(response)
    return tracked(async () => {
      const requestId = request.get('x-cloudscheduler-jobname') ?? name
      try {
        response.json(await runAs(systemActor(PLATFORM_TENANT_ID, name, requestId), run))
      } catch (error) {
        const failure = toAppError(error)
        logError(`${name} failed.`, error)
        response.status(failure.status).json({ error: { code: failure.code, message: failure.message } })
      }
    })
  })
}

/**
 * The framework runs each request in a node:domain, to answer what nobody catches. A front catches everything itself, and
 * the hook that domains put on every promise costs a third of a small request (bench:api): so it gets one that does nothing.
 */
const inert = { on: () => inert, run: (work: () => void) => work() }

/** The first answer comes sooner than that, where somebody waits for it. */
const CHECK_AFTER_MS = 1_000

/**
 * An HTTPS front, from a Node request listener. What `check` throws ends the function; it is asked once, after the first
 * answer, which so need not wait until a client of the cloud is loaded, or a second after the start where nobody asks.
 */
export function serveHttp(
  name: string,
  { needs, listener, check }: { needs: readonly ConfigName[]; listener: HttpFunction; check?: () => Promise<void> },
): void {
  requireConfig('GOOGLE_CLOUD_PROJECT', ...needs)
  let unchecked = check
  const checkOnce = async (): Promise<void> => {
    const due = unchecked
    unchecked = undefined
    await due?.().catch((error: unknown) => end(name, error))
  }
  setTimeout(checkOnce, CHECK_AFTER_MS).unref()
  domain.create = () => inert as unknown as domain.Domain // for an HTTP function the framework calls on() and run() alone
  framework.http(name, (request, response) => {
    if (stopping) return refuse(response)
    return tracked(async () => {
      const done = new Promise<void>((resolve) => response.once('close', resolve))
      await listener(request, response)
      await done
      await checkOnce()
    })
  })
}

function end(name: string, error: unknown): void {
  logError(`${name} cannot run.`, error)
  process.exit(1)
}

function refuse(response: Parameters<HttpFunction>[1]): void {
  const message = 'This instance is stopping; try again.'
  response
    .status(503)
    .set({ 'Retry-After': '1', Connection: 'close' })
    .json({ error: { code: 'UNAVAILABLE', message } })
}

/** Counts the work in flight, flushes telemetry within the request, and takes over SIGTERM from the framework. */
async function tracked<T>(work: () => Promise<T>): Promise<T> {
  takeOverSigterm()
  inFlight += 1
  try {
    const result = await work()
    await flushIfDue()
    return result
  } finally {
    inFlight -= 1
    if (inFlight === 0) onIdle?.()
  }
}

let tookOver = false
/** On the first request, because the framework installs its own listener, which kills requests in flight, after loading us. */
function takeOverSigterm(): void {
  if (tookOver) return
  tookOver = true
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.removeAllListeners(signal)
    process.once(signal, () => void drain())
  }
}

async function drain(): Promise<void> {
  stopping = true
  endWaits()
  log('NOTICE', 'Stopping: finishing what is in flight.', { in_flight: inFlight })
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS).unref())
  const idle = new Promise<void>((resolve) => {
    onIdle = resolve
    if (inFlight === 0) resolve()
  })
  await Promise.race([idle, deadline])
  await Promise.race([flushTelemetry().then(endPool), deadline])
  process.exit(0)
}

/** Long work asks between pages: true means save where you are and return. */
export const isStopping = (): boolean => stopping

/** When a slice that begins now must be over. */
export const sliceDeadline = (): number => Date.now() + config('SLICE_MS')
