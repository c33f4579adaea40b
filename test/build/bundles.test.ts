import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readMap } from '../../scripts/local/map.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { openApiDocument } from '../../shared/http/openapi.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { JWT_KEYS, keyRing, setSecret, useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { linkFramework } from './installed.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PUBLIC_URL = 'http://localhost:8080'
const FRAMEWORK = '@google-cloud/functions-framework'
const { functions } = await readMap(path.join(ROOT, 'infra/functions.tf.json'))
/** One of each trigger; BUNDLES=all for all of them. */
const NAMES = process.env.BUNDLES === 'all' ? Object.keys(functions) : ['api', 'relay-events', 'deliver-alerts']

const database = useDatabase()
const cloud = useCloud()
let folder = ''

beforeAll(async () => {
  // As the platform finds them: nowhere near this repository, with nothing installed but what package.json names.
  folder = await mkdtemp(path.join(tmpdir(), 'pulsepoint-bundles-'))
  await promisify(execFile)(process.execPath, ['scripts/build.ts', '--out', folder, ...NAMES], { cwd: ROOT })
  for (const name of NAMES) await linkFramework(path.join(folder, name))
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts the bundle by the framework's own command; its address once it listens, and the code it ends with. */
async function start(name: string): Promise<{ address: string; ended: Promise<number> }> {
  const port = await freePort()
  const cwd = path.join(folder, name)
  const main = path.join(cwd, 'node_modules', FRAMEWORK, 'build/src/main.js')
  const output: string[] = []
  const { db = 'app' } = functions[name] ?? {}
  const child = fork(main, [`--target=${name}`, `--port=${port}`], {
    cwd,
    silent: true,
    execArgv: ['--import', path.join(ROOT, 'scripts/local/exit-with-parent.ts')], // tells when it listens
    env: {
      PATH: process.env.PATH,
      K_SERVICE: name,
      ENVIRONMENT: 'development',
      GOOGLE_CLOUD_PROJECT: 'pulsepoint-test',
      METADATA_SERVER_DETECTION: 'none',
      CLOUD_ENDPOINT: cloud.current().url,
      DATABASE_URL: database.url(`pulsepoint_${db}`),
      PUBLIC_URL,
    },
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(String(chunk)))
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const listening = new Promise<void>((resolve) => child.on('message', () => resolve()))
  await Promise.race([listening, exited.then(() => Promise.reject(new Error(`${name} ended:\n${output.join('')}`)))])
  return { address: `http://127.0.0.1:${port}`, ended: exited.then(([code]) => Number(code)) }
}

test.each(NAMES)('the bundle of %s answers its trigger with nothing but its own dependencies', async (name) => {
  const { address } = await start(name)
  const { http, schedule } = functions[name] ?? { http: [] }
  if (http.length > 0) {
    const response = await fetch(`${address}${(http[0] ?? '/').replace('*', 'nowhere')}`)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff') // set by us, not by the framework
    expect(response.status).toBeLessThan(500)
  } else if (schedule) {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    // Here nobody publishes exchange rates, which the daily chores tell as 503.
    expect(name === 'maintain' ? [200, 503] : [200]).toContain(response.status)
    expect(await response.json()).toEqual(expect.any(Object))
  } else {
    const envelope = {
      id: uuidv7(),
      type: 'alert.raised',
      tenantid: uuidv7(),
      time: new Date().toISOString(),
      source: 'test',
    }
    const headers = Object.fromEntries(Object.entries(envelope).map(([key, value]) => [`ce-${key}`, value]))
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'ce-specversion': '1.0', ...headers },
      body: '{}',
    })
    expect(response.status).toBe(204)
  }
})

test.runIf(NAMES.includes('api'))('the bundle of api describes and does what its source declares', async () => {
  const { address } = await start('api')
  const described = await fetch(`${address}/openapi.json`)
  const offered = OPERATIONS.filter(({ surfaces }) => surfaces.includes('http'))
  expect(await described.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument(offered, PUBLIC_URL))))
  const refused = await fetch(`${address}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@example.com', password: 'nothing at all' }),
  })
  expect([refused.status, await refused.json()]).toEqual([
    401,
    { error: expect.objectContaining({ code: 'UNAUTHENTICATED' }) },
  ])
})

test.runIf(NAMES.includes('api'))('api answers before it has its keys, and ends when they are weak', async () => {
  await setSecret(cloud.current().url, 'JWT_KEYS', keyRing(Buffer.alloc(32, 7)))
  onTestFinished(() => setSecret(cloud.current().url, 'JWT_KEYS', keyRing(...JWT_KEYS)))
  const { address, ended } = await start('api')
  expect((await fetch(`${address}/health`)).status).toBe(200)
  expect(await ended).toBe(1)
  expect(await (await start('api')).ended).toBe(1) // nor does one that nobody asks go on
})

test('a bundle is its code, its maps, its framework and a package.json', async () => {
  for (const name of NAMES) {
    const files = await readdir(path.join(folder, name))
    expect(
      files.filter((file) => !/\.mjs(\.map)?$|^package\.json$|^client$|^framework$|^node_modules$/.test(file)),
    ).toEqual([])
    const manifest: unknown = JSON.parse(await readFile(path.join(folder, name, 'package.json'), 'utf8'))
    expect(manifest).toEqual({
      type: 'module',
      main: 'index.mjs',
      dependencies: { [FRAMEWORK]: 'file:framework' },
    })
  }
})
