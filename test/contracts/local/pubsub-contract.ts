import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { endpoint, projectId, pubsubClient, subscriberClient } from './clients.ts'

export interface Target {
  port: number
  stop(): Promise<void>
}

/** Where Google's emulator differs from the service; each is asserted, so that a newer emulator tells. */
export interface Gaps {
  /** What stands for an absent content type. */
  contentType?: string
  /** Filters are stored, not applied. */
  filters?: boolean
}

/** What product code relies on, over Google's own client. */
export function pubsubContract(name: string, start: () => Promise<Target>, gaps: Gaps = {}) {
  describe(`Pub/Sub of ${name}`, () => {
    let target: Target
    beforeAll(async () => {
      target = await start()
    }, 60_000)
    afterAll(() => target?.stop())

    async function put(path: string, body: object) {
      const response = await fetch(`http://127.0.0.1:${target.port}/v1/projects/${projectId}/${path}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(response.status, await response.text()).toBe(200)
    }

    async function subscribed(pushEndpoint: string | undefined, more: object = {}) {
      const id = randomUUID()
      const topic = `topic.${id}`
      await put(`topics/${topic}`, {})
      await put(`subscriptions/sub.${id}`, {
        topic: `projects/${projectId}/topics/${topic}`,
        ...(pushEndpoint && { pushConfig: { pushEndpoint, noWrapper: { writeMetadata: true } } }),
        ackDeadlineSeconds: 10,
        ...more,
      })
      return {
        topic: pubsubClient(target.port).topic(topic),
        subscription: `projects/${projectId}/subscriptions/sub.${id}`,
      }
    }

    test('pushes the bare data with every attribute as a header', async () => {
      const hook = await endpoint(() => 204)
      const { topic, subscription } = await subscribed(hook.url)
      const attributes = {
        'ce-id': 'e1',
        'ce-type': 'rows.synced',
        'ce-class': 'fact',
        'Content-Type': 'application/json',
      }
      const messageId = await topic.publishMessage({ data: Buffer.from('{"a":1}'), attributes })
      const { headers, body } = await hook.nth(1)
      expect(body).toBe('{"a":1}')
      expect(headers).toMatchObject({
        'ce-id': 'e1',
        'ce-type': 'rows.synced',
        'ce-class': 'fact',
        'content-type': 'application/json',
        'x-goog-pubsub-message-id': messageId,
        'x-goog-pubsub-subscription-name': subscription,
      })
      expect(Date.parse(String(headers['x-goog-pubsub-publish-time']))).toBeGreaterThan(Date.now() - 60_000)
    })

    test('sends no content type when the message has none', async () => {
      const hook = await endpoint(() => 204)
      const { topic } = await subscribed(hook.url)
      await topic.publishMessage({ data: Buffer.from('{}'), attributes: { 'ce-id': 'e1' } })
      const { headers } = await hook.nth(1)
      expect(headers['content-type']).toBe(gaps.contentType)
    })

    test('delivers again, no sooner than the minimum back-off, until the endpoint accepts', async () => {
      const hook = await endpoint((_, n) => (n < 3 ? 500 : 200))
      const { topic } = await subscribed(hook.url, { retryPolicy: { minimumBackoff: '0.2s', maximumBackoff: '1s' } })
      await topic.publishMessage({ data: Buffer.from('x') })
      const [first, second, third] = [await hook.nth(1), await hook.nth(2), await hook.nth(3)]
      expect(second.atMs - first.atMs).toBeGreaterThanOrEqual(150)
      expect(third.atMs - second.atMs).toBeGreaterThanOrEqual(150)
      expect(new Set([first, second, third].map(({ headers }) => headers['x-goog-pubsub-message-id'])).size).toBe(1)
    })

    test('moves a message that fails too often to the dead-letter topic, where it can be pulled and acknowledged', async () => {
      const hook = await endpoint((push) => (push.body === 'poison' ? 500 : 204))
      const dead = await subscribed(undefined)
      const { topic } = await subscribed(hook.url, {
        retryPolicy: { minimumBackoff: '0.01s', maximumBackoff: '0.02s' },
        deadLetterPolicy: {
          deadLetterTopic: `projects/${projectId}/topics/${dead.topic.name.split('/').at(-1)}`,
          maxDeliveryAttempts: 5,
        },
      })
      await topic.publishMessage({ data: Buffer.from('poison'), attributes: { 'ce-id': 'p1' } })
      await topic.publishMessage({ data: Buffer.from('fine') })
      await hook.nth(6)
      const subscriber = subscriberClient(target.port)
      const received = await vi.waitFor(async () => {
        const [{ receivedMessages }] = await subscriber.pull({ subscription: dead.subscription, maxMessages: 10 })
        expect(receivedMessages).toHaveLength(1)
        return receivedMessages?.[0]
      }, 10_000)
      expect(Buffer.from(received?.message?.data ?? '').toString()).toBe('poison')
      expect(received?.message?.attributes).toMatchObject({
        'ce-id': 'p1',
        CloudPubSubDeadLetterSourceDeliveryCount: '5',
      })
      expect(hook.pushes.filter(({ body }) => body === 'poison')).toHaveLength(5)
      await subscriber.acknowledge({ subscription: dead.subscription, ackIds: [received?.ackId ?? ''] })
    })

    test('delivers only what the filter lets through', async () => {
      const hook = await endpoint(() => 204)
      const { topic } = await subscribed(hook.url, { filter: 'attributes.ce-class = "fact"' })
      await topic.publishMessage({ data: Buffer.from('1'), attributes: { 'ce-class': 'telemetry' } })
      await topic.publishMessage({ data: Buffer.from('2'), attributes: {} })
      await topic.publishMessage({ data: Buffer.from('3'), attributes: { 'ce-class': 'fact' } })
      const passed = gaps.filters ? ['1', '2', '3'] : ['3']
      await hook.nth(passed.length)
      expect(hook.pushes.map(({ body }) => body).sort()).toEqual(passed)
    })

    test('answers NOT_FOUND to a publish on an unknown topic', async () => {
      const unknown = pubsubClient(target.port).topic('nobody.made.this')
      await expect(unknown.publishMessage({ data: Buffer.from('x') })).rejects.toMatchObject({ code: 5 })
    })
  })
}
