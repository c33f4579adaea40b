import { v5 as uuidv5 } from 'uuid'
import { clock } from '../clock.ts'
import { pseudonym, pseudonymKey } from '../crypto.ts'
import { sql } from '../db/sql.ts'
import { tenantKeys } from '../db/tenant-keys.ts'
import { transaction } from '../db/transaction.ts'
import { type Owner, type PreparedRows, prepareRows, upsertRows } from '../db/upsert.ts'
import { AppError, toAppError } from '../errors.ts'
import { log } from '../log.ts'
import { actor } from '../tenant.ts'
import { addPage, type Batch, emptyBatch, isFull, rowsOf } from './batch.ts'
import { daysOfCampaigns } from './campaign-days.ts'
import type { ConnectionContext, Connector, Stream } from './connector.ts'
import { openCredentials } from './credentials.ts'
import { holdLease, type Lease, takeLease } from './lease.ts'
import { addToRun, continueAt, finishRun, type Run, type SyncRequested, startRun } from './outcome.ts'
import { completed, loadStates, nextRange, rangeOf, type StreamState, saveState } from './state.ts'

/** What bounds a slice: long work asks it between pages. */
export type Slice = { mustStop: () => boolean }

const RUN_NAMESPACE = 'b3f1a6f0-7f0e-5c5e-8f3e-0d9c1b7a2e44'

/**
 * One slice of one connection: takes its lease, reads the due streams page by page, and commits rows, cursor and touched
 * days together. What is left when the slice ends is a continuation. Never throws for the provider's faults: they are
 * recorded on the connection. Throws DB_UNAVAILABLE and the like, for redelivery.
 */
export async function syncConnection(connector: Connector, event: SyncRequested, slice: Slice): Promise<void> {
  const { integration_id, due_at } = event.data
  const taken = await transaction(async (db) => {
    const result = await takeLease(db, integration_id)
    if ('askAgainAt' in result) await continueAt(db, event, { at: result.askAgainAt, why: 'held' })
    return result
  })
  if (!('lease' in taken))
    return log('INFO', 'The connection is not free for work.', { integration_id, gone: 'gone' in taken })
  const run: Run = {
    run_id: uuidv5(`${integration_id}:${due_at}`, RUN_NAMESPACE),
    lease: taken.lease,
    event,
    startedAt: Date.now(),
  }
  try {
    if (!(await startRun(run))) return log('INFO', 'The hour is complete already.', { integration_id })
    const finished = await readStreams(connector, run, slice)
    await finishRun(run, finished ? { status: 'completed' } : { status: 'continued' })
  } catch (error) {
    const failure = toAppError(error)
    if (failure.code === 'LEASE_LOST') return log('WARNING', failure.message, { integration_id })
    await finishRun(run, { status: 'failed', failure })
    if (!failure.code.startsWith('PROVIDER_') && failure.retry) throw failure
  }
}

/** True when every stream is complete for the hour; false when the slice ended first. */
async function readStreams(connector: Connector, run: Run, slice: Slice): Promise<boolean> {
  const { lease, event } = run
  const { states, context, client } = await open(connector, lease)
  for (const stream of connector.streams) {
    const state = nextRange(stream, states.get(stream.name), { dueAt: new Date(event.data.due_at), now: clock.now() })
    if (!state?.range_until) continue
    const done = await readStream({ stream, client, context, run, slice }, { ...state, range_until: state.range_until })
    if (!done) return false
  }
  return true
}

async function open(connector: Connector, lease: Lease) {
  return transaction(async (db) => {
    const [ring, states] = await Promise.all([tenantKeys(db), loadStates(db, lease.integration_id)])
    const credentials = await openCredentials(ring, lease, connector.credentials)
    const oldest = Object.keys(ring.keys).sort()[0] ?? ring.current // pseudonyms must not change when a key is added
    const hmacKey = pseudonymKey(ring.keys[oldest] ?? new Uint8Array())
    const context: ConnectionContext = {
      tenantId: actor().tenantId,
      brandId: lease.brand_id,
      accountId: lease.account_id,
      timeZone: lease.time_zone,
      pseudonym: (id) => pseudonym(hmacKey, id),
      now: clock.now,
    }
    return { states, context, client: connector.client(credentials, context) }
  })
}

type Reading = { stream: Stream<unknown>; client: unknown; context: ConnectionContext; run: Run; slice: Slice }

/** Reads on while the previous batch is being committed. False: stopped before the range's end. */
async function readStream(reading: Reading, state: StreamState & { range_until: Date }): Promise<boolean> {
  const { stream, client, context, run, slice } = reading
  let committing: Promise<StreamState> = Promise.resolve(state)
  try {
    let batch = emptyBatch()
    for await (const page of stream.read(client, rangeOf(state), context)) {
      addPage(batch, page)
      const last = page.resume === null
      if (!last && !isFull(batch)) continue
      const rows = prepareRows(rowsOf(batch), ownerOf(run.lease))
      const next = advance(await committing, batch)
      const stop = !last && slice.mustStop()
      committing = commitBatch(reading, last ? completed(next) : next, { batch, rows })
      committing.catch(() => undefined) // awaited with the next batch; until then a failure must not count as unhandled
      if (last || stop) return last
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
): Promise<StreamState> {
  const { lease } = run
  const owner = ownerOf(lease)
  return transaction(async (db) => {
    // Sent together, so that Postgres writes while the next page is parsed; when the lease is lost all is rolled back.
    const [, written] = await Promise.all([holdLease(db, lease), upsertRows(db, rows)])
    const days = [
      ...new Set([...written.days, ...(await daysOfCampaigns(db, owner, written.keys.get('campaigns')))]),
    ].sort()
    const next = { ...state, rows_written: state.rows_written + BigInt(written.rows) }
    await Promise.all([
      saveState(db, lease.integration_id, { ...next, updatedAt: clock.now() }),
      addToRun(db, run, { pages: batch.pages, rows_read: batch.count, rows_written: written.rows }),
      days.length > 0 &&
        db.query(sql`
          insert into touched_days (tenant_id, brand_id, day, touched_at)
          select ${owner.tenant_id}::uuid, ${lease.brand_id}::uuid, day, ${clock.now()}::timestamptz from unnest(${days}::date[]) as day
          on conflict (tenant_id, brand_id, day) do update set touched_at = excluded.touched_at`),
    ])
    return next
  })
}
