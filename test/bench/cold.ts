import { execFile, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startCloud } from '../../scripts/local/cloud.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { installAlone, linkFramework } from '../build/installed.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, median, printTable, progress, whole, writeJson } from './report.ts'

const HELP = `What a cold start costs: from the process's start to its first answer, of bundles against an empty function of the framework,
with the framework installed beside it as usual, in time and in time of the processor, which other work on the machine disturbs less.

  npm run bench:cold -- [options]

  --repeat N    rounds, all functions in each; medians count (default 7)
  --json FILE   write what was measured

api answers a request without a token (401), which needs no query; workers answer an event of a type that they do not handle.
`

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FRAMEWORK = '@google-cloud/functions-framework'
const MEASURED = [
  'api',
  'mcp',
  'webhooks',
  'sync-shopify',
  'attribute-orders',
  'evaluate-alerts',
  'deliver-alerts',
  'sink-bigquery',
]
const FRONTS = new Set(['api', 'mcp', 'webhooks', 'empty-http'])
/** Of a type that nobody handles. */
const EVENT = {
  'ce-id': '1',
  'ce-type': 'bench.nothing',
  'ce-source': 'bench',
  'ce-specversion': '1.0',
  'ce-time': '2026-01-01T00:00:00Z',
}

/** Tells when it listens. Not that of npm start, which is TypeScript: to strip that would cost each of them 60 ms. */
const TELLS = `data:text/javascript,${encodeURIComponent(`import { subscribe } from 'node:diagnostics_channel'
process.channel.unref()
subscribe('tracing:net.server.listen:asyncEnd', () => process.send('listening'))`)}`

type Start = { answer_ms: number; processor_ms: number }

const options = readOptions(HELP, { sizes: '1', repeat: '7' })
const folder = await mkdtemp(path.join(tmpdir(), 'pulsepoint-cold-'))
const cloud = await startCloud({ stateDir: path.join(folder, 'cloud'), port: 0 })
const key = randomBytes(32).toString('base64')
await putSecrets(cloud.url, 'bench', { JWT_KEYS: JSON.stringify({ current: 'k1', keys: { k1: key } }) })
try {
  const on = machine('not used')
  progress('bundles …')
  await promisify(execFile)(process.execPath, ['scripts/build.ts', '--out', folder, ...MEASURED], { cwd: ROOT })
  for (const name of MEASURED) await linkFramework(path.join(folder, name))
  await empty('empty-http', "http('empty-http', (_, response) => response.send('ok'))")
  await empty('empty-event', "cloudEvent('empty-event', () => {})")
  const names = ['empty-http', 'empty-event', ...MEASURED]
  const times = new Map(names.map((name) => [name, [] as Start[]]))
  for (let round = 1; round <= options.repeat; round += 1) {
    progress(`round ${round} of ${options.repeat}`)
    for (const name of names) times.get(name)?.push(await start(name))
  }
  console.log(machineLine(on))
  const of = (name: string, what: keyof Start): number => median((times.get(name) ?? []).map((each) => each[what]))
  const cells = (name: string, what: keyof Start): string[] => {
    const ratio = of(name, what) / of(FRONTS.has(name) ? 'empty-http' : 'empty-event', what)
    return [`${whole(of(name, what))} ms`, `${ratio.toFixed(2)} x`]
  }
  const rows = await Promise.all(
    names.map(async (name) => {
      const size = `${whole((await bytesOf(name)) / 1024)} KiB`
      return [name, ...cells(name, 'answer_ms'), ...cells(name, 'processor_ms'), size]
    }),
  )
  printTable([['function', 'first answer', 'of an empty one', 'processor', 'of an empty one', 'bundle'], ...rows])
  await writeJson(options.json, { on, times: Object.fromEntries(times) })
} finally {
  await cloud.close()
  await rm(folder, { recursive: true, force: true })
}

async function empty(name: string, code: string): Promise<void> {
  await installAlone(FRAMEWORK, path.join(folder, name))
  await writeFile(path.join(folder, name, 'package.json'), '{"type":"module"}')
  await writeFile(path.join(folder, name, 'index.js'), `import { http, cloudEvent } from '${FRAMEWORK}'\n${code}\n`)
}

async function start(name: string): Promise<Start> {
  const port = await freePort()
  const started = performance.now()
  const child = fork(
    path.join(folder, name, 'node_modules', FRAMEWORK, 'build/src/main.js'),
    [`--target=${name}`, `--port=${port}`],
    {
      cwd: path.join(folder, name),
      silent: true,
      execArgv: ['--import', TELLS],
      env: {
        PATH: process.env.PATH,
        K_SERVICE: name,
        ENVIRONMENT: 'development',
        GOOGLE_CLOUD_PROJECT: 'bench',
        METADATA_SERVER_DETECTION: 'none',
        DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:9/none',
        CLOUD_ENDPOINT: cloud.url,
      },
    },
  )
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(String(chunk)))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const listening = new Promise<void>((resolve) => child.once('message', () => resolve()))
  await Promise.race([
    listening,
    exited.then(() => Promise.reject(new Error(`${name} ended before it listened:\n${output.join('')}`))),
  ])
  const response = await fetch(`http://127.0.0.1:${port}${name === 'api' ? '/api/brands' : '/mcp'}`, {
    method: FRONTS.has(name) && name !== 'mcp' ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...EVENT },
    ...(!FRONTS.has(name) || name === 'mcp' ? { body: '{}' } : {}),
  })
  await response.arrayBuffer()
  const took = { answer_ms: performance.now() - started, processor_ms: await processorMs(child.pid) }
  if (response.status >= 500) throw new Error(`${name} answered ${response.status}`)
  child.kill('SIGKILL')
  await exited
  return took
}

/** What all threads of a process have used so far. Source: proc(5), schedstat: nanoseconds on a processor come first. */
async function processorMs(pid: number | undefined): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`)
  const stats = await Promise.all(threads.map((each) => readFile(`/proc/${pid}/task/${each}/schedstat`, 'utf8')))
  return stats.reduce((sum, stat) => sum + Number(stat.split(' ')[0]), 0) / 1e6
}

async function bytesOf(name: string): Promise<number> {
  const files = (await readdir(path.join(folder, name))).filter((file) => /\.m?js$/.test(file))
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(folder, name, file))).size))
  return sizes.reduce((sum, each) => sum + each, 0)
}
