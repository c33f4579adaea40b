import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { type Cloud, startCloud } from '../../scripts/local/cloud.ts'
import { listen } from '../../scripts/local/listen.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { wire } from '../../scripts/local/wiring.ts'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import type { Fault } from './fault.ts'
import { type Ground, PROJECT, productEnv, workersOf } from './ground.ts'
import { startWorker, type Worker } from './worker.ts'
import { BEGINS_AT_MS, DUE_AT } from './world.ts'

/** Short, and few enough tries within a restart that none ends as a dead letter. */
const BACKOFF = { minimumSeconds: 0.2, maximumSeconds: 1 }
/** How long the fence, the relay and the deliveries wait before they take somebody for dead, and a second. */
const A_MINUTE = "interval '61 seconds'"
const SESSIONS_END_MS = 5_000
const YEARS_MS = 10 * 365 * 86_400_000

const Requests = z.record(z.string(), z.record(z.string(), z.number()))
const SlackMessages = z.object({ messages: z.array(z.unknown()) })

type Running = { worker: Worker; url(name: string): string }

/** One hour's surroundings: its own database, cloud and providers. The workers are the caller's to start and to end. */
export type Stage = {
  client: pg.Client
  cloudUrl(): string
  deadLetters(): number
  start(hourFile: string, fault: Fault | null): Promise<Running>
  /** The cloud forgets its open requests, as when each had timed out, and delivers to the next process. */
  hangUp(): Promise<void>
  /** What waits a minute for a sign of life has waited, and the sessions of the dead are gone. */
  passAMinute(dead: Worker): Promise<void>
  /** Resolves when nothing is under way or waiting, after the relay and the delayed messages if need be. */
  quiet(running: Running): Promise<void>
  /** Answered by Shopify and Meta so far. */
  requests(): Promise<number>
  slackMessages(): Promise<number>
  /** The workers' log lines that are errors or warnings. */
  complaints(): Promise<string[]>
}

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
  const providersApp = sandbox({ now: () => DUE_AT, limitsClock: () => new Date(), stores: ground.stores })
  const providers = await listen((request) => providersApp.fetch(request), 0)
  stack.defer(() => providers.close())

  const offsetMs = BEGINS_AT_MS - Date.now()
  let skippedMs = 0
  const open = (port: number): Promise<Cloud> =>
    startCloud({ stateDir, port, now: () => Date.now() + offsetMs + skippedMs, holdDeliveries: true })
  let cloud = await open(0)
  stack.defer(() => cloud.close())
  await putSecrets(cloud.url, PROJECT, {
    SLACK_WEBHOOK_URL: `${providers.url}/slack/services/TKILL/BKILL/killkillkillkillkillkill`,
  })
  const env = {
    ...productEnv(ground.workerUrl(database), cloud.url),
    SHOPIFY_URL: `${providers.url}/shopify/{shop}`,
    META_URL: `${providers.url}/meta`,
  }

  const logFile = path.join(ground.folder, `${name}.log`)
  async function start(hourFile: string, fault: Fault | null): Promise<Running> {
    const names = workersOf(ground.map)
    const ports = Object.fromEntries(await Promise.all(names.map(async (each) => [each, await freePort()] as const)))
    const worker = startWorker({ hourFile, ports, fault, env, logFile })
    stack.defer(async () => {
      worker.signal('SIGKILL')
      await worker.exited
    })
    const url = (each: string): string => `http://127.0.0.1:${ports[each]}/`
    await worker.ready
    await wire({ map: ground.map, cloudUrl: cloud.url, projectId: PROJECT, functionUrl: url, backoff: BACKOFF })
    return { worker, url }
  }

  async function passAMinute(dead: Worker): Promise<void> {
    const frozen = (await Promise.race([dead.exited.then(() => 'gone'), delay(0)])) !== 'gone'
    // A session that idles in its transaction for a minute is ended by the server; a dead process's end at once.
    if (frozen)
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and state like 'idle in transaction%'`,
        [database],
      )
    else await sessionsEnded()
    await client.query(`update outbox set created_at = created_at - ${A_MINUTE}`)
    await client.query(`update integrations set lease_until = lease_until - ${A_MINUTE} where lease_until is not null`)
    await client.query(`update webhook_deliveries set updated_at = updated_at - ${A_MINUTE}`)
  }

  async function sessionsEnded(): Promise<void> {
    const deadline = Date.now() + SESSIONS_END_MS
    for (;;) {
      const { rowCount } = await client.query(
        'select 1 from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [database],
      )
      if (rowCount === 0) return
      if (Date.now() > deadline) throw new Error("The dead process's sessions do not end.")
      await delay(10)
    }
  }

  async function quiet(running: Running): Promise<void> {
    for (;;) {
      await cloud.whenIdle()
      const { rowCount } = await client.query('select 1 from outbox limit 1')
      if (rowCount) {
        await client.query(`update outbox set created_at = created_at - ${A_MINUTE}`)
        if (!(await runJob(running, 'relay-events'))) return
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
    passAMinute,
    quiet,
    requests: async () => {
      const answer = await providersApp.request('/_control/requests')
      const counts = Requests.parse(await answer.json())
      return ['shopify', 'meta']
        .flatMap((provider) => Object.values(counts[provider] ?? {}))
        .reduce((sum, count) => sum + count, 0)
    },
    slackMessages: async () => {
      const answer = await providersApp.request('/slack/messages')
      return SlackMessages.parse(await answer.json()).messages.length
    },
    complaints: async () => {
      const lines = (await readFile(logFile, 'utf8')).split('\n')
      return lines.filter((line) => /"severity":"(?!DEBUG|INFO|NOTICE)/.test(line) || !/^\{|^$/.test(line))
    },
  }
}

/** Calls a scheduler's job; false when the process died over it. */
export async function runJob({ url }: Running, name: string): Promise<boolean> {
  const answer = await fetch(url(name), { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
    .then(async (response) => {
      await response.arrayBuffer()
      return response.status
    })
    .catch(() => null)
  return answer === 200
}
