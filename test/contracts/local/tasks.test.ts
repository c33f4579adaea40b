import { expect, test } from 'vitest'
import type { Cloud } from '../../../scripts/local/cloud.ts'
import { endpoint, projectId, pubsubClient, tasksClient, temporaryDirectory, testCloud } from './clients.ts'

const parent = `projects/${projectId}/locations/us-central1/queues/delays`

/** Creates the task that the product creates: a publish on a topic, with a name or without. */
async function delay(cloud: Cloud, { topic = 'rows', data = 'x', ...task }: Delayed = {}) {
  const [created] = await tasksClient(cloud.port).createTask({
    parent,
    task: {
      ...(task.name && { name: `${parent}/tasks/${task.name}` }),
      ...(task.atMs !== undefined && {
        scheduleTime: { seconds: Math.floor(task.atMs / 1_000), nanos: (task.atMs % 1_000) * 1e6 },
      }),
      httpRequest: {
        httpMethod: 'POST',
        url: `${cloud.url}/v1/projects/${projectId}/topics/${topic}:publish`,
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from(JSON.stringify({ messages: [{ data: Buffer.from(data).toString('base64') }] })),
        oauthToken: { serviceAccountEmail: 'tasks@example.com' },
      },
      dispatchDeadline: { seconds: 30 },
    },
  })
  return created
}

interface Delayed {
  topic?: string
  data?: string
  name?: string
  atMs?: number
}

async function subscribed(cloud: Cloud, topic = 'rows') {
  const hook = await endpoint(() => 204)
  await pubsubClient(cloud.port).createTopic(topic)
  const pushConfig = { pushEndpoint: hook.url, noWrapper: { writeMetadata: true } }
  await pubsubClient(cloud.port).topic(topic).createSubscription(`s.${topic}`, { pushConfig })
  return hook
}

test('a task without a time is carried out at once', async () => {
  const cloud = await testCloud()
  const hook = await subscribed(cloud)
  const created = await delay(cloud)
  expect(created.name).toMatch(new RegExp(`^${parent}/tasks/.+`))
  expect((await hook.nth(1)).body).toBe('x')
  await cloud.whenIdle()
  expect(cloud.idle()).toEqual({ messages: 0, tasks: 0, deadLetters: 0 })
})

test("a task waits for its time in the product's clock", async () => {
  let nowMs = Date.parse('2030-01-01T00:00:00Z')
  const cloud = await testCloud({ now: () => nowMs })
  const hook = await subscribed(cloud)
  await delay(cloud, { atMs: nowMs + 3_600_000, data: 'later' })
  await delay(cloud, { atMs: nowMs - 1, data: 'now' })
  expect((await hook.nth(1)).body).toBe('now')
  await cloud.whenIdle()
  expect(cloud.idle().tasks).toBe(1)

  const idleWithinTheHour = cloud.whenIdle(3_600_000)
  nowMs += 3_600_000
  cloud.tick()
  await idleWithinTheHour
  expect(hook.pushes.map(({ body }) => body)).toEqual(['now', 'later'])
})

test('a name is taken once, also after the task was carried out, for an hour', async () => {
  let nowMs = Date.parse('2030-01-01T00:00:00Z')
  const cloud = await testCloud({ now: () => nowMs })
  await subscribed(cloud)
  await delay(cloud, { name: 'once' })
  await expect(delay(cloud, { name: 'once' })).rejects.toMatchObject({ code: 6 })
  await cloud.whenIdle()
  await expect(delay(cloud, { name: 'once' })).rejects.toMatchObject({ code: 6 })
  nowMs += 3_600_001
  await delay(cloud, { name: 'once' })
})

test('a task that fails is tried again until it succeeds', async () => {
  const cloud = await testCloud()
  await delay(cloud, { topic: 'not-yet' })
  expect(cloud.idle().tasks).toBe(1)
  const hook = await subscribed(cloud, 'not-yet')
  expect((await hook.nth(1)).body).toBe('x')
})

test('a restart carries out what was still to do', async () => {
  const stateDir = await temporaryDirectory()
  let nowMs = Date.parse('2030-01-01T00:00:00Z')
  const before = await testCloud({ stateDir, now: () => nowMs })
  const hook = await subscribed(before)
  const port = before.port
  await delay(before, { atMs: nowMs + 60_000, name: 'kept' })
  await before.close()

  // The same port: the task's URL names it, as it does when the local start keeps its ports.
  const after = await testCloud({ stateDir, port, now: () => nowMs })
  expect(after.idle().tasks).toBe(1)
  await expect(delay(after, { name: 'kept' })).rejects.toMatchObject({ code: 6 })
  nowMs += 60_000
  after.tick()
  await hook.nth(1)
})

test('refuses what the product does not send', async () => {
  const cloud = await testCloud()
  const create = (task: object) =>
    fetch(`${cloud.url}/v2/${parent}/tasks`, { method: 'POST', body: JSON.stringify({ task }) })
  expect((await create({ httpRequest: { url: 'http://x.example/', httpMethod: 'GET' } })).status).toBe(400)
  const name = 'projects/other/locations/l/queues/q/tasks/t'
  expect((await create({ name, httpRequest: { url: 'http://x.example/', httpMethod: 1 } })).status).toBe(400)
})
