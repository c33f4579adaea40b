import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleOf } from '../../scripts/build/options.ts'
import { setSecret, useCloud } from '../support/cloud.ts'

const cloud = useCloud()
let folder = ''
type Bundled = typeof import('../../shared/cloud/firestore.ts') &
  typeof import('../../shared/cloud/pubsub.ts') &
  typeof import('../../shared/cloud/secrets.ts') &
  typeof import('../../shared/cloud/tasks.ts')
let bundled: Bundled

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pulsepoint-clients-'))
  const clients = new URL('../../shared/cloud', import.meta.url).pathname
  const entry = path.join(folder, 'clients.ts')
  await writeFile(entry, (await readdir(clients)).map((file) => `export * from '${clients}/${file}'`).join('\n'))
  await build({ ...bundleOf(entry, folder), entryNames: 'index', sourcemap: false })
  bundled = await import(pathToFileURL(path.join(folder, 'index.mjs')).href)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test("in a bundle, without gRPC, Google's clients say to the cloud what they say outside of one", async () => {
  await setSecret(cloud.current().url, 'SMTP_URL', 'smtp://mail.example')
  expect(await bundled.secret('SMTP_URL')).toBe('smtp://mail.example')
  const attributes = { 'ce-id': uuidv7(), 'ce-type': 'tenant.created', 'Content-Type': 'application/json' }
  await bundled.publish('tenant.created', [{ attributes, data: '{}' }])
  const later = { id: uuidv7(), at: new Date(Date.now() + 60_000) }
  await bundled.publishLater('tenant.created', { attributes, data: '{}' }, later)
  await bundled.publishLater('tenant.created', { attributes, data: '{}' }, later) // its name is taken, which is no error
  await bundled.writeDocument('answers/one', { text: 'kept' }, 30_000)
  expect(await bundled.readDocument('answers/one', 30_000)).toEqual({ text: 'kept' })
  const counter = { path: 'limits/one', by: 2, expiresAt: new Date(Date.now() + 60_000) }
  expect(await bundled.addToCounters([counter], 30_000)).toEqual([2])
  await expect(bundled.publish('no-such-topic', [{ attributes, data: '{}' }])).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })
})
