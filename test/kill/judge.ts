import { type Difference, differences } from './digest.ts'
import type { Fault } from './fault.ts'
import type { Hour } from './run-hour.ts'

export type Verdict = {
  fault: Fault
  /** Empty: the hour ended as if nothing had happened. */
  problems: string[]
  identical: boolean
  /** Rows that the fault-free hour has and this one lacks, and rows too many. */
  lostRows: number
  doubledRows: number
  /** Requests to the providers beyond those of a fault-free hour. */
  rework: number
  /** Slack messages sent a second time, which is allowed between sending and noting. */
  sentAgain: number
  hit: Hour['hit']
  durationMs: number
}

/** Every process that begins asks for the shop or the ad account again, and tells nobody. */
const OPENING_REQUESTS = 3
const SHOWN_TABLES = 4
const SHOWN_ROWS = 2
const SHOWN_COMPLAINTS = 6
const SHOWN_CHARACTERS = 400

/** Compares an hour in which the process died with one in which it did not. */
export function judge(fault: Fault, hour: Hour, faultFree: Hour): Verdict {
  const different = differences(faultFree.state, hour.state)
  const count = (of: 'missing' | 'extra'): number => different.reduce((sum, each) => sum + each[of].length, 0)
  const rework = hour.requests - faultFree.requests
  const sentAgain = hour.slackMessages - faultFree.slackMessages
  const connections = faultFree.state.get('integrations')?.length ?? 0
  // Who was frozen reads on until its next commit is refused; who was killed does not.
  const mayRepeat = fault.kind === 'freeze' ? Infinity : hour.lost.requests + OPENING_REQUESTS * connections
  const expectedSignal = fault.kind === 'kill' ? 'SIGKILL' : null
  const problems = [
    ...(hour.hit ? [] : ['the point was not reached']),
    ...(hour.hit && hour.signal !== expectedSignal ? [`the process ended by ${hour.signal}`] : []),
    ...different.slice(0, SHOWN_TABLES).map(describe),
    ...(different.length > SHOWN_TABLES ? [`and ${different.length - SHOWN_TABLES} other table(s)`] : []),
    ...(hour.deadLetters > 0 ? [`${hour.deadLetters} dead letter(s)`] : []),
    ...(rework > mayRepeat
      ? [`${rework} requests more than without a fault; ${mayRepeat} had not been committed`]
      : []),
    ...(sentAgain < 0 || sentAgain > hour.lost.sending ? [`${hour.slackMessages} Slack messages`] : []),
  ]
  if (problems.length > 0)
    problems.push(...hour.complaints.slice(-SHOWN_COMPLAINTS).map((line) => `log: ${line.slice(0, SHOWN_CHARACTERS)}`))
  const { hit, durationMs } = hour
  return {
    fault,
    problems,
    identical: different.length === 0,
    lostRows: count('missing'),
    doubledRows: count('extra'),
    rework,
    sentAgain,
    hit,
    durationMs,
  }
}

/** An hour that did not come to its end: nothing of it can be compared. */
export const unfinished = (fault: Fault, problem: string): Verdict => ({
  fault,
  problems: [problem],
  identical: false,
  lostRows: 0,
  doubledRows: 0,
  rework: 0,
  sentAgain: 0,
  hit: null,
  durationMs: 0,
})

/** The table and some of the rows. */
export const describe = ({ table, missing, extra }: Difference): string =>
  [
    `${table}: ${missing.length} row(s) missing, ${extra.length} too many`,
    ...shown(missing).map((row) => `    - ${row}`),
    ...shown(extra).map((row) => `    + ${row}`),
  ].join('\n')

const shown = (rows: readonly string[]): string[] =>
  rows.slice(0, SHOWN_ROWS).map((row) => row.slice(0, SHOWN_CHARACTERS))
