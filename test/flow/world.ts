import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll } from 'vitest'
import { type Cloud, startCloud } from '../../scripts/local/cloud.ts'
import { type Listening, listen, listenRaw } from '../../scripts/local/listen.ts'
import { readMap } from '../../scripts/local/map.ts'
import { wire } from '../../scripts/local/wiring.ts'
import { slackSandbox } from '../../scripts/sandbox/slack.ts'
import { forgetConfig } from '../../shared/config.ts'
import { type Handlers, handleEvent } from '../../shared/events/on-event.ts'
import { keyRing, setSecret } from '../support/cloud.ts'
import { identities, WAREHOUSE_KEYS } from '../support/identities.ts'
import { scratch } from '../support/scratch.ts'

const PROJECT = 'pulsepoint-test'
const MAP = new URL('../../infra/functions.tf.json', import.meta.url).pathname
/** Longer than any lease or pause, so that everything delayed is due. */
const JUMP_MS = 10 * 60_000

export type Message = { topic: string; attributes: Readonly<Record<string, string>>; data: unknown }

export type World = {
  /** Hands them to Pub/Sub in this order. */
  publish(messages: readonly Message[]): Promise<void>
  /** From now on what the functions themselves publish is handled so many times at once at each delivery. */
  amplify(times: number): void
  /** Until nothing is left to deliver, also of what was to come later. */
  settle(): Promise<void>
  /** How often each event was delivered to a function, by its ce-id. */
  deliveries: ReadonlyMap<string, number>
  slack(): readonly { text: string | null }[]
  deadLetters(): number
}

/** The local cloud with its real subscriptions and redelivery; the functions' handlers run in this process. */
export function useWorld(functions: Readonly<Record<string, Handlers>>): World {
  const deliveries = new Map<string, number>()
  const ours = new Set<string>()
  let amplified = 1
  const sandbox = slackSandbox({ burst: 1_000_000, perSecond: 1_000_000 })
  let aheadMs = 0
  let stateDir = ''
  let cloud: Cloud
  let endpoint: Listening
  let slack: Listening

  async function take(name: string, request: IncomingMessage): Promise<void> {
    const header = (key: string) => String(request.headers[key] ?? '')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const id = header('ce-id')
    const times = ours.has(id) ? 1 : amplified
    deliveries.set(id, (deliveries.get(id) ?? 0) + times)
    const event = {
      specversion: '1.0',
      id,
      type: header('ce-type'),
      source: header('ce-source'),
      time: header('ce-time'),
      tenantid: header('ce-tenantid'),
      data: JSON.parse(Buffer.concat(chunks).toString()),
    }
    const handled = Array.from({ length: times }, () => handleEvent(name, functions[name] ?? {}, event))
    const failed = (await Promise.allSettled(handled)).find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }

  beforeAll(async () => {
    stateDir = await scratch('pulsepoint-world-')
    cloud = await startCloud({ stateDir, port: 0, now: () => Date.now() + aheadMs, identities })
    process.env.CLOUD_ENDPOINT = cloud.url
    process.env.DATABASE_POOL = '8'
    forgetConfig()
    endpoint = await listenRaw((request, response) => {
      take(request.url?.slice(1) ?? '', request).then(
        () => response.writeHead(204).end(),
        () => response.writeHead(500).end(),
      )
    }, 0)
    slack = await listen((request) => sandbox.fetch(request), 0)
    const map = await readMap(MAP)
    const heard = Object.fromEntries(
      Object.entries(map.functions).map(([name, entry]) => [name, { ...entry, on: name in functions ? entry.on : [] }]),
    )
    await wire({
      map: { ...map, functions: heard },
      cloudUrl: cloud.url,
      projectId: PROJECT,
      functionUrl: (name) => `${endpoint.url}/${name}`,
      backoff: { minimumSeconds: 1, maximumSeconds: 2 },
    })
    await setSecret(cloud.url, 'ENCRYPTION_KEYS', keyRing(randomBytes(32)))
    await setSecret(cloud.url, 'WAREHOUSE_KEYS', WAREHOUSE_KEYS)
    await setSecret(cloud.url, 'SLACK_WEBHOOK_URL', `${slack.url}/services/T0001/B0001/abcdefghijklmnopqrstuvwx`)
  })
  afterAll(async () => {
    delete process.env.DATABASE_POOL
    await cloud?.close()
    await endpoint?.close()
    await slack?.close()
    await rm(stateDir, { recursive: true, force: true })
  })

  return {
    deliveries,
    slack: () => sandbox.messages(),
    deadLetters: () => cloud.idle().deadLetters,
    amplify: (times) => {
      amplified = times
    },
    publish: async (messages) => {
      for (const { attributes } of messages) ours.add(attributes['ce-id'] ?? '')
      for (const [topic, group] of Map.groupBy(inRuns(messages), ({ run }) => run)) {
        const response = await fetch(`${cloud.url}/v1/projects/${PROJECT}/topics/${group[0]?.message.topic}:publish`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            messages: group.map(({ message: { attributes, data } }) => ({
              attributes,
              data: Buffer.from(JSON.stringify(data)).toString('base64'),
            })),
          }),
        })
        if (!response.ok) throw new Error(`publish ${topic}: ${response.status} ${await response.text()}`)
      }
    },
    settle: async () => {
      do {
        await cloud.whenIdle()
        aheadMs += JUMP_MS
        cloud.tick()
        await cloud.whenIdle()
      } while (cloud.idle().tasks > 0 || cloud.idle().messages > 0)
    },
  }
}

/** Neighbours of the same topic go in one request, at most a hundred. */
function inRuns(messages: readonly Message[]): { run: number; message: Message }[] {
  let run = 0
  let size = 0
  return messages.map((message, at) => {
    size += 1
    if (message.topic !== messages[at - 1]?.topic || size > 100) {
      run += 1
      size = 1
    }
    return { run, message }
  })
}
