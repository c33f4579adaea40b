import { chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { startPostgres } from '../../scripts/local/postgres.ts'
import { scratch } from '../support/scratch.ts'
import { exclusions } from './digest.ts'
import { Fault, faultName } from './fault.ts'
import { type Ground, prepareGround } from './ground.ts'
import type { Verdict } from './judge.ts'
import { MUTANTS, tryMutants } from './mutants.ts'
import { faultFreeHour, LANES, passed, pointsOf, runFaults } from './points.ts'
import type { Hour } from './run-hour.ts'

const HELP = `Runs one hour of a small platform, kills its process before or after an outside effect, starts another, and
compares what is in PostgreSQL and BigQuery in the end with an hour in which nothing happened.

  --points all|N        points to try (default 20), drawn by the seed; all: those that leave a trace outside come first
  --seed S              default "pulsepoint"; also the order in which points are tried
  --minutes M           stop after that long and say how many points are left; those that were tried count
  --point 150:before    this one alone; numbers vary a little with the interleaving
  --effect "http Slack" --side after --nth 1    the nth effect of that name instead of a number
  --freeze              with --effect: the process is not killed but stands still until another has done its work
  --lanes L             hours side by side (default ${LANES})
  --mutants             proves that the comparison notices when a safety is missing: ${MUTANTS.map(({ name }) => name).join('; ')}
`
const string = { type: 'string' } as const
const boolean = { type: 'boolean', default: false } as const
const { values } = parseArgs({
  options: {
    points: { ...string, default: '20' },
    seed: { ...string, default: 'pulsepoint' },
    minutes: { ...string, default: '600' },
    point: string,
    effect: string,
    side: { ...string, default: 'before' },
    nth: { ...string, default: '1' },
    freeze: boolean,
    lanes: { ...string, default: String(LANES) },
    mutants: boolean,
    help: boolean,
  },
})
const lanes = z.coerce.number().int().min(1).max(16).parse(values.lanes)
const until = performance.now() + z.coerce.number().positive().parse(values.minutes) * 60_000
let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopping = true // after the hours under way, so that no server and no folder stays behind
  })
const print = (line: string): void => void process.stdout.write(`${line}\n`)

if (values.help) print(HELP)
else process.exitCode = (await withGround(values.mutants ? mutants : points)) ? 0 : 1

async function withGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = await scratch('pulsepoint-kill-postgres-')
  await chmod(folder, 0o755) // PostgreSQL may run as somebody else
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const postgres = await startPostgres({ dataDir: path.join(folder, 'data'), password: 'kill', settings })
  try {
    const ground = await prepareGround(postgres.adminUrl)
    try {
      return await work(ground)
    } finally {
      await ground.close()
    }
  } finally {
    await postgres.stop('immediate')
    await rm(folder, { recursive: true, force: true })
  }
}

async function presentFaultFree(ground: Ground): Promise<Hour> {
  const faultFree = await faultFreeHour(ground)
  const rows = [...faultFree.state].map(([table, its]) => `${table} ${its.length}`)
  print(`Compared, rows of the fault-free hour: ${rows.join(', ')}.`)
  print(`Of these columns only whether they are null is compared:\n  ${exclusions().join('\n  ')}`)
  print(`The fault-free hour has ${faultFree.effects.length} outside effects, ${faultFree.requests} provider requests.`)
  return faultFree
}

function chosen(faultFree: Hour): Fault[] {
  const { effect, point, side, nth, freeze } = values
  if (effect !== undefined)
    return [Fault.parse({ what: effect, nth: Number(nth), side, kind: freeze ? 'freeze' : 'kill' })]
  if (point !== undefined) return [Fault.parse({ n: Number.parseInt(point, 10), side: point.split(':')[1] ?? side })]
  const count = values.points === 'all' ? 'all' : z.coerce.number().int().min(1).parse(values.points)
  return pointsOf(faultFree, { count, seed: values.seed })
}

async function points(ground: Ground): Promise<boolean> {
  const started = performance.now()
  const faultFree = await presentFaultFree(ground)
  const faults = chosen(faultFree)
  print(`Seed ${values.seed}: ${faults.length} of ${faultFree.effects.length * 2} points, ${lanes} at a time.`)
  let done = 0
  const onVerdict = (verdict: Verdict): void => {
    done += 1
    if (!passed(verdict) || faults.length === 1) print(lineOf(verdict))
    if (done % 25 === 0) print(`${done}/${faults.length}`)
  }
  const verdicts = await runFaults({
    ground,
    faultFree,
    faults,
    lanes,
    mustStop: () => stopping || performance.now() > until,
    onVerdict,
  })
  printSummary(verdicts, performance.now() - started)
  if (verdicts.length < faults.length) print(`Stopped after ${verdicts.length} of ${faults.length} points.`)
  return verdicts.length > 0 && verdicts.every(passed)
}

function lineOf({ fault, hit, problems, durationMs }: Verdict): string {
  return [
    `${problems.length === 0 ? 'ok' : 'NOT OK'} seed ${values.seed}: ${faultName(fault)}, which was ${hit?.what.replaceAll(/\s+/g, ' ') ?? '-'}, ${Math.round(durationMs)} ms`,
    ...problems.map((problem) => `  ${problem}`),
  ].join('\n')
}

function printSummary(verdicts: readonly Verdict[], durationMs: number): void {
  const sum = (of: (verdict: Verdict) => number): number => verdicts.reduce((total, each) => total + of(each), 0)
  const most = Math.max(...verdicts.map(({ rework }) => rework))
  const again = verdicts.filter(({ sentAgain }) => sentAgain > 0).length
  const { length } = verdicts
  print(
    `identical ${verdicts.filter(({ identical }) => identical).length}/${length}, lost ${sum((v) => v.lostRows)}, doubled ${sum((v) => v.doubledRows)}, ` +
      `not ok ${verdicts.filter((verdict) => !passed(verdict)).length}; provider requests repeated: ${(sum((v) => v.rework) / length).toFixed(1)} on average, ` +
      `${most} at most; Slack message sent again at ${again} point(s) between sending and noting; ` +
      `${Math.round(durationMs / length)} ms a point`,
  )
}

async function mutants(ground: Ground): Promise<boolean> {
  const results = await tryMutants(ground, await presentFaultFree(ground))
  for (const { name, caught, evidence } of results) print(`${caught ? 'caught' : 'MISSED'} ${name}\n  ${evidence}`)
  return results.every(({ caught }) => caught)
}
