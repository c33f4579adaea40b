import { clock } from '../clock.ts'
import { pseudonymsUnder, tenantKeys } from '../db/tenant-keys.ts'
import { touchDays } from '../db/touched-days.ts'
import { transaction } from '../db/transaction.ts'
import { type Owner, type PreparedRows, prepareRows, upsertRows } from '../db/upsert.ts'
import { AppError, toAppError } from '../errors.ts'
import { log } from '../log.ts'
import { actor } from '../tenant.ts'
import { startOfDay } from '../units.ts'
import { addPage, type Batch, emptyBatch, isFull, rowsOf } from './batch.ts'
import { daysOfCampaigns } from './campaign-days.ts'
import type { ConnectionContext, Connector, Stream } from './connector.ts'
import { openCredentials } from './credentials.ts'
import type { Run } from './facts.ts'
import { withFreshToken } from './fresh-token.ts'
import { holdLease, type Lease, takeLease } from './lease.ts'
import { addToRun, continueAt, finishRun, giveUpRun, isOver, startRun } from './outcome.ts'
import { isBackfill, kindOf, runIdOf, type WorkRequested } from './request.ts'
import {
  type Cursor,
  completed,
  HOURLY_CURSOR,
  loadStates,
  nextRange,
  rangeOf,
  type StreamState,
  saveState,
  type Unfinished,
  type Wanted,
} from './state.ts'

/** What bounds a slice: long work asks it between pages. */
export type Slice = { mustStop: () => boolean }

/**
 * One slice of one run of a connection: takes its lease, reads the wanted ranges of the streams page by page, and commits rows, cursor and touched
 * days together. What is left when the slice ends is a continuation. Never throws for the provider's faults: they are
 * recorded on the connection. Throws DB_UNAVAILABLE and the like, for redelivery.
 */
export async function syncConnection(connector: Connector, event: WorkRequested, slice: Slice): Promise<void> {
  const { integration_id } = event.data
  const run_id = runIdOf(event)
  const kind = kindOf(event)
  const taken = await transaction(async (db) => {
    const taking = { integrationId: integration_id, runId: run_id, givesWay: kind === 'backfill' }
    const result = await takeLease(db, taking)
    // A late copy of a run that is over asks no more: copies that are always delivered together would hold each other up for ever.
    if ('askAgainAt' in result && !(await isOver(db, run_id)))
      await continueAt(db, event, { at: result.askAgainAt, why: 'held' })
    if ('gone' in result) await giveUpRun(db, run_id)
    return result
  })
  if (!('lease' in taken))
    return log('INFO', 'The connection is not free for work.', { integration_id, gone: 'gone' in taken })
  const run: Run = { run_id, kind, lease: taken.lease, event, startedAt: Date.now() }
  try {
    if (!(await startRun(run))) return log('INFO', 'The run is over already.', { integration_id, run_id })
    const finished = await readStreams(connector, run, slice)
    await finishRun(run, finished ? { status: 'completed' } : { status: 'continued' })
  } catch (error) {
    const failure = toAppError(error)
    if (failure.code === 'LEASE_LOST') return log('WARNING', failure.message, { integration_id })
    await finishRun(run, { status: 'failed', failure })
    if (!failure.code.startsWith('PROVIDER_') && failure.retry) throw failure
  }
}

/** True when every stream has what is wanted; false when the slice ended first. */
async function readStreams(connector: Connector, run: Run, slice: Slice): Promise<boolean> {
  const { states, context, client } = await open(connector, { ...run, lease: await withFreshToken(run.lease) })
  const wanted = wantedBy(run)
  for (const stream of connector.streams) {
    let range = nextRange(stream, states.get(stream.name), wanted)
    while (range) {
      const read = await readStream({ stream, client, context, run, slice }, range)
      if (!read) return false
      range = nextRange(stream, read, wanted) // after a range that an earlier run had begun, there is newer to read
    }
  }
  return true
}

function wantedBy({ event, lease }: Run): Wanted {
  if (!isBackfill(event)) return { dueAt: new Date(event.data.due_at), now: clock.now() }
  const { since, until } = event.data
  return { since: startOfDay(lease.time_zone, since), until: startOfDay(lease.time_zone, until) }
}

const cursorOf = ({ kind, run_id, lease: { integration_id } }: Run): Cursor => ({
  integration_id,
  run_id: kind === 'backfill' ? run_id : HOURLY_CURSOR,
})

async function open(connector: Connector, run: Run) {
  const { lease } = run
  return transaction(async (db) => {
    const [ring, states] = await Promise.all([tenantKeys(db), loadStates(db, cursorOf(run))])
    const credentials = await openCredentials(ring, lease, connector.credentials)
    const context: ConnectionContext = {
      tenantId: actor().tenantId,
      brandId: lease.brand_id,
      accountId: lease.account_id,
      timeZone: lease.time_zone,
      pseudonym: pseudonymsUnder(ring),
      now: clock.now,
    }
    return { states, context, client: connector.client(credentials, context) }
  })
}

/** `wanted`: a sync waits for the connection. */
type Committed = { state: StreamState; wanted: boolean }
type Reading = { stream: Stream<unknown>; client: unknown; context: ConnectionContext; run: Run; slice: Slice }

/** Reads on while the previous batch is being committed. The state at the range's end; null: stopped before it. */
async function readStream(reading: Reading, state: Unfinished): Promise<StreamState | null> {
  const { stream, client, context, run, slice } = reading
  let committing: Promise<Committed> = Promise.resolve({ state, wanted: false })
  try {
    let batch = emptyBatch()
    for await (const page of stream.read(client, rangeOf(state), context)) {
      addPage(batch, page)
      const last = page.resume === null
      if (!last && !isFull(batch)) continue
      const rows = prepareRows(rowsOf(batch), ownerOf(run.lease))
      const before = await committing
      const next = advance(before.state, batch)
      const stop = !last && (slice.mustStop() || (run.kind === 'backfill' && before.wanted))
      committing = commitBatch(reading, last ? completed(next) : next, { batch, rows })
      committing.catch(() => undefined) // awaited with the next batch; until then a failure must not count as unhandled
      if (last) return (await committing).state
      if (stop) return null
      batch = emptyBatch()
    }
    throw new AppError('PROVIDER_BAD_RESPONSE', `${stream.name}: the pages ended before the last one.`)
  } finally {
    await committing // also when reading failed: what was read before counts
  }
}

function advance(state: StreamState, batch: Batch): StreamState {
  const drift = { ...state.drift }
  for (const [what, times] of Object.entries(batch.drift)) drift[what] = (drift[what] ?? 0) + times
  const position = batch.position === null ? state.position : new Date(batch.position)
  return {
    ...state,
    resume: batch.resume,
    position,
    range_since: state.range_since ?? position,
    rows_read: state.rows_read + BigInt(batch.count),
    drift,
  }
}

const ownerOf = ({ brand_id, integration_id }: Lease): Owner => ({
  tenant_id: actor().tenantId,
  brand_id,
  integration_id,
})

/** Rows, cursor and the days they touched, in one transaction that first proves the lease. */
async function commitBatch(
  { run }: Reading,
  state: StreamState,
  { batch, rows }: { batch: Batch; rows: PreparedRows },
): Promise<Committed> {
  const { lease } = run
  const owner = ownerOf(lease)
  return transaction(async (db) => {
    // Sent together, so that Postgres writes while the next page is parsed; when the lease is lost all is rolled back.
    const [{ wanted }, written] = await Promise.all([holdLease(db, lease), upsertRows(db, rows)])
    const days = [
      ...new Set([...written.days, ...(await daysOfCampaigns(db, owner, written.keys.get('campaigns')))]),
    ].sort()
    const next = { ...state, rows_written: state.rows_written + BigInt(written.rows) }
    await Promise.all([
      saveState(db, cursorOf(run), { ...next, updatedAt: clock.now() }),
      addToRun(db, run, { pages: batch.pages, rows_read: batch.count, rows_written: written.rows }),
      touchDays(db, lease.brand_id, days),
    ])
    return { state: next, wanted }
  })
}
