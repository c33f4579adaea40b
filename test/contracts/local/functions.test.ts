import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as z from 'zod'
import { type FunctionsOptions, startFunctions } from '../../../scripts/local/functions.ts'
import { readMap } from '../../../scripts/local/map.ts'
import { wire } from '../../../scripts/local/wiring.ts'
import { projectId, pubsubClient, subscriberClient, temporaryDirectory, testCloud } from './clients.ts'

const sourceDir = fileURLToPath(new URL('fixtures/functions', import.meta.url))

const Echo = z.object({ body: z.unknown(), environment: z.record(z.string(), z.string()) })

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function mapOf(names: readonly string[]) {
  const file = join(await temporaryDirectory(), 'functions.tf.json')
  const entries: Record<string, object> = {
    echo: { http: ['/api/*'], publishes: [], secrets: [] },
    worker: { on: ['rows.synced', 'named'], publishes: [], secrets: [] },
    crasher: { publishes: [], secrets: [] },
  }
  const functions = Object.fromEntries(names.map((name) => [name, entries[name]]))
  const subscriptions = {
    named: { topic: 'pulsepoint-events', filter: 'attributes.ce-class = "fact"' },
    'nobody-takes-this': { topic: 'pulsepoint-events', filter: '' },
  }
  await writeFile(
    file,
    JSON.stringify({
      locals: { functions, subscriptions, topics: ['rows.synced', 'pulsepoint-events', 'dead-letters'] },
    }),
  )
  return readMap(file)
}

async function started(names: readonly string[], more: Partial<FunctionsOptions> = {}) {
  const stateDir = await temporaryDirectory()
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)))
  const lines: string[] = []
  const map = await mapOf(names)
  const log = (line: string) => void lines.push(line)
  const functions = await startFunctions({
    map,
    env: () => ({ SETTING: 'set' }),
    ports,
    stateDir,
    log,
    sourceDir,
    ...more,
  })
  onTestFinished(functions.stop)
  const logOf = (name: string) => readFile(join(stateDir, 'logs', `${name}.log`), 'utf8')
  return { functions, lines, logOf, stateDir, map }
}

test('a function runs under the framework with its own environment, and its lines go to its log', async () => {
  vi.stubEnv('NODE_COMPILE_CACHE', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  process.env.NOT_FOR_FUNCTIONS = 'secret'
  const { functions, logOf, stateDir } = await started(['echo'])
  const response = await fetch(`${functions.url('echo')}api/x`, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  })
  const { environment, body } = Echo.parse(await response.json())
  expect([response.status, body]).toEqual([201, { a: 1 }])
  expect(environment).toEqual({ K_SERVICE: 'echo', SETTING: 'set' })
  await vi.waitFor(async () => expect(await logOf('echo')).toContain('served POST /api/x\n'))
  expect(existsSync(join(stateDir, 'compile-cache'))).toBe(true)
})

test('a function that ends is started again on its port', async () => {
  const { functions, lines } = await started(['echo'])
  const before = functions.pid('echo')
  await fetch(`${functions.url('echo')}api/exit`).catch(() => undefined)
  await vi.waitFor(() => expect(lines).toHaveLength(1))
  await functions.ready('echo')
  expect((await fetch(`${functions.url('echo')}api/x`)).status).toBe(201)
  expect(functions.pid('echo')).not.toBe(before)
  expect(lines).toEqual(['echo ended (3); starting it again in 250 ms'])
})

test('a function that never serves rejects the start with its last lines', async () => {
  await expect(started(['echo', 'crasher'])).rejects.toThrow(/crasher ended before it served:[\s\S]*no DATABASE_URL/)
})

test('stop leaves no process', async () => {
  const { functions } = await started(['echo', 'worker'])
  const pids = ['echo', 'worker'].map((name) => functions.pid(name))
  await functions.stop()
  for (const pid of pids) expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH')
  await expect(fetch(functions.url('echo'))).rejects.toThrow()
})

test('functions end with a supervisor that was killed', async () => {
  const stateDir = await temporaryDirectory()
  const script = fileURLToPath(new URL('fixtures/supervisor-process.ts', import.meta.url))
  const supervisor = spawn(process.execPath, [script, stateDir, String(await freePort())], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [pid] = await once(createInterface({ input: supervisor.stdout }), 'line')
  process.kill(Number(pid), 0)
  supervisor.kill('SIGKILL')
  await vi.waitFor(() => expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH'), { timeout: 5_000, interval: 20 })
})

test('wired functions get their topics as CloudEvents, filtered; what they refuse ends as a dead letter', async () => {
  const { functions, logOf, map } = await started(['worker'])
  const cloud = await testCloud()
  const wiring = {
    map,
    cloudUrl: cloud.url,
    projectId,
    functionUrl: functions.url,
    backoff: { minimumSeconds: 0.01, maximumSeconds: 0.02 },
  }
  await wire(wiring)
  await wire(wiring)
  const publish = (topic: string, id: string, more: Record<string, string> = {}) =>
    pubsubClient(cloud.port)
      .topic(topic)
      .publishMessage({
        json: { n: id },
        attributes: {
          'ce-id': id,
          'ce-type': topic,
          'ce-source': '/test',
          'ce-specversion': '1.0',
          'ce-tenantid': 't1',
          'Content-Type': 'application/json',
          ...more,
        },
      })
  await publish('rows.synced', 'one')
  await publish('pulsepoint-events', 'two', { 'ce-class': 'fact' })
  await publish('pulsepoint-events', 'three', { 'ce-class': 'telemetry' })
  await publish('rows.synced', 'refuse')
  await cloud.whenIdle()
  expect(cloud.idle()).toEqual({ messages: 0, tasks: 0, deadLetters: 1 })
  const seen = (await logOf('worker')).split('\n').filter((line) => line.startsWith('{"id"'))
  expect(seen.filter((line) => !line.includes('refuse')).sort()).toEqual([
    '{"id":"one","type":"rows.synced","tenant":"t1","data":{"n":"one"}}',
    '{"id":"two","type":"pulsepoint-events","tenant":"t1","data":{"n":"two"}}',
  ])
  expect(seen.filter((line) => line.includes('refuse'))).toHaveLength(10)
  const subscriber = subscriberClient(cloud.port)
  const [{ receivedMessages }] = await subscriber.pull({
    subscription: subscriber.subscriptionPath(projectId, 'dead-letters'),
    maxMessages: 10,
  })
  expect(receivedMessages?.[0]?.message?.attributes).toMatchObject({
    'ce-id': 'refuse',
    CloudPubSubDeadLetterSourceSubscription: 'worker.rows.synced',
    CloudPubSubDeadLetterSourceDeliveryCount: '10',
  })
})
