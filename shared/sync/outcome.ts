import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { type Db, transaction } from '../db/transaction.ts'
import type { AppError } from '../errors.ts'
import type { ReceivedEvent } from '../events/catalog.ts'
import { record } from '../events/record.ts'
import { actor } from '../tenant.ts'
import { WAIT_DETAIL } from './connector.ts'
import { freeLease, holdLease, type Lease } from './lease.ts'

export type SyncRequested = ReceivedEvent<'sync.requested.shopify' | 'sync.requested.meta'>

/** One hour of one connection; slices of the same hour share the id. */
export type Run = {
  run_id: string
  lease: Lease
  event: SyncRequested
  startedAt: number
}

/** What a run, or one commit of it, read and wrote. */
export type Figures = { pages: number; rows_read: number; rows_written: number }

type Outcome = { status: 'completed' } | { status: 'continued' } | { status: 'failed'; failure: AppError }

/** A provider that is down is tried again this often within the hour before the run counts as failed. */
const MAX_ATTEMPTS = 4
const RETRY_BASE_MS = 30_000

/** Asks for the rest of the work at a later time. A worker that waits never blocks the subscription. */
export async function continueAt(
  db: Db,
  event: SyncRequested,
  next: { at: Date; why: string; attempt?: number },
): Promise<void> {
  const data = { ...event.data, attempt: next.attempt ?? event.data.attempt }
  await record(db, event.type, { data, at: next.at, key: `${event.id}:${next.why}` })
}

/** False when this hour was completed before: then the connection is free again and nothing is noted of the late delivery. */
export async function startRun(run: Run): Promise<boolean> {
  const { run_id, lease } = run
  const { tenantId } = actor()
  return transaction(async (db) => {
    await holdLease(db, lease)
    const started = await db.one(sql`
      insert into sync_runs as r (tenant_id, run_id, integration_id, status, started_at)
      values (${tenantId}, ${run_id}, ${lease.integration_id}, 'running', ${clock.now()})
      on conflict (tenant_id, run_id) do update set status = 'running', finished_at = null where r.status <> 'completed'
      returning run_id`)
    if (!started) {
      await freeLease(db, lease)
      return false
    }
    const data = { integration_id: lease.integration_id, run_id, platform: lease.platform }
    await record(db, 'data.sync_started', { data, key: run_id, brandId: lease.brand_id })
    return true
  })
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
    if (outcome.status === 'continued') await continueAt(db, run.event, { at: clock.now(), why: 'continued' })
    if (later) await continueAt(db, run.event, later)
    if (status === 'completed') await recordCompleted(db, run, figures)
    if (status === 'failed' && outcome.status === 'failed')
      await recordFailed(db, run, { ...figures, failure: outcome.failure })
    await announceRows(db, run)
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

const resultOf = ({ lease, run_id }: Run, { pages, rows_read, rows_written }: Figures) => ({
  integration_id: lease.integration_id,
  run_id,
  platform: lease.platform,
  rows_read,
  rows_written,
  pages,
})

const recordCompleted = (db: Db, run: Run, figures: Figures) =>
  record(db, 'data.sync_completed', {
    data: resultOf(run, figures),
    key: run.run_id,
    brandId: run.lease.brand_id,
    durationMs: Date.now() - run.startedAt,
  })

async function recordFailed(db: Db, run: Run, { failure, ...figures }: Figures & { failure: AppError }): Promise<void> {
  const { code, message } = failure
  const { integration_id, brand_id, platform } = run.lease
  const common = { brandId: brand_id, status: 'failure', errorMessage: message } as const
  // The delivery is part of the key: the same hour may fail, be triggered again and fail again.
  const key = `${run.run_id}:${run.event.id}`
  if (code === 'PROVIDER_AUTH')
    await record(db, 'integration.needs_reauth', { ...common, data: { integration_id, platform, message }, key })
  const durationMs = Date.now() - run.startedAt
  const data = { ...resultOf(run, figures), code, message }
  await record(db, 'data.sync_failed', { ...common, data, key, durationMs })
}

/** Wakes the attribution when any day of the brand waits to be recomputed. */
async function announceRows(db: Db, { lease }: Run): Promise<void> {
  const waiting = await db.one(
    sql`select day from touched_days where tenant_id = ${actor().tenantId} and brand_id = ${lease.brand_id} limit 1`,
  )
  if (waiting) await record(db, 'rows.synced', { data: { brand_id: lease.brand_id } })
}

async function release(db: Db, { lease }: Run, { status, failure }: Closing): Promise<void> {
  const now = clock.now()
  const needsReauth = failure?.code === 'PROVIDER_AUTH'
  await db.query(sql`
    update integrations set lease_until = null,
      status = case when ${needsReauth} then 'needs_reauth' else status end,
      last_synced_at = case when ${status === 'completed'} then ${now}::timestamptz else last_synced_at end,
      sync_error_code = case when ${status === 'completed'} then null else coalesce(${failure?.code ?? null}, sync_error_code) end,
      sync_error_message = case when ${status === 'completed'} then null else coalesce(${failure?.message ?? null}, sync_error_message) end
    where tenant_id = ${actor().tenantId} and integration_id = ${lease.integration_id}`)
}
