import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readMap, subscriptionsOf } from '../../../scripts/local/map.ts'
import { temporaryDirectory } from './clients.ts'

async function read(locals: object) {
  const file = join(await temporaryDirectory(), 'functions.tf.json')
  await writeFile(file, JSON.stringify({ locals: { functions: {}, subscriptions: {}, topics: [], ...locals } }))
  return readMap(file)
}

test("the platform's own map is read, and each subscription has a name of its own", async () => {
  const map = await readMap(fileURLToPath(new URL('../../../infra/functions.tf.json', import.meta.url)))
  const names = subscriptionsOf(map).map(({ name }) => name)
  expect(Object.keys(map.functions)).toContain('api')
  expect(new Set(names).size).toBe(names.length)
  expect(names).toContain('pulsepoint-analytics')
})

test('an entry of `on` is a topic or a named subscription', async () => {
  const map = await read({
    functions: { sink: { on: ['rows.synced', 'analytics'], publishes: [], secrets: [] } },
    subscriptions: { analytics: { topic: 'events', filter: 'attributes:x' }, unused: { topic: 'events', filter: '' } },
    topics: ['rows.synced', 'events'],
  })
  expect(subscriptionsOf(map)).toEqual([
    { name: 'sink.rows.synced', topic: 'rows.synced', filter: '', functionName: 'sink' },
    { name: 'analytics', topic: 'events', filter: 'attributes:x', functionName: 'sink' },
  ])
})

test.each([
  ['an unknown topic', { functions: { f1: { on: ['nowhere'], publishes: [], secrets: [] } } }, 'nowhere'],
  [
    'a schedule that cannot be run',
    { functions: { f1: { schedule: '*/5 * * * *', publishes: [], secrets: [] } } },
    'm h \\* \\* \\*',
  ],
  ['an unknown key', { functions: { f1: { publishes: [], secrets: [], cpu: 2 } } }, 'cpu'],
])('refuses %s', async (_, locals, message) => {
  await expect(read(locals)).rejects.toThrow(new RegExp(message))
})

test('exactly /mcp is the MCP endpoint; what is below it is administration, which the API answers', async () => {
  const map = await readMap(fileURLToPath(new URL('../../../infra/functions.tf.json', import.meta.url)))
  const answeredBy = (pattern: string) =>
    Object.entries(map.functions).flatMap(([name, { http }]) => (http.includes(pattern) ? [name] : []))
  expect([answeredBy('/mcp'), answeredBy('/mcp/admin/*')]).toEqual([['mcp'], ['api']])
})
