import { createServer, type IncomingMessage, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import * as z from 'zod'
import { forgetConfig } from '../../shared/config.ts'

export type PublishedMessage = { attributes: Record<string, string>; data: unknown }
export type DelayedMessage = PublishedMessage & { topic: string; at: Date }

export type Publisher = {
  /** What Pub/Sub took for this topic in the present test, in order. */
  published(topic: string): PublishedMessage[]
  /** What Cloud Tasks holds back in the present test, without the tasks whose names it knew already. */
  delayed(): DelayedMessage[]
}

const PublishBody = z.object({
  messages: z.array(
    z.object({ data: z.string().default(''), attributes: z.record(z.string(), z.string()).default({}) }),
  ),
})
const TaskBody = z.object({
  task: z.object({
    name: z.string(),
    scheduleTime: z.coerce.date(),
    httpRequest: z.object({ url: z.string(), body: z.base64() }),
  }),
})
const TOPIC = /\/topics\/([^/:]+):publish$/
const fromBase64 = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64').toString())

/**
 * Stands in for Pub/Sub's publish and Cloud Tasks' create call, nothing else: CLOUD_ENDPOINT points to it while the file
 * runs. What it takes is collected per test and delivered to nobody.
 */
export function usePublisher(): Publisher {
  let published = new Map<string, PublishedMessage[]>()
  let tasks = new Map<string, DelayedMessage>()
  let count = 0
  let server: Server | undefined

  function take(path: string, body: unknown): { status: number; answer: object } {
    const topic = TOPIC.exec(path)?.[1]
    if (topic !== undefined) {
      const messages = messagesOf(body)
      published.set(topic, [...(published.get(topic) ?? []), ...messages])
      return { status: 200, answer: { messageIds: messages.map(() => String(++count)) } }
    }
    const { task } = TaskBody.parse(body)
    if (tasks.has(task.name))
      return { status: 409, answer: { error: { code: 409, status: 'ALREADY_EXISTS', message: '' } } }
    const [message = { attributes: {}, data: null }] = messagesOf(fromBase64(task.httpRequest.body))
    tasks.set(task.name, { ...message, topic: TOPIC.exec(task.httpRequest.url)?.[1] ?? '', at: task.scheduleTime })
    return { status: 200, answer: { name: task.name } }
  }

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const { status, answer } = take(decodeURIComponent(request.url?.split('?')[0] ?? ''), await bodyOf(request))
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
    })
    process.env.CLOUD_ENDPOINT = await originOf(server)
    forgetConfig()
  })
  beforeEach(() => {
    published = new Map()
    tasks = new Map()
  })
  afterAll(async () => {
    delete process.env.CLOUD_ENDPOINT
    forgetConfig()
    server?.closeAllConnections()
    if (server?.listening) await new Promise((closed) => server?.close(closed))
  })
  return { published: (topic) => published.get(topic) ?? [], delayed: () => [...tasks.values()] }
}

const messagesOf = (body: unknown): PublishedMessage[] =>
  PublishBody.parse(body).messages.map(({ attributes, data }) => ({ attributes, data: fromBase64(data) }))

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return JSON.parse(Buffer.concat(chunks).toString())
}

const originOf = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (typeof address === 'object' && address) resolve(`http://127.0.0.1:${address.port}`)
    })
  })
