import { random } from '../../scripts/sandbox/stores/random.ts'
import { differences } from './digest.ts'
import type { Fault } from './fault.ts'
import type { Ground } from './ground.ts'
import { describe, judge, unfinished, type Verdict } from './judge.ts'
import { type Hour, runHour } from './run-hour.ts'

/** How many hours run at the same time. */
export const LANES = 2

/** Two of them must already be the same and end well, or nothing that follows would mean anything. Throws when not. */
export async function faultFreeHour(ground: Ground): Promise<Hour> {
  const [first, second] = await Promise.all([
    runHour(ground, { name: 'fault_free_1', fault: null }),
    runHour(ground, { name: 'fault_free_2', fault: null }),
  ])
  const different = differences(first.state, second.state)
  if (different.length > 0 || first.requests !== second.requests)
    throw new Error(`Two hours without a fault differ:\n${different.map(describe).join('\n')}`)
  const failed = (first.state.get('sync_runs') ?? []).filter((row) => !/"status":"completed"|PROVIDER_AUTH/.test(row))
  if (failed.length > 0) throw new Error(`The hour without a fault does not end well:\n${failed.join('\n')}`)
  return first
}

type Point = Extract<Fault, { n: number }>

/** Seen from outside, whatever follows; what a statement within a transaction did is undone by the kill. */
const leavesTrace = (what = ''): boolean => what === 'sql commit' || !what.startsWith('sql ')

/** Every effect of the fault-free hour on both sides, those that leave a trace first, or `count` of all; in the seed's order. */
export function pointsOf(faultFree: Hour, { count, seed }: { count: number | 'all'; seed: string }): Fault[] {
  const all = faultFree.effects.flatMap((_, index): Point[] => [
    { n: index + 1, side: 'before', kind: 'kill' },
    { n: index + 1, side: 'after', kind: 'kill' },
  ])
  const chance = random(seed, 'points')
  const drawn: Point[] = []
  while (all.length > 0) drawn.push(...all.splice(chance.int(0, all.length - 1), 1))
  if (count !== 'all') return drawn.slice(0, count)
  const isFirst = ({ n }: Point): boolean => leavesTrace(faultFree.effects[n - 1])
  return [...drawn.filter(isFirst), ...drawn.filter((point) => !isFirst(point))]
}

type Running = {
  ground: Ground
  faultFree: Hour
  faults: readonly Fault[]
  hourFile?: string
  lanes?: number
  /** Asked before each hour: true leaves the rest out. */
  mustStop?: () => boolean
  onVerdict?: (verdict: Verdict) => void
}

/** Runs an hour for each fault, in lanes side by side, and judges it against the fault-free one. */
export async function runFaults(running: Running): Promise<Verdict[]> {
  const { faults, lanes = LANES, mustStop, onVerdict } = running
  const verdicts: Verdict[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let fault = faults[next++]; fault && !mustStop?.(); fault = faults[next++]) {
      const verdict = await verdictOn(running, fault, `hour_${next}`)
      verdicts.push(verdict)
      onVerdict?.(verdict)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return verdicts
}

/** Numbers vary with the interleaving: an hour that ends before the n-th effect is repeated with an earlier one. */
const TRIES = 5

async function verdictOn({ ground, faultFree, hourFile }: Running, fault: Fault, name: string): Promise<Verdict> {
  let tried = fault
  try {
    for (let tries = 1; ; tries += 1) {
      const wanted = { fault: tried, ...(hourFile !== undefined && { hourFile }) }
      const hour = await runHour(ground, { name: `${name}_${tries}`, ...wanted })
      if (hour.hit || !('n' in tried) || tries === TRIES) return judge(tried, hour, faultFree)
      tried = { ...tried, n: Math.max(1, Math.floor(Math.min(tried.n, hour.effects.length) * 0.97)) }
    }
  } catch (error) {
    return unfinished(tried, error instanceof Error ? error.message : String(error))
  }
}

export const passed = (verdict: Verdict): boolean => verdict.problems.length === 0
