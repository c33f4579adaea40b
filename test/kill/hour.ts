// Every worker of the platform in one process, so that all outside effects are numbered in one sequence. The parent says
// by environment which workers there are and at which effect the process ends.

import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import * as z from 'zod'
import { watchEffects } from '../../shared/effects.ts'
import { Fault } from './fault.ts'

/** Where the hit is reported: the write is done before the signal is sent. */
const REPORT_FD = 4

/** Longer than any effect takes: a process without a new one has nothing left to do. */
const SETTLED_MS = 1_500

const names = z.array(z.string()).parse(JSON.parse(process.env.KILL_WORKERS ?? '[]'))
const fault = Fault.nullable().parse(JSON.parse(process.env.KILL_FAULT ?? 'null'))

const effects: string[] = []
const seen = { before: 0, after: 0 }

watchEffects((side, what) => {
  if (side === 'before') effects.push(what)
  if (!fault || side !== fault.side) return
  if (!('n' in fault) && !what.startsWith(fault.what)) return
  seen[side] += 1
  if (seen[side] !== ('n' in fault ? fault.n : fault.nth)) return
  writeSync(REPORT_FD, `${JSON.stringify({ what, n: seen[side] })}\n`)
  process.kill(process.pid, fault.kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')
})

for (const name of names) await import(`../../functions/${name}/index.ts`)
const ports = await Promise.all(names.map(async (name) => [name, await listen(name)] as const))
process.on('message', (message) => {
  if (message === 'finish') void finish()
  else process.send?.({ effects })
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.send?.({ ports: Object.fromEntries(ports) })
flushCompileCache() // a killed process leaves none behind

/** On a free port, which is the result. */
async function listen(name: string): Promise<number> {
  const server = getTestServer(name).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('a TCP server has a port')
  return address.port
}

async function finish(): Promise<void> {
  for (let known = -1; known < effects.length; await delay(SETTLED_MS)) known = effects.length
  process.exit(0)
}
