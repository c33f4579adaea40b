import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { PlatformMap } from './map.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FRAMEWORK = join(ROOT, 'node_modules/@google-cloud/functions-framework/build/src/main.js')
const PRELOAD = new URL('./exit-with-parent.ts', import.meta.url).href
const FIRST_RESTART_MS = 250
const MAX_RESTART_MS = 10_000
/** A process that lived this long starts over with the shortest wait. */
const STABLE_MS = 30_000
const STOP_GRACE_MS = 10_000
/** What a process needs of this machine; everything else is the caller's. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'NODE_EXTRA_CA_CERTS']

export interface FunctionsOptions {
  map: PlatformMap
  /** The environment of one function, over PATH and the like. */
  env(name: string): Record<string, string>
  /** A port for each function of the map; it keeps it over restarts. */
  ports: Readonly<Record<string, number>>
  /** Holds logs/<name>.log and, unless NODE_COMPILE_CACHE names another, the compile cache. */
  stateDir: string
  log(line: string): void
  /** Folder with one folder a function, each an index.ts or a bundled index.mjs; default: the sources. */
  sourceDir?: string
}

export interface Functions {
  url(name: string): string
  /** Of the process that now serves the function; undefined while it is down. */
  pid(name: string): number | undefined
  /** Resolves when the function serves (again). */
  ready(name: string): Promise<void>
  /** SIGTERM to all, SIGKILL to what is left after 10 s. */
  stop(): Promise<void>
}

interface Running {
  child: ChildProcess
  ready: Promise<void>
  exited: Promise<void>
}

/**
 * Runs each function of the map as the platform does: the functions framework in a process of its own. Resolves when all
 * serve. A process that ends is started again with back-off. Rejects, with all stopped, when one ends before it served once.
 */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const supervisors = new Map(Object.keys(options.map.functions).map((name) => [name, supervise(name, options)]))
  const stop = async () => void (await Promise.all([...supervisors.values()].map((each) => each.stop())))
  const find = (name: string) => {
    const supervisor = supervisors.get(name)
    if (!supervisor) throw new Error(`no function called ${name}`)
    return supervisor
  }
  try {
    await Promise.all([...supervisors.values()].map((each) => each.firstReady))
  } catch (cause) {
    await stop()
    throw cause
  }
  return {
    url: (name) => `http://127.0.0.1:${find(name).port}/`,
    pid: (name) => find(name).pid(),
    ready: (name) => find(name).ready(),
    stop,
  }
}

function supervise(name: string, options: FunctionsOptions) {
  const { log } = options
  const port = options.ports[name]
  if (port === undefined) throw new Error(`no port for the function ${name}`)
  mkdirSync(join(options.stateDir, 'logs'), { recursive: true })
  const logFile = createWriteStream(join(options.stateDir, 'logs', `${name}.log`), { flags: 'a' })
  let stopping = false
  let waitMs = FIRST_RESTART_MS
  let timer: NodeJS.Timeout | undefined
  let wake: (() => void)[] = []
  let current = start()

  function start(): Running {
    const startedMs = performance.now()
    const running = spawnFunction(name, port ?? 0, options, (line) => void logFile.write(`${line}\n`))
    running.ready.then(
      () => {
        for (const each of wake) each()
        wake = []
      },
      () => undefined,
    )
    void running.exited.then(() => {
      if (stopping) return
      if (performance.now() - startedMs > STABLE_MS) waitMs = FIRST_RESTART_MS
      log(`${name} ended (${running.child.signalCode ?? running.child.exitCode}); starting it again in ${waitMs} ms`)
      timer = setTimeout(() => {
        current = start()
      }, waitMs)
      waitMs = Math.min(MAX_RESTART_MS, waitMs * 2)
    })
    return running
  }

  async function stop() {
    stopping = true
    clearTimeout(timer)
    current.child.kill('SIGTERM')
    const kill = setTimeout(() => current.child.kill('SIGKILL'), STOP_GRACE_MS)
    await current.exited
    clearTimeout(kill)
    logFile.end()
  }

  const alive = () => current.child.exitCode === null && current.child.signalCode === null
  return {
    port,
    firstReady: current.ready,
    pid: () => (alive() ? current.child.pid : undefined),
    ready: () => (alive() ? current.ready.catch(() => nextReady()) : nextReady()),
    stop,
  }

  function nextReady(): Promise<void> {
    return new Promise((resolve) => wake.push(resolve))
  }
}

function spawnFunction(name: string, port: number, options: FunctionsOptions, onLine: (line: string) => void): Running {
  const folder = resolve(options.sourceDir ?? join(ROOT, 'functions'), name)
  const bundle = join(folder, 'index.mjs')
  const source = existsSync(bundle) ? bundle : join(folder, 'index.ts')
  const args = ['--import', PRELOAD, FRAMEWORK, `--target=${name}`, `--source=${source}`, `--port=${port}`]
  const inherited = INHERITED.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]]))
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C reaches the supervisor alone, which then stops the functions in order.
    detached: true,
    env: {
      ...Object.fromEntries(inherited),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(options.stateDir, 'compile-cache'),
      FUNCTION_TARGET: name,
      K_SERVICE: name,
      ...options.env(name),
    },
  })
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line)
      if (last.length > 20) last.shift()
      onLine(line)
    })
  }
  const exited = new Promise<void>((done) => {
    // `close` comes after the last line, also when the process could not be started.
    child.once('close', () => done())
    child.once('error', (cause) => onLine(String(cause)))
  })
  const ready = new Promise<void>((serve, fail) => {
    child.on('message', (message) => message === 'listening' && serve())
    void exited.then(() => fail(new Error(`the function ${name} ended before it served:\n${last.join('\n')}`)))
  })
  ready.catch(() => undefined)
  return { child, ready, exited }
}
