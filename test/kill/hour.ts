// Every worker of the platform in one process, so that all outside effects are numbered in one sequence. The parent says
// by environment on which ports they listen and at which effect the process ends.
import { writeSync } from 'node:fs'
import type { Server } from 'node:http'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { watchEffects } from '../../shared/effects.ts'
import { Fault } from './fault.ts'

/** Where the hit is reported: the write is done before the signal is sent. */
const REPORT_FD = 4

const ports: Record<string, number> = JSON.parse(process.env.KILL_PORTS ?? '{}')
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

for (const name of Object.keys(ports)) await import(`../../functions/${name}/index.ts`)
const servers = Object.entries(ports).map(
  ([name, port]) =>
    new Promise<Server>((resolve, reject) => {
      const server = getTestServer(name).on('error', reject)
      server.listen(port, '127.0.0.1', () => resolve(server))
    }),
)
await Promise.all(servers)
process.on('message', () => process.send?.({ effects }))
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.send?.('listening')
