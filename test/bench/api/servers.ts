import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const HERE = fileURLToPath(new URL('.', import.meta.url))
const FRAMEWORK = path.join(ROOT, 'node_modules/@google-cloud/functions-framework/build/src/main.js')
const PRELOAD = path.join(ROOT, 'scripts/local/exit-with-parent.ts')
const STARTS_WITHIN_MS = 60_000

export type Server = { url: string; stop: () => Promise<void> }
type Environment = Readonly<Record<string, string>>

/** A function as the platform runs it: the functions framework in a process of its own. */
export function startFunction(source: string, target: string, env: Environment): Promise<Server> {
  return start(
    (port) => [FRAMEWORK, `--target=${target}`, `--source=${path.resolve(ROOT, source)}`, `--port=${port}`],
    env,
  )
}

/** A program of this folder that listens on PORT. */
export const startProgram = (file: string, env: Environment): Promise<Server> =>
  start(() => [path.join(HERE, file)], env)

async function start(args: (port: number) => string[], env: Environment): Promise<Server> {
  const port = await freePort()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', PRELOAD, ...args(port)], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env, PORT: String(port) },
  })
  const url = `http://127.0.0.1:${port}`
  await answering(url, child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Any answer will do; a server that does not come up ends the bench. */
async function answering(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + STARTS_WITHIN_MS
  while (child.exitCode === null && Date.now() < until) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`A server did not start: ${child.spawnargs.join(' ')}`)
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
