import { clock } from '../clock.ts'
import { touchDays } from '../db/touched-days.ts'
import { transaction } from '../db/transaction.ts'
import { type Owner, type PreparedRows, prepareRows, upsertRows } from '../db/upsert.ts'
import { AppError } from '../errors.ts'
import { actor } from '../tenant.ts'
import { addPage, type Batch, emptyBatch, isFull, rowsOf } from './batch.ts'
import { daysOfCampaigns } from './campaign-days.ts'
import type { ConnectionContext, Stream } from './connector.ts'
import type { Run } from './facts.ts'
import { holdLease, type Lease } from './lease.ts'
import { addToRun } from './outcome.ts'
import {
  type Cursor,
  completed,
  HOURLY_CURSOR,
  rangeOf,
  type StreamState,
  saveState,
  type Unfinished,
} from './state.ts'

/** What bounds a slice: long work asks it between pages. */
export type Slice = { mustStop: () => boolean }

export const cursorOf = ({ kind, run_id, lease: { integration_id } }: Run): Cursor => ({
  integration_id,
  run_id: kind === 'backfill' ? run_id : HOURLY_CURSOR,
})

/** `wanted`: a sync waits for the connection. */
type Committed = { state: StreamState; wanted: boolean }
type Reading = { stream: Stream<unknown>; client: unknown; context: ConnectionContext; run: Run; slice: Slice }

/**
 * Reads on while the previous batch is being committed. The state at the range's end, or where the provider has it wait;
 * null: stopped before.
 */
export async function readStream(reading: Reading, state: Unfinished): Promise<StreamState | null> {
  const { stream, client, context, run, slice } = reading
  let committing: Promise<Committed> = Promise.resolve({ state, wanted: false })
  try {
    let batch = emptyBatch()
    for await (const page of stream.read(client, rangeOf(state), context)) {
      addPage(batch, page)
      const last = page.resume === null
      const waits = batch.waitMs !== null
      if (!last && !waits && !isFull(batch)) continue
      const rows = prepareRows(rowsOf(batch), ownerOf(run.lease))
      const before = await committing
      const next = advance(before.state, batch)
      const stop = !last && !waits && (slice.mustStop() || (run.kind === 'backfill' && before.wanted))
      committing = commitBatch(reading, last ? completed(next) : next, { batch, rows })
      committing.catch(() => undefined) // awaited with the next batch; until then a failure must not count as unhandled
      if (last || waits) return (await committing).state
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
    wait_until: batch.waitMs === null ? null : new Date(clock.now().getTime() + batch.waitMs),
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
