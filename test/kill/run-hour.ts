import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { begin, type Companion } from './companion.ts'
import { type State, stateOf } from './digest.ts'
import type { Fault, Hit } from './fault.ts'
import type { Ground } from './ground.ts'
import { passAMinute } from './pass-a-minute.ts'
import { runJob, type Stage, setStage } from './stage.ts'

export const HOUR_FILE = fileURLToPath(new URL('./hour.ts', import.meta.url))
/**
 * An hour of the small world takes a second or two; a message that circles shows as this. Longer than a lease, for which a
 * worker may have to wait in real time when it was renewed in the moment of the kill.
 */
const PATIENCE_MS = 120_000

type Wanted = {
  name: string
  fault: Fault | null
  /** What goes wrong outside the process in the same hour. */
  companions?: readonly Companion[]
  /** The workers' program; mutants have their own. */
  hourFile?: string
}

export type Hour = {
  state: State
  /** Of the process that was there at the end. */
  effects: string[]
  /** null: the point was not reached. */
  hit: Hit | null
  /** How often each companion struck. */
  fired: number[]
  /** What ended the first process. */
  signal: NodeJS.Signals | null
  /** Requests that Shopify and Meta answered, all in all. */
  requests: number
  slackMessages: number
  /** What was under way when the first process died; zeros in an hour without a fault. */
  lost: Lost
  deadLetters: number
  /** What the workers wrote, errors and warnings only. */
  complaints: string[]
  durationMs: number
}

/** Runs one hour; with a fault, its process ends at that point, a minute passes and another process goes on. */
export async function runHour(
  ground: Ground,
  { name, fault, companions = [], hourFile = HOUR_FILE }: Wanted,
): Promise<Hour> {
  const started = performance.now()
  await using stack = new AsyncDisposableStack()
  const stage = await setStage(ground, name, stack)
  const timer = new AbortController()
  stack.defer(() => timer.abort())
  const late = delay(PATIENCE_MS, undefined, { signal: timer.signal }).then(async (): Promise<never> => {
    const log = await readFile(`${ground.folder}/${name}.log`, 'utf8').catch(() => 'no log')
    throw new Error(`${name}: the hour does not come to its end. The workers' last lines:\n${log.slice(-4_000)}`)
  })
  const begun = await Promise.all(companions.map((companion) => begin(companion, { ...stage, over: timer.signal })))
  const played = await Promise.race([play(stage, fault, hourFile), late])
  timer.abort()
  return {
    ...played,
    fired: await Promise.all(begun.map((fired) => fired())),
    state: await stateOf(stage.client, stage.cloudUrl()),
    requests: await stage.providers.requests(),
    slackMessages: await stage.providers.slackMessages(),
    deadLetters: stage.deadLetters(),
    complaints: await stage.complaints(),
    durationMs: performance.now() - started,
  }
}

/** Work that has no trace in the database and therefore may be done again. */
export type Lost = {
  /** Requests to the providers whose page was not committed. */
  requests: number
  /** Messages claimed for sending, whose sending was not noted. */
  sending: number
}

const NOTHING: Lost = { requests: 0, sending: 0 }

type Played = Pick<Hour, 'effects' | 'hit' | 'signal' | 'lost'>

async function play(stage: Stage, fault: Fault | null, hourFile: string): Promise<Played> {
  const first = await stage.start(hourFile, fault)
  const tick = (running: typeof first) =>
    Promise.all([runJob(running, 'schedule-syncs'), runJob(running, 'relay-events')])
  const whole = tick(first).then(() => stage.quiet(first))
  const stopped = fault?.kind === 'freeze' ? first.worker.hit : first.worker.exited
  const came = await Promise.race([whole.then(() => 'end' as const), stopped.then(() => 'stop' as const)])
  if (came === 'end') return { effects: await first.worker.effects(), hit: null, signal: null, lost: NOTHING }
  whole.catch(() => undefined)
  const hit = await first.worker.hit
  // Nothing is delivered to nobody: on a slow machine the tries of a restart would end as dead letters.
  await stage.hangUp()
  await passAMinute(stage.client, first.worker)
  const lost = await lostWork(stage)
  const second = await stage.start(hourFile, null)
  await tick(second)
  await stage.quiet(second)
  if (fault?.kind === 'freeze') {
    // It wakes, does what it still believes to be its work, and ends.
    first.worker.signal('SIGCONT')
    first.worker.finish()
  }
  const signal = await first.worker.exited
  await stage.quiet(second)
  return { effects: await second.worker.effects(), hit, signal, lost }
}

async function lostWork(stage: Stage): Promise<Lost> {
  const { rows } = await stage.client.query<Lost>(
    `select (select coalesce(sum(pages), 0) from sync_runs)::int as requests,
       (select count(*) from webhook_deliveries where status = 'sending')::int as sending`,
  )
  const committed = rows[0] ?? NOTHING
  return { requests: (await stage.providers.requests()) - committed.requests, sending: committed.sending }
}
