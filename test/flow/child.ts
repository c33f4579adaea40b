import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { TestTenant } from '../support/tenants.ts'

const WORKER = fileURLToPath(new URL('./sync-worker.ts', import.meta.url))

/** Bytes: resident before each page, and kept on the heap at every eighth of the way. */
const Result = z.object({ error: z.string().nullable(), rss: z.array(z.number()), retained: z.array(z.number()) })
type Result = z.output<typeof Result>
const Message = z.union([z.object({ waitingAt: z.number() }), Result])

export type SyncChild = {
  process: ChildProcess
  /** When it stands before the page that it was told to wait at. */
  waiting: Promise<void>
  /** How its delivery ended. Rejects when the process ended without saying so. */
  done: Promise<Result & { output: string }>
  goOn(): void
}

type Asked = {
  pages: number
  perPage: number
  waitAt?: number
  /** Reads history as this run; else the hour. */
  backfillRunId?: string
  nodeFlags?: readonly string[]
}

/** Syncs the tenant's connection in a process of its own, with this process's environment. */
export function startSyncChild(tenant: TestTenant, { nodeFlags = [], ...asked }: Asked): SyncChild {
  const options = JSON.stringify({ waitAt: null, backfillRunId: null, ...tenant, ...asked })
  const child = spawn(process.execPath, [...nodeFlags, '--disable-warning=ExperimentalWarning', WORKER, options], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  let result: Result | undefined
  const waiting = new Promise<void>((resolve) => {
    child.on('message', (raw) => {
      const message = Message.parse(raw)
      if ('waitingAt' in message) resolve()
      else result = message
    })
  })
  const done = new Promise<Result & { output: string }>((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (result) resolve({ ...result, output })
      else reject(new Error(`the process ended (${signal ?? code}) before its delivery did:\n${output.slice(-2_000)}`))
    })
  })
  done.catch(() => undefined) // a test that expects the end looks itself
  return { process: child, waiting, done, goOn: () => void child.send('go on') }
}
