import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import * as z from 'zod'
import { type Fault, Hit } from './fault.ts'

/** The process that hosts all workers of the platform. */
export type Worker = {
  /** The port of each worker, once all listen. Rejects when the process ends before. */
  ready: Promise<Readonly<Record<string, number>>>
  /** With the signal that ended it, or null when it ended by itself. */
  exited: Promise<NodeJS.Signals | null>
  /** Resolves when the chosen effect was reached; the signal follows at once. */
  hit: Promise<Hit>
  /** Names of the effects so far, in order. */
  effects(): Promise<string[]>
  /** Ends it once it has had nothing to do for a while. */
  finish(): void
  signal(signal: NodeJS.Signals): void
}

type Options = {
  hourFile: string
  names: readonly string[]
  fault: Fault | null
  env: Readonly<Record<string, string>>
  logFile: string
}

const Effects = z.object({ effects: z.array(z.string()) })
const Ports = z.object({ ports: z.record(z.string(), z.number()) })
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS']

export function startWorker({ hourFile, names, fault, env, logFile }: Options): Worker {
  const log = openSync(logFile, 'a')
  const inherited = INHERITED.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]]))
  const child = fork(hourFile, [], {
    stdio: ['ignore', log, log, 'ipc', 'pipe'],
    execArgv: [],
    env: {
      ...Object.fromEntries(inherited),
      ...env,
      KILL_WORKERS: JSON.stringify(names),
      KILL_FAULT: JSON.stringify(fault),
    },
  })
  closeSync(log)
  const exited = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  const ready = new Promise<Readonly<Record<string, number>>>((resolve, reject) => {
    child.once('message', (message) => resolve(Ports.parse(message).ports))
    void exited.then((signal) => reject(new Error(`The workers ended (${signal}) before they listened: ${logFile}`)))
  })
  ready.catch(() => undefined) // awaited by the caller
  return {
    ready,
    exited,
    hit: hitOf(child),
    effects: () =>
      new Promise((resolve) => {
        child.once('message', (message) => resolve(Effects.parse(message).effects))
        child.send('effects')
      }),
    finish: () => void child.send('finish'),
    signal: (signal) => void child.kill(signal),
  }
}

const hitOf = (child: ChildProcess): Promise<Hit> =>
  new Promise((resolve) => {
    const report = child.stdio[4] as Readable // a pipe that we asked for
    createInterface(report).once('line', (line) => resolve(Hit.parse(JSON.parse(line))))
  })
