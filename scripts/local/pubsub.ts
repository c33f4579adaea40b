import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { ApiError, pathParam, readBody } from './api-error.ts'
import { openBacklog } from './pubsub-backlog.ts'
import { compileFilter, type Filter } from './pubsub-filter.ts'
import { type PullOutlet, pullOutlet } from './pubsub-pull.ts'
import { type Outlet, pushOutlet } from './pubsub-push.ts'
import {
  AckBody,
  configOf,
  ModifyAckBody,
  type NewMessage,
  PublishBody,
  PullBody,
  SubscriptionBody,
  type SubscriptionConfig,
} from './pubsub-wire.ts'
import type { Store } from './store.ts'

const MAX_PUBLISH_BYTES = 10_000_000

interface Subscription {
  name: string
  config: SubscriptionConfig
  filter: Filter
  outlet: Outlet
  pull: PullOutlet | undefined
}

export interface PubSubOptions {
  store: Store
  /** Pushes in flight per subscription. */
  maxOutstanding: number
  /** What the disk remembers is delivered only once its subscription has been PUT again. */
  holdDeliveries: boolean
  onChange(): void
}

/** Google Pub/Sub's REST calls for topics, push and pull subscriptions. At least once, unordered, durable. */
export function pubsub({ store, maxOutstanding, holdDeliveries, onChange }: PubSubOptions) {
  const backlog = openBacklog(store)
  const topics = new Set(backlog.topics())
  const subscriptions = new Map<string, Subscription>()
  for (const row of backlog.subscriptions()) attach(row.name, SubscriptionBody.parse(JSON.parse(row.config)))
  for (const subscription of subscriptions.values()) {
    for (const delivery of backlog.owed(subscription.name)) subscription.outlet.add(delivery)
    if (!holdDeliveries) subscription.outlet.open()
  }

  function attach(name: string, body: z.output<typeof SubscriptionBody>): Subscription {
    const config = configOf(body)
    const known = subscriptions.get(name)
    if (known) return Object.assign(known, { config, filter: compileFilter(config.filter) })
    const shared = { name, config: () => subscriptions.get(name)?.config ?? config, store, backlog, onChange }
    const pull = config.pushEndpoint === '' ? pullOutlet(shared) : undefined
    const outlet = pull ?? pushOutlet({ ...shared, maxOutstanding, deadLetter: (topic, m) => add(topic, [m])?.deliver })
    const subscription = { name, config, filter: compileFilter(config.filter), outlet, pull }
    subscriptions.set(name, subscription)
    return subscription
  }

  /** Inside a transaction; `deliver` is to be called after it. undefined for an unknown topic. */
  function add(topic: string, messages: readonly NewMessage[]) {
    if (!topics.has(topic)) return undefined
    const listening = [...subscriptions.values()].filter(({ config }) => config.topic === topic)
    const owed: (() => void)[] = []
    const messageIds = messages.map((message) => {
      const takers = listening.filter(({ filter }) => filter(message.attributes))
      const messageId = backlog.add(
        message,
        takers.map(({ name }) => name),
      )
      for (const { outlet } of takers) owed.push(() => outlet.add({ messageId, attempts: 0, notBeforeMs: 0 }))
      return String(messageId)
    })
    return { messageIds, deliver: () => owed.forEach((each) => void each()) }
  }

  async function publish(topic: string, messages: readonly NewMessage[]): Promise<string[]> {
    const added = await store.commit(() => add(topic, messages))
    if (!added) throw new ApiError('NOT_FOUND', `Resource not found (resource=${topic.split('/').at(-1)}).`)
    added.deliver()
    return added.messageIds
  }

  async function subscribe(name: string, text: string): Promise<Subscription> {
    const body = parseSubscription(text)
    const known = subscriptions.get(name)
    if (!topics.has(body.topic)) throw new ApiError('NOT_FOUND', `Resource not found (resource=${body.topic}).`)
    if (known && (known.config.topic !== body.topic || (known.pull === undefined) !== isPush(body))) {
      throw new ApiError('ALREADY_EXISTS', `Subscription already exists in another shape (resource=${name}).`)
    }
    const subscription = attach(name, body)
    await store.commit(() => backlog.saveSubscription(name, body.topic, text))
    subscription.outlet.open()
    return subscription
  }

  function pullable(c: Context): PullOutlet {
    const name = resource(c, 'subscriptions')
    const subscription = subscriptions.get(name)
    if (!subscription) throw new ApiError('NOT_FOUND', `Resource not found (resource=${name}).`)
    if (!subscription.pull)
      throw new ApiError('INVALID_ARGUMENT', 'This method is not supported for this subscription type.')
    return subscription.pull
  }

  const routes = new Hono()
    .put('/v1/projects/:project/topics/:name', async (c) => {
      const name = resource(c, 'topics')
      await store.commit(() => backlog.saveTopic(name))
      topics.add(name)
      return c.json({ name })
    })
    .put('/v1/projects/:project/subscriptions/:name', async (c) => {
      const { name, config } = await subscribe(resource(c, 'subscriptions'), await c.req.text())
      return c.json({ name, topic: config.topic, filter: config.filter, state: 'ACTIVE' })
    })
    .post('/v1/projects/:project/topics/:name{[^/:]+:publish}', async (c) => {
      const { messages } = await readBody(c, PublishBody, MAX_PUBLISH_BYTES)
      return c.json({ messageIds: await publish(resource(c, 'topics'), messages) })
    })
    .post('/v1/projects/:project/subscriptions/:name{[^/:]+:pull}', async (c) => {
      const { maxMessages } = await readBody(c, PullBody)
      const taken = pullable(c).pull(maxMessages)
      const receivedMessages = taken.map(({ ackId, message: { id, data, attributes, published_at } }) => ({
        ackId,
        message: {
          messageId: String(id),
          publishTime: published_at,
          attributes,
          data: Buffer.from(data).toString('base64'),
        },
      }))
      return c.json(receivedMessages.length > 0 ? { receivedMessages } : {})
    })
    .post('/v1/projects/:project/subscriptions/:name{[^/:]+:acknowledge}', async (c) => {
      await pullable(c).acknowledge((await readBody(c, AckBody)).ackIds)
      return c.json({})
    })
    .post('/v1/projects/:project/subscriptions/:name{[^/:]+:modifyAckDeadline}', async (c) => {
      const { ackIds, ackDeadlineSeconds } = await readBody(c, ModifyAckBody)
      pullable(c).extend(ackIds, ackDeadlineSeconds * 1_000)
      return c.json({})
    })

  const count = (pull: boolean) =>
    [...subscriptions.values()].reduce((sum, s) => sum + ((s.pull !== undefined) === pull ? s.outlet.size() : 0), 0)
  return {
    routes,
    /** Not yet acknowledged by push subscribers: waiting, in flight or backing off. */
    undelivered: () => count(false),
    /** Held for pull subscribers. */
    held: () => count(true),
    close: async () => void (await Promise.all([...subscriptions.values()].map(({ outlet }) => outlet.close()))),
  }
}

const isPush = (body: z.output<typeof SubscriptionBody>) => (body.pushConfig?.pushEndpoint ?? '') !== ''

function parseSubscription(text: string): z.output<typeof SubscriptionBody> {
  try {
    const body = SubscriptionBody.parse(JSON.parse(text))
    compileFilter(body.filter)
    if (isPush(body) && !body.pushConfig?.noWrapper?.writeMetadata) {
      throw new Error('the local cloud pushes only with noWrapper.writeMetadata')
    }
    return body
  } catch (cause) {
    const message =
      cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : String(cause)
    throw new ApiError('INVALID_ARGUMENT', message)
  }
}

// The verb after the colon (`:publish`) is part of the last path segment.
function resource(c: Context, kind: 'topics' | 'subscriptions'): string {
  const [name] = pathParam(c, 'name').split(':')
  return `projects/${pathParam(c, 'project')}/${kind}/${name}`
}
