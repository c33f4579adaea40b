import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { type Functions, startFunctions } from '../../scripts/local/functions.ts'
import { type Listening, listen } from '../../scripts/local/listen.ts'
import { readMap } from '../../scripts/local/map.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { syncConnection } from '../../shared/sync/run.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { ask } from '../support/http.ts'
import { signIn } from '../support/people.ts'
import { scratch } from '../support/scratch.ts'
import { asSystem } from '../support/tenants.ts'
import { digestOf, excludedColumns } from './digest.ts'
import { holdLocks, until, waitingForLocks } from './locks.ts'
import { connectedTenant, requested, scriptedShop } from './scripted.ts'

const EXIT_WITHIN_MS = 10_000
const PROJECT = 'pulsepoint-test'
const FIXTURES = fileURLToPath(new URL('./functions', import.meta.url))
const MAP = fileURLToPath(new URL('../../infra/functions.tf.json', import.meta.url))

const database = useDatabase()
const cloud = useCloud()
let stateDir = ''
let gate: Listening
let api: Functions
let worker: Functions
const ends: string[] = []
/** Called when the provider is about to send this page; the page waits for it. */
let beforePage: (at: number) => Promise<void> = async () => {}

async function serve(name: string, sourceDir?: string): Promise<Functions> {
  const map = await readMap(MAP)
  const entry = map.functions[name]
  if (!entry) throw new Error(`the map has no ${name}`)
  return startFunctions({
    map: { ...map, functions: { [name]: entry } },
    ports: { [name]: await freePort() },
    stateDir: path.join(stateDir, name),
    log: (line) => ends.push(line),
    env: () => ({
      GOOGLE_CLOUD_PROJECT: PROJECT,
      METADATA_SERVER_DETECTION: 'none',
      CLOUD_ENDPOINT: cloud.current().url,
      DATABASE_URL: database.url('pulsepoint_app'),
      GATE_URL: gate.url,
    }),
    ...(sourceDir && { sourceDir }),
  })
}

beforeAll(async () => {
  stateDir = await scratch('pulsepoint-sigterm-')
  gate = await listen(async (request) => {
    await beforePage(Number(new URL(request.url).pathname.slice(1)))
    return new Response('go on')
  }, 0)
  ;[api, worker] = await Promise.all([serve('api'), serve('sync-shopify', FIXTURES)])
})
afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()])
  await gate?.close()
  await rm(stateDir, { recursive: true, force: true })
})

/** Until the process has said that it stops with one request in flight. */
const saidStopping = (name: string): Promise<void> =>
  until(async () => {
    const output = await readFile(path.join(stateDir, name, 'logs', `${name}.log`), 'utf8')
    return output.includes('"in_flight":1')
  })

/** Sends SIGTERM; `exited` resolves with the time until the process had ended by itself, with status 0. */
function terminate(functions: Functions, name: string): { exited: () => Promise<number> } {
  const pid = functions.pid(name)
  if (pid === undefined) throw new Error(`${name} is not running`)
  const from = ends.length
  const sentAt = performance.now()
  process.kill(pid, 'SIGTERM')
  return {
    exited: async () => {
      await until(async () => ends.length > from, EXIT_WITHIN_MS)
      expect(ends[from]).toMatch(`${name} ended (0)`)
      return performance.now() - sentAt
    },
  }
}

const telemetry = () => database.asAdmin("select event_id from observability_events where event_type = 'api.response'")

test('a request in flight at SIGTERM ends with 200, then the process with 0, its telemetry written', async () => {
  const { tenantId } = await connectedTenant('in flight')
  const { token } = await signIn(tenantId)
  const brands = () => ask(`${api.url('api')}api/brands`, { token })
  expect((await brands()).status).toBe(200)
  const release = await holdLocks(database, 'lock table brands in access exclusive mode')
  const asking = brands()
  await until(async () => (await waitingForLocks(database)) === 1)
  const { exited } = terminate(api, 'api')
  await saidStopping('api')
  expect(await telemetry()).toEqual([])
  await release()
  expect(await asking).toMatchObject({ status: 200, body: { brands: [{ name: 'in flight brand' }] } })
  console.log(`the API ended ${(await exited()).toFixed(0)} ms after SIGTERM`)
  expect(await telemetry()).toHaveLength(2)
}, 60_000)

const Pulled = z.object({
  receivedMessages: z
    .array(z.object({ message: z.object({ data: z.string(), attributes: z.record(z.string(), z.string()) }) }))
    .default([]),
})
const rest = (method: string, resource: string, body: object) =>
  fetch(`${cloud.current().url}/v1/projects/${PROJECT}/${resource}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** As Pub/Sub pushes: attributes as headers, the data as the body. */
const push = (attributes: Record<string, string>, data: unknown): Promise<number> =>
  fetch(worker.url('sync-shopify'), { method: 'POST', headers: attributes, body: JSON.stringify(data) }).then(
    (response) => response.status,
  )

test('a slice at SIGTERM saves its page, leaves a continuation and is acknowledged; the continuation completes the hour', async () => {
  console.log(`compared without\n  ${excludedColumns()}`)
  const [calm, stopped] = [await connectedTenant('calm'), await connectedTenant('stopped')]
  const shop = scriptedShop({ pages: 6, perPage: 260 })
  await asSystem(calm.tenantId, () => syncConnection(shop, requested(calm), { mustStop: () => false }))
  await rest('PUT', 'subscriptions/continuations', { topic: `projects/${PROJECT}/topics/sync.requested.shopify` })

  const { id, type, tenantId, occurredAt, data } = requested(stopped)
  const attributes = {
    'Content-Type': 'application/json',
    'ce-id': id,
    'ce-type': type,
    'ce-source': '//pulsepoint/test',
    'ce-specversion': '1.0',
    'ce-time': occurredAt,
    'ce-tenantid': tenantId,
    'ce-class': 'pipeline',
  }
  const terminated = Promise.withResolvers<ReturnType<typeof terminate>>()
  const pages: number[] = []
  beforePage = async (at) => {
    pages.push(at)
    if (at !== 2 || pages.length !== 3) return
    terminated.resolve(terminate(worker, 'sync-shopify'))
    await saidStopping('sync-shopify')
  }
  expect(await push(attributes, data)).toBeLessThan(300)
  console.log(`the worker ended ${(await (await terminated.promise).exited()).toFixed(0)} ms after SIGTERM`)
  expect(pages.length).toBeLessThan(6)
  const [state] = await database.asAdmin(
    `select r.status, s.resume, i.lease_until from sync_runs r join sync_state s using (integration_id)
     join integrations i using (integration_id) where r.integration_id = $1`,
    [stopped.integrationId],
  )
  expect(state).toEqual({ status: 'continued', resume: pages.length, lease_until: null })

  const pulled = Pulled.parse(
    await (await rest('POST', 'subscriptions/continuations:pull', { maxMessages: 10 })).json(),
  )
  expect(pulled.receivedMessages).toHaveLength(1)
  const [continuation] = pulled.receivedMessages
  await worker.ready('sync-shopify')
  const before = pages.length
  const message = continuation?.message
  expect(
    await push(message?.attributes ?? {}, JSON.parse(Buffer.from(message?.data ?? '', 'base64').toString())),
  ).toBeLessThan(300)
  expect(pages.slice(before)[0]).toBe(before)
  expect(await digestOf(database, stopped)).toEqual(await digestOf(database, calm))
}, 60_000)
