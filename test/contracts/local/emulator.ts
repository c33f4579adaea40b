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

/** How one of Google's emulators lies in the SDK, is started, and says that it serves. */
interface Installed {
  component: string
  folder: string
  jar: string
  java(jar: string, port: number): string[]
  served: string
}

/** Ready to start, or the reason why it cannot be. */
export type Found = { start(): Promise<Emulator> } | { missing: string }

export const findPubSubEmulator = (): Found =>
  find({
    component: 'pubsub-emulator',
    folder: 'platform/pubsub-emulator/lib',
    jar: '-all.jar',
    java: (jar, port) => ['-jar', jar, '--host=127.0.0.1', `--port=${port}`],
    served: 'Server started',
  })

export const findFirestoreEmulator = (): Found =>
  find({
    component: 'cloud-firestore-emulator',
    folder: 'platform/cloud-firestore-emulator',
    jar: 'cloud-firestore-emulator.jar',
    // Its own main class refuses to be started by -jar.
    java: (jar, port) => [
      ...['-cp', jar, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore'],
      ...['--host', '127.0.0.1', '--port', String(port)],
    ],
    served: 'Dev App Server is now running',
  })

function find(installed: Installed): Found {
  const jar = SDK_ROOTS.map((root) => join(root, installed.folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .find((file) => file.endsWith(installed.jar))
  if (!jar) return { missing: `no Google Cloud SDK with the ${installed.component} component` }
  if (!onPath('java')) return { missing: 'java is not on PATH' }
  return { start: () => start(installed, jar) }
}

export interface Emulator {
  port: number
  stop(): Promise<void>
}

const onPath = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))

async function start({ java: argumentsOf, served }: Installed, jar: string): Promise<Emulator> {
  const port = await freePort()
  const java = spawn('java', argumentsOf(jar, port), { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<void>((resolve) => java.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let printed = ''
    const listen = (chunk: Buffer) => {
      printed += chunk
      if (printed.includes(served)) resolve()
    }
    java.stdout.on('data', listen)
    java.stderr.on('data', listen)
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
