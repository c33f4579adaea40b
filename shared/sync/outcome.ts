import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { type Db, transaction } from '../db/transaction.ts'
import type { AppError } from '../errors.ts'
import { record } from '../events/record.ts'
import { actor } from '../tenant.ts'
import { WAIT_DETAIL } from './connector.ts'
import { announceRows, type Figures, type Run, recordCompleted, recordFailed, recordStarted } from './facts.ts'
import { freeLease, holdLease } from './lease.ts'
import { reconcile } from './reconcile.ts'
import { isBackfill, type WorkRequested } from './request.ts'
import type { Told } from './totals.ts'

export type Outcome =
  | { status: 'completed'; told: Told | null }
  | { status: 'continued'; at: Date }
  | { status: 'failed'; failure: AppError }

/** A provider that is down is tried again this often within the hour before the run counts as failed. */
const MAX_ATTEMPTS = 4
const RETRY_BASE_MS = 30_000

/** Asks for the rest of the work at a later time. A worker that waits never blocks the subscription. */
export async function continueAt(
  db: Db,
  event: WorkRequested,
  next: { at: Date; why: string; attempt?: number },
): Promise<void> {
  const data = { ...event.data, attempt: next.attempt ?? event.data.attempt }
  await record(db, event.type, { data, at: next.at, key: `${event.id}:${next.why}` })
}

/** False when the run was completed or cancelled before: then the connection is free again and nothing is noted of the late delivery. */
export async function startRun(run: Run): Promise<boolean> {
  const { run_id, lease, kind, event } = run
  const [since, until] = isBackfill(event) ? [event.data.since, event.data.until] : [null, null]
  const requestedAt = isBackfill(event) ? clock.now() : new Date(event.data.due_at)
  const { tenantId } = actor()
  return transaction(async (db) => {
    await holdLease(db, lease)
    const started = await db.one(sql`
      insert into sync_runs as r (tenant_id, run_id, integration_id, kind, status, requested_at, started_at, range_since, range_until)
      values (${tenantId}, ${run_id}, ${lease.integration_id}, ${kind}, 'running', ${requestedAt}, ${clock.now()}, ${since}, ${until})
      on conflict (tenant_id, run_id) do update
      set status = 'running', started_at = coalesce(r.started_at, excluded.started_at), finished_at = null
      where r.status not in ('completed', 'cancelled') and not exists (
        select 1 from sync_runs o where o.tenant_id = r.tenant_id and o.integration_id = r.integration_id and o.run_id <> r.run_id
          and o.kind = r.kind and o.kind <> 'hourly' and o.status in ('waiting', 'running', 'continued'))
      returning run_id`)
    if (!started) {
      await freeLease(db, lease)
      return false
    }
    if (kind === 'hourly') await closeEarlier(db, run, requestedAt)
    await recordStarted(db, run)
    return true
  })
}

/** Earlier hours that wait or whose worker died: what they have left is part of this one, and nobody asks for it twice. */
async function closeEarlier(db: Db, { lease: { integration_id } }: Run, requestedAt: Date): Promise<void> {
  await db.query(sql`
    update sync_runs set status = 'cancelled', finished_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and integration_id = ${integration_id} and kind = 'hourly'
      and status in ('running', 'continued') and requested_at < ${requestedAt}`)
}

/** Nothing is left to do of the run. */
export async function isOver(db: Db, runId: string): Promise<boolean> {
  const found = await db.one(sql`
    select run_id from sync_runs
    where tenant_id = ${actor().tenantId} and run_id = ${runId} and status in ('completed', 'cancelled')`)
  return found !== null
}

/** A delivery found its connection in need of a person. Connecting it again does not bring this run back; a paused one waits. */
export async function giveUpRun(db: Db, runId: string): Promise<void> {
  await db.query(sql`
    update sync_runs r set status = 'cancelled', finished_at = ${clock.now()}
    from integrations i
    where r.tenant_id = ${actor().tenantId} and r.run_id = ${runId} and r.status in ('waiting', 'running', 'continued')
      and i.tenant_id = r.tenant_id and i.integration_id = r.integration_id and i.status in ('needs_reauth', 'disconnected')`)
}

/** Part of the transaction that commits the rows, so that no fault can count them twice or not at all. */
export async function addToRun(db: Db, { run_id }: Run, { pages, rows_read, rows_written }: Figures): Promise<void> {
  await db.query(sql`
    update sync_runs set pages = pages + ${pages}, rows_read = rows_read + ${rows_read}, rows_written = rows_written + ${rows_written}
    where tenant_id = ${actor().tenantId} and run_id = ${run_id}`)
}

/** Closes the slice in one transaction: the run, the connection's state, what happens next, the facts, and the lease. */
export async function finishRun(run: Run, outcome: Outcome): Promise<void> {
  await transaction(async (db) => {
    await holdLease(db, run.lease)
    const later = outcome.status === 'failed' ? retryTime(run, outcome.failure) : null
    const status = later || isPassing(outcome) ? 'continued' : outcome.status
    const figures = await saveRun(db, run, { status, failure: outcome.status === 'failed' ? outcome.failure : null })
    if (outcome.status === 'continued')
      await continueAt(db, run.event, { at: outcome.at, why: 'continued', attempt: 0 })
    if (later) await continueAt(db, run.event, later)
    if (outcome.status === 'completed') {
      const drift_days = outcome.told ? await reconcile(db, run.lease, outcome.told) : undefined
      await recordCompleted(db, run, { ...figures, drift_days })
    }
    if (status === 'failed' && outcome.status === 'failed')
      await recordFailed(db, run, { ...figures, failure: outcome.failure })
    await announceRows(db, run.lease.brand_id)
    await release(db, run, { status, failure: outcome.status === 'failed' ? outcome.failure : null })
  })
}

/** A database that failed for a moment, for it takes this very note: the event comes again and goes on, nothing is to be told. */
const isPassing = (outcome: Outcome): boolean =>
  outcome.status === 'failed' && outcome.failure.code === 'DB_UNAVAILABLE'

/** When to try again within the hour; null when trying again is pointless or was done often enough. */
function retryTime(run: Run, failure: AppError): { at: Date; why: string; attempt?: number } | null {
  const now = clock.now().getTime()
  const wait = failure.details[WAIT_DETAIL]
  if (failure.code === 'PROVIDER_RATE_LIMITED' && typeof wait === 'number')
    return { at: new Date(now + wait), why: 'rate limit' }
  const attempt = (run.event.data.attempt ?? 0) + 1
  if (!failure.retry || !failure.code.startsWith('PROVIDER_') || attempt >= MAX_ATTEMPTS) return null
  return { at: new Date(now + RETRY_BASE_MS * 2 ** (attempt - 1)), why: `attempt ${attempt}`, attempt }
}

type Closing = { status: 'completed' | 'continued' | 'failed'; failure: AppError | null }

/** Returns the figures of all slices of the run. */
async function saveRun(db: Db, run: Run, { status, failure }: Closing): Promise<Figures> {
  const saved = await db.one<{ pages: number; rows_read: bigint; rows_written: bigint }>(sql`
    update sync_runs set status = ${status}, finished_at = ${clock.now()},
      error_code = ${failure?.code ?? null}, error_message = ${failure?.message ?? null}
    where tenant_id = ${actor().tenantId} and run_id = ${run.run_id}
    returning pages, rows_read, rows_written`)
  return {
    pages: saved?.pages ?? 0,
    rows_read: Number(saved?.rows_read ?? 0),
    rows_written: Number(saved?.rows_written ?? 0),
  }
}

/** How a backfill ends says nothing of how fresh the connection is, unless a person must authorise it again. */
async function release(db: Db, { lease, kind }: Run, { status, failure }: Closing): Promise<void> {
  const now = clock.now()
  const needsReauth = failure?.code === 'PROVIDER_AUTH'
  const isFresh = status === 'completed' && kind !== 'backfill'
  const told = needsReauth || kind !== 'backfill' ? failure : null
  await db.query(sql`
    update integrations set lease_until = null,
      status = case when ${needsReauth} then 'needs_reauth' else status end,
      last_synced_at = case when ${isFresh} then ${now}::timestamptz else last_synced_at end,
      sync_error_code = case when ${isFresh} then null else coalesce(${told?.code ?? null}, sync_error_code) end,
      sync_error_message = case when ${isFresh} then null else coalesce(${told?.message ?? null}, sync_error_message) end
    where tenant_id = ${actor().tenantId} and integration_id = ${lease.integration_id}`)
}
