import { NIL } from 'uuid'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'
import { DAY_MS, type Json, type Range, type Stream } from './connector.ts'

/** Whose place in the streams it is: each backfill has its own, under its run; all other runs share the hourly one. */
export type Cursor = { integration_id: string; run_id: string }
export const HOURLY_CURSOR = NIL

/** How far one stream of one cursor is. */
export type StreamState = {
  stream: string
  /** Everything before this instant has been read. */
  complete_until: Date | null
  last_daily_at: Date | null
  range_since: Date | null
  /** Set while a range is unfinished; then `resume` is its last committed page. */
  range_until: Date | null
  resume: Json | null
  /** The provider is at work on this range and is not asked again before. */
  wait_until: Date | null
  position: Date | null
  rows_read: bigint
  rows_written: bigint
  drift: Readonly<Record<string, number>>
}

const NEW: Omit<StreamState, 'stream'> = {
  complete_until: null,
  last_daily_at: null,
  range_since: null,
  range_until: null,
  resume: null,
  wait_until: null,
  position: null,
  rows_read: 0n,
  rows_written: 0n,
  drift: {},
}

/** States by stream name; a stream that was never read has none. */
export async function loadStates(db: Db, { integration_id, run_id }: Cursor): Promise<Map<string, StreamState>> {
  const rows = await db.query<StreamState>(sql`
    select stream, complete_until, last_daily_at, range_since, range_until, resume, wait_until, position, rows_read,
      rows_written, drift
    from sync_state where tenant_id = ${actor().tenantId} and integration_id = ${integration_id} and run_id = ${run_id}`)
  return new Map(rows.map((row) => [row.stream, row]))
}

/** What a run is to read: all that changed before `dueAt` (`now` being the beginning of its slice), or one range of history. */
export type Wanted = { dueAt: Date; now: Date } | { since: Date; until: Date }
export type Unfinished = StreamState & { range_until: Date }

/** The range to read: the unfinished one, or a new one, or null when the stream has what is wanted. */
export function nextRange(stream: Stream<never>, state: StreamState | undefined, wanted: Wanted): Unfinished | null {
  const known = state ?? { ...NEW, stream: stream.name }
  if (known.range_until) return { ...known, range_until: known.range_until }
  if ('dueAt' in wanted) return newestRange(stream, known, wanted)
  return known.complete_until ? null : { ...known, range_since: wanted.since, range_until: wanted.until }
}

function newestRange(stream: Stream<never>, known: StreamState, at: { dueAt: Date; now: Date }): Unfinished | null {
  // An hour that lies ahead is complete with what there is now.
  if (known.complete_until && (known.complete_until >= at.dueAt || known.complete_until >= at.now)) return null
  const daily = !known.last_daily_at || !sameUtcDay(known.last_daily_at, at.now)
  const back = daily ? stream.lookback.dailyMs : stream.lookback.hourlyMs
  const since = known.complete_until ? minus(known.complete_until, back) : historyStart(stream, at.now)
  return {
    ...known,
    range_since: since,
    range_until: at.now,
    resume: null,
    wait_until: null,
    position: null,
    last_daily_at: daily ? at.now : known.last_daily_at,
  }
}

export const isWaiting = ({ wait_until }: StreamState, now: Date): boolean => wait_until !== null && wait_until > now

export const rangeOf = (state: Unfinished): Range => ({
  since: state.range_since,
  until: state.range_until,
  resume: state.resume,
})

/** The range is done: everything up to its end is complete. */
export const completed = (state: StreamState): StreamState => ({
  ...state,
  complete_until: state.range_until,
  range_until: null,
  resume: null,
  wait_until: null,
})

export async function saveState(
  db: Db,
  { integration_id, run_id }: Cursor,
  state: StreamState & { updatedAt: Date },
): Promise<void> {
  await db.query(sql`
    insert into sync_state as s (tenant_id, integration_id, run_id, stream, complete_until, last_daily_at, range_since, range_until, resume,
      wait_until, position, rows_read, rows_written, drift, updated_at)
    values (${actor().tenantId}, ${integration_id}, ${run_id}, ${state.stream}, ${state.complete_until}, ${state.last_daily_at},
      ${state.range_since}, ${state.range_until}, ${state.resume === null ? null : JSON.stringify(state.resume)},
      ${state.wait_until}, ${state.position}, ${state.rows_read}, ${state.rows_written}, ${JSON.stringify(state.drift)}, ${state.updatedAt})
    on conflict (tenant_id, integration_id, run_id, stream) do update set complete_until = excluded.complete_until,
      last_daily_at = excluded.last_daily_at, range_since = excluded.range_since, range_until = excluded.range_until,
      resume = excluded.resume, wait_until = excluded.wait_until, position = excluded.position, rows_read = excluded.rows_read, rows_written = excluded.rows_written,
      drift = excluded.drift, updated_at = excluded.updated_at`)
}

const minus = (instant: Date, ms: number): Date => new Date(instant.getTime() - ms)
const historyStart = (stream: Stream<never>, now: Date): Date | null =>
  stream.historyMs === null ? null : minus(now, stream.historyMs)
export const sameUtcDay = (a: Date, b: Date): boolean =>
  Math.floor(a.getTime() / DAY_MS) === Math.floor(b.getTime() / DAY_MS)
