import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { type Cloud, startCloud } from '../../scripts/local/cloud.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { wire } from '../../scripts/local/wiring.ts'
import { identities } from '../support/identities.ts'
import type { Fault } from './fault.ts'
import { type Ground, PROJECT, productEnv, workersOf } from './ground.ts'
import { ageOutbox } from './pass-a-minute.ts'
import { openProviders, type Providers } from './providers.ts'
import { startWorker, type Worker } from './worker.ts'
import { BEGINS_AT_MS } from './world.ts'

/** Short: what was refused once is tried again at once. */
const BACKOFF = { minimumSeconds: 0.2, maximumSeconds: 1 }
const YEARS_MS = 10 * 365 * 86_400_000

type Running = { worker: Worker; url(name: string): string }

/** One hour's surroundings: its own database, cloud and providers. The workers are the caller's to start and to end. */
export type Stage = {
  client: pg.Client
  cloudUrl(): string
  deadLetters(): number
  start(hourFile: string, fault: Fault | null): Promise<Running>
  /** The cloud forgets its open requests, as when each had timed out, and delivers to the next process. */
  hangUp(): Promise<void>
  /** Resolves when nothing is under way or waiting, after the relay and the delayed messages if need be. */
  quiet(running: Running): Promise<void>
  providers: Providers
  /** The workers' log lines that are errors or warnings. */
  complaints(): Promise<string[]>
}

/** Sets up everything but the workers; `stack` takes it down again, workers included. */
export async function setStage(ground: Ground, name: string, stack: AsyncDisposableStack): Promise<Stage> {
  const { database, stateDir } = await ground.copy(name)
  stack.defer(async () => {
    await ground.admin.query(`drop database ${database} with (force)`)
    await rm(stateDir, { recursive: true, force: true })
  })
  const client = new pg.Client({ connectionString: ground.adminUrl(database) })
  client.on('error', () => undefined) // told by the query that fails
  await client.connect()
  stack.defer(() => client.end())
  const providers = await openProviders(ground.stores)
  stack.defer(() => providers.close())

  const offsetMs = BEGINS_AT_MS - Date.now()
  let skippedMs = 0
  const open = (port: number): Promise<Cloud> =>
    startCloud({ stateDir, port, now: () => Date.now() + offsetMs + skippedMs, holdDeliveries: true, identities })
  let cloud = await open(0)
  stack.defer(() => cloud.close())
  await putSecrets(cloud.url, PROJECT, {
    SLACK_WEBHOOK_URL: `${providers.url}/slack/services/TKILL/BKILL/killkillkillkillkillkill`,
    SMTP_URL: providers.smtpUrl,
  })
  const env = {
    ...productEnv({ databaseUrl: ground.workerUrl(database), cloudUrl: cloud.url, nowMs: BEGINS_AT_MS }),
    NODE_COMPILE_CACHE: path.join(ground.folder, 'compile-cache'),
    SHOPIFY_URL: `${providers.url}/shopify/{shop}`,
    META_URL: `${providers.url}/meta`,
  }

  const logFile = path.join(ground.folder, `${name}.log`)
  async function start(hourFile: string, fault: Fault | null): Promise<Running> {
    const worker = startWorker({ hourFile, names: workersOf(ground.map), fault, env, logFile })
    stack.defer(async () => {
      worker.signal('SIGKILL')
      await worker.exited
    })
    const ports = await worker.ready
    const url = (each: string): string => `http://127.0.0.1:${ports[each]}/`
    await wire({ map: ground.map, cloudUrl: cloud.url, projectId: PROJECT, functionUrl: url, backoff: BACKOFF })
    return { worker, url }
  }

  async function quiet(running: Running): Promise<void> {
    for (;;) {
      await cloud.whenIdle()
      const { rowCount } = await client.query('select 1 from outbox limit 1')
      if (rowCount) {
        await ageOutbox(client)
        await runJob(running, 'relay-events')
      } else if (cloud.idle().tasks > 0) {
        skippedMs = YEARS_MS
        cloud.tick()
      } else return
    }
  }

  return {
    client,
    cloudUrl: () => cloud.url,
    deadLetters: () => cloud.idle().deadLetters,
    start,
    hangUp: async () => {
      const { port } = cloud
      await cloud.close()
      cloud = await open(port)
    },
    quiet,
    providers,
    complaints: async () => {
      const lines = (await readFile(logFile, 'utf8')).split('\n')
      return lines.filter((line) => /"severity":"(?!DEBUG|INFO|NOTICE)/.test(line) || !/^\{|^$/.test(line))
    },
  }
}

/** Calls a scheduler's job, whatever it answers. Never resolves when the process dies over it: its end is awaited beside. */
export async function runJob({ url }: Running, name: string): Promise<void> {
  try {
    const response = await fetch(url(name), {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    await response.arrayBuffer()
  } catch {
    await new Promise(() => undefined)
  }
}
