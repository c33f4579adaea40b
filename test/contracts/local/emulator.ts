import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const SDK_ROOTS = [
  process.env.CLOUDSDK_ROOT_DIR ?? '',
  '/usr/lib/google-cloud-sdk',
  '/usr/share/google-cloud-sdk',
  '/opt/google-cloud-sdk',
  '/snap/google-cloud-cli/current',
  '/opt/homebrew/share/google-cloud-sdk',
  join(homedir(), 'google-cloud-sdk'),
]

/** Google's own Pub/Sub emulator, ready to start, or the reason why it cannot be. */
export function findPubSubEmulator(): { start(): Promise<Emulator> } | { missing: string } {
  const jar = SDK_ROOTS.map((root) => join(root, 'platform/pubsub-emulator/lib'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .find((file) => file.endsWith('-all.jar'))
  if (!jar) return { missing: 'no Google Cloud SDK with the pubsub-emulator component' }
  if (!onPath('java')) return { missing: 'java is not on PATH' }
  return { start: () => start(jar) }
}

export interface Emulator {
  port: number
  stop(): Promise<void>
}

const onPath = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))

async function start(jar: string): Promise<Emulator> {
  const port = await freePort()
  const java = spawn('java', ['-jar', jar, '--host=127.0.0.1', `--port=${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => java.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let printed = ''
    java.stderr.on('data', (chunk: Buffer) => {
      printed += chunk
      if (printed.includes('Server started')) resolve()
    })
    void exited.then(() => reject(new Error(`the emulator ended: ${printed}`)))
    java.once('error', reject)
  })
  return {
    port,
    stop: () => {
      java.kill('SIGKILL')
      return exited
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
