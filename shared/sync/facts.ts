import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import type { AppError } from '../errors.ts'
import { record } from '../events/record.ts'
import { actor } from '../tenant.ts'
import type { Lease } from './lease.ts'
import type { RunKind, WorkRequested } from './request.ts'

/** One piece of work on one connection, an hour's for one; its slices share the id. */
export type Run = {
  run_id: string
  kind: RunKind
  lease: Lease
  event: WorkRequested
  startedAt: number
}

/** What a run, or one commit of it, read and wrote. */
export type Figures = { pages: number; rows_read: number; rows_written: number }

export async function recordStarted(db: Db, { run_id, kind, lease }: Run): Promise<void> {
  const { integration_id, platform, brand_id } = lease
  await record(db, 'data.sync_started', {
    data: { integration_id, run_id, platform, kind },
    key: run_id,
    brandId: brand_id,
  })
}

const resultOf = ({ lease, run_id, kind }: Run, { pages, rows_read, rows_written }: Figures) => ({
  integration_id: lease.integration_id,
  run_id,
  platform: lease.platform,
  kind,
  rows_read,
  rows_written,
  pages,
})

/** `drift_days`: how many days differ from what the provider says, if they were compared. */
export const recordCompleted = (db: Db, run: Run, figures: Figures & { drift_days: number | undefined }) =>
  record(db, 'data.sync_completed', {
    data: { ...resultOf(run, figures), ...(figures.drift_days !== undefined && { drift_days: figures.drift_days }) },
    key: run.run_id,
    brandId: run.lease.brand_id,
    durationMs: Date.now() - run.startedAt,
  })

export async function recordFailed(
  db: Db,
  run: Run,
  { failure, ...figures }: Figures & { failure: AppError },
): Promise<void> {
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
export async function announceRows(db: Db, brandId: string): Promise<void> {
  const waiting = await db.one(
    sql`select day from touched_days where tenant_id = ${actor().tenantId} and brand_id = ${brandId} limit 1`,
  )
  if (waiting) await record(db, 'rows.synced', { data: { brand_id: brandId } })
}
