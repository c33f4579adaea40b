import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import {
  bigqueryClient,
  endpoint,
  projectId,
  pubsubClient,
  secretsClient,
  tasksClient,
  temporaryDirectory,
  testCloud,
} from './clients.ts'

const Published = z.object({ messageIds: z.array(z.string()) })

async function cloudProcess(stateDir: string) {
  const script = fileURLToPath(new URL('fixtures/cloud-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, stateDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const kill = () => {
    child.kill('SIGKILL')
    return exited
  }
  onTestFinished(async () => void (await kill()))
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { port: Number(line), kill }
}

test('whatever was answered survives SIGKILL, under load', async () => {
  const stateDir = await temporaryDirectory()
  const { port, kill } = await cloudProcess(stateDir)
  const refusing = await endpoint(() => 503)
  const pushConfig = { pushEndpoint: refusing.url, noWrapper: { writeMetadata: true } }
  await pubsubClient(port).createTopic('rows')
  await pubsubClient(port).topic('rows').createSubscription('s', { pushConfig })
  await bigqueryClient(port).createDataset('tenant_a')
  await bigqueryClient(port)
    .dataset('tenant_a')
    .createTable('facts', { schema: [{ name: 'n', type: 'INT64' }] })
  const parent = `projects/${projectId}`
  await secretsClient(port).createSecret({ parent, secretId: 'KEY', secret: {} })
  await secretsClient(port).addSecretVersion({ parent: `${parent}/secrets/KEY`, payload: { data: Buffer.from('k') } })
  const queue = `${parent}/locations/l/queues/q`
  const httpRequest = { httpMethod: 'POST' as const, url: 'http://127.0.0.1:9/', body: Buffer.from('{}') }
  await tasksClient(port).createTask({
    parent: queue,
    task: { name: `${queue}/tasks/t`, httpRequest, scheduleTime: { seconds: 4e9 } },
  })

  // Without a client, which would go on trying after the kill.
  const post = async (path: string, body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(200)
    return response.json()
  }
  const published = new Set<string>()
  const inserted = new Set<number>()
  async function publishForEver() {
    for (;;) {
      const answer = await post(`/v1/${parent}/topics/rows:publish`, { messages: [{ data: 'eA==' }, { data: 'eQ==' }] })
      for (const id of Published.parse(answer).messageIds) published.add(id)
    }
  }
  async function insertForEver() {
    for (let n = 0; ; n += 1) {
      const rows = [{ insertId: `${n}`, json: { n } }]
      await post(`/bigquery/v2/${parent}/datasets/tenant_a/tables/facts/insertAll`, { rows })
      inserted.add(n)
      if (n === 40) void kill()
    }
  }
  const ended = await Promise.allSettled([publishForEver(), publishForEver(), insertForEver()])
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])

  const after = await testCloud({ stateDir, holdDeliveries: true })
  const hook = await endpoint(() => 204)
  await pubsubClient(after.port)
    .topic('rows')
    .createSubscription('s', { pushConfig: { ...pushConfig, pushEndpoint: hook.url } })
  await after.whenIdle()
  const delivered = new Set(hook.pushes.map(({ headers }) => headers['x-goog-pubsub-message-id']))
  expect(published.size).toBeGreaterThan(5)
  expect([...published].filter((id) => !delivered.has(id))).toEqual([])

  expect(inserted.size).toBeGreaterThan(40)
  const [rows] = await bigqueryClient(after.port).query(
    'select n, count(*) as copies from tenant_a.facts group by n order by n',
  )
  expect(rows.every(({ copies }) => copies === 1)).toBe(true)
  expect([...inserted].filter((n) => !rows.some((row) => row.n === n))).toEqual([])
  expect(after.idle().tasks).toBe(1)
  const [version] = await secretsClient(after.port).accessSecretVersion({
    name: `${parent}/secrets/KEY/versions/latest`,
  })
  expect(Buffer.from(version.payload?.data ?? '').toString()).toBe('k')
})
