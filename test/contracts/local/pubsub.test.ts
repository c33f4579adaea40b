import { rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { startCloud } from '../../../scripts/local/cloud.ts'
import { compileFilter } from '../../../scripts/local/pubsub-filter.ts'
import { scratch } from '../../support/scratch.ts'
import { endpoint, projectId, pubsubClient, subscriberClient, temporaryDirectory, testCloud } from './clients.ts'
import { pubsubContract } from './pubsub-contract.ts'

pubsubContract('the local cloud', async () => {
  const stateDir = await scratch('local-cloud-')
  const cloud = await startCloud({ stateDir, port: 0 })
  const stop = async () => {
    await cloud.close()
    await rm(stateDir, { recursive: true })
  }
  return { port: cloud.port, stop }
})

const unwrapped = (pushEndpoint: string) => ({ pushConfig: { pushEndpoint, noWrapper: { writeMetadata: true } } })
const retryPolicy = { minimumBackoff: { nanos: 10_000_000 }, maximumBackoff: { nanos: 20_000_000 } }

describe('what only the local cloud is asked', () => {
  test('the client makes topics and subscriptions, again and again', async () => {
    const cloud = await testCloud()
    const pubsub = pubsubClient(cloud.port)
    const hooks = [await endpoint(() => 204), await endpoint(() => 204)]
    for (const hook of hooks) {
      await pubsub.createTopic('rows.synced')
      await pubsub.topic('rows.synced').createSubscription('taker', unwrapped(hook.url))
    }
    await pubsub.topic('rows.synced').publishMessage({ data: Buffer.from('x') })
    expect((await hooks[1]?.nth(1))?.body).toBe('x')
    expect(hooks[0]?.pushes).toEqual([])
  })

  test('an unanswered push is delivered again after the ack deadline', async () => {
    const cloud = await testCloud()
    const pubsub = pubsubClient(cloud.port)
    const hook = await endpoint((_, n) => (n === 1 ? undefined : 204))
    await pubsub.createTopic('slow')
    await pubsub.topic('slow').createSubscription('s', { ...unwrapped(hook.url), ackDeadlineSeconds: 1, retryPolicy })
    await pubsub.topic('slow').publishMessage({ data: Buffer.from('x') })
    const [first, second] = [await hook.nth(1), await hook.nth(2)]
    expect(second.atMs - first.atMs).toBeGreaterThan(950)
    await cloud.whenIdle()
    expect(cloud.idle()).toEqual({ messages: 0, tasks: 0, deadLetters: 0 })
  })

  test('a restart delivers what was not acknowledged, with its attempts, and nothing else', async () => {
    const stateDir = await temporaryDirectory()
    const before = await testCloud({ stateDir })
    const pubsub = pubsubClient(before.port)
    const hook = await endpoint(({ body }, n) => (body === 'done' ? 204 : n < 4 ? 500 : 204))
    await pubsub.createTopic('rows')
    await pubsub.topic('rows').createSubscription('s', { ...unwrapped(hook.url), retryPolicy })
    await pubsub.topic('rows').publishMessage({ data: Buffer.from('done') })
    await before.whenIdle()
    await pubsub.topic('rows').publishMessage({ data: Buffer.from('kept'), attributes: { 'ce-id': '7' } })
    await hook.nth(2)
    await before.close()
    const seen = hook.pushes.length

    const after = await testCloud({ stateDir })
    await after.whenIdle()
    const delivered = hook.pushes.slice(seen)
    expect(delivered.length).toBeGreaterThan(0)
    expect(delivered.map(({ body, headers }) => [body, headers['ce-id']])).toEqual(delivered.map(() => ['kept', '7']))
    await pubsubClient(after.port)
      .topic('rows')
      .publishMessage({ data: Buffer.from('new') })
    await after.whenIdle()
    expect(hook.pushes.at(-1)?.body).toBe('new')
  })

  test('held deliveries wait for their subscription to be wired again', async () => {
    const stateDir = await temporaryDirectory()
    const gone = await endpoint(() => 500)
    const before = await testCloud({ stateDir })
    await pubsubClient(before.port).createTopic('rows')
    await pubsubClient(before.port)
      .topic('rows')
      .createSubscription('s', { ...unwrapped(gone.url), retryPolicy })
    await pubsubClient(before.port)
      .topic('rows')
      .publishMessage({ data: Buffer.from('x') })
    await gone.nth(1)
    await before.close()
    const seen = gone.pushes.length

    const after = await testCloud({ stateDir, holdDeliveries: true })
    expect(after.idle().messages).toBe(1)
    const hook = await endpoint(() => 204)
    await pubsubClient(after.port)
      .topic('rows')
      .createSubscription('s', { ...unwrapped(hook.url), retryPolicy })
    await after.whenIdle()
    expect(hook.pushes).toHaveLength(1)
    expect(gone.pushes).toHaveLength(seen)
  })

  test('no more pushes than allowed are in flight', async () => {
    const cloud = await testCloud({ maxOutstanding: 4 })
    const pubsub = pubsubClient(cloud.port)
    let inFlight = 0
    let most = 0
    const full = Promise.withResolvers<void>()
    const hook = await endpoint(async () => {
      inFlight += 1
      most = Math.max(most, inFlight)
      if (inFlight === 4) full.resolve()
      await full.promise
      await new Promise((resolve) => setTimeout(resolve, 5)) // time for one too many to come
      inFlight -= 1
      return 204
    })
    await pubsub.createTopic('many')
    await pubsub.topic('many').createSubscription('s', unwrapped(hook.url))
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => pubsub.topic('many').publishMessage({ data: Buffer.from(`${i}`) })),
    )
    await cloud.whenIdle()
    expect(new Set(hook.pushes.map(({ body }) => body)).size).toBe(100)
    expect(most).toBe(4)
  })

  test('what was pulled and not acknowledged can be pulled again', async () => {
    const cloud = await testCloud()
    const pubsub = pubsubClient(cloud.port)
    await pubsub.createTopic('dead-letters')
    await pubsub.topic('dead-letters').createSubscription('dead-letters', { ackDeadlineSeconds: 10 })
    await pubsub.topic('dead-letters').publishMessage({ data: Buffer.from('x') })
    const subscriber = subscriberClient(cloud.port)
    const subscription = subscriber.subscriptionPath(projectId, 'dead-letters')
    const pull = async () => (await subscriber.pull({ subscription, maxMessages: 10 }))[0].receivedMessages ?? []
    const [first] = await pull()
    expect(await pull()).toEqual([])
    await subscriber.modifyAckDeadline({ subscription, ackIds: [first?.ackId ?? ''], ackDeadlineSeconds: 0 })
    const [again] = await pull()
    expect(again?.message?.messageId).toBe(first?.message?.messageId)
    expect(cloud.idle()).toEqual({ messages: 0, tasks: 0, deadLetters: 1 })
    await subscriber.acknowledge({ subscription, ackIds: [again?.ackId ?? ''] })
    expect(cloud.idle().deadLetters).toBe(0)
  })

  test.each([
    ['no messages', { messages: [] }, 400],
    ['an empty message', { messages: [{}] }, 400],
    ['1,001 messages', { messages: Array.from({ length: 1_001 }, () => ({ data: 'eA==' })) }, 400],
    ['more than 10 MB', { messages: [{ data: Buffer.alloc(8_000_000).toString('base64') }] }, 413],
    ['an attribute over 1,024 bytes', { messages: [{ attributes: { k: 'v'.repeat(1_025) } }] }, 400],
  ])('refuses to publish %s', async (_, body, status) => {
    const cloud = await testCloud()
    await pubsubClient(cloud.port).createTopic('rows')
    const url = `${cloud.url}/v1/projects/pulsepoint-local/topics/rows:publish`
    expect((await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status).toBe(status)
  })
})

describe('filters', () => {
  const fact = { 'ce-class': 'fact', 'ce-type': 'sync.completed' }
  test.each([
    ['', true],
    ['attributes.ce-class = "fact"', true],
    ['attributes."ce-class" = "fact"', true],
    ['attributes.ce-class != "fact"', false],
    ['attributes.missing != "fact"', true],
    ['attributes:ce-type', true],
    ['attributes:missing', false],
    ['hasPrefix(attributes.ce-type, "sync.")', true],
    ['hasPrefix(attributes."ce-type", "alert.")', false],
    ['attributes:ce-type AND attributes:missing', false],
    ['attributes:ce-type OR attributes:missing', true],
    ['NOT attributes:missing AND attributes.ce-class = "fact"', true],
    ['-attributes:ce-type', false],
    ['attributes:missing OR (attributes:ce-type AND NOT attributes.ce-class = "telemetry")', true],
  ])('%s -> %s', (source, passes) => {
    expect(compileFilter(source)(fact)).toBe(passes)
  })

  test.each([
    'bogus',
    'attributes.k',
    'attributes.k = v',
    'attributes:a AND attributes:b OR attributes:c',
    'attributes.k = "v" extra',
    '(attributes:a',
    'attributes.k > "1"',
  ])('%s is refused', (source) => {
    expect(() => compileFilter(source)).toThrow(/filter:/)
  })
})
