import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { announceRows } from '../../sync/facts.ts'
import { revokeLease } from '../../sync/lease.ts'
import { actor } from '../../tenant.ts'
import { askedBy } from './locked.ts'
import { noSuchRun, OPEN_STATUSES, RUN_COLUMNS, Run, type RunRow, runOnWire } from './run.ts'

/**
 * The worker loses its lease with this answer: a commit under way is waited for and counts, each later one is refused.
 * What the worker has fetched since is thrown away, and no continuation of the run does anything.
 */
export const cancelSyncRun = operation({
  name: 'cancel_sync_run',
  description:
    'Stops a run that is not over. What it has written stays; after the answer it writes nothing more. Cancelling twice is one cancelling.',
  http: { method: 'post', path: '/api/sync/runs/{id}/cancel' },
  permission: 'integrations:manage',
  input: z.object({ id: z.uuid() }),
  output: z.object({ run: Run }),
  run: ({ id }) =>
    transaction(async (db) => {
      const known = await findRun(db, id)
      await revokeLease(db, known.integration_id, id)
      const cancelled = await markCancelled(db, id)
      if (!cancelled) return { run: runOnWire(alreadyCancelled(await findRun(db, id))) }
      const { integration_id, kind } = cancelled
      await announceRows(db, known.brand_id)
      const details = { integration_id, kind }
      await record(db, 'admin.action', {
        data: { action: 'sync.cancel', subject_id: id, details },
        brandId: known.brand_id,
      })
      return { run: runOnWire(cancelled) }
    }),
})

async function findRun(db: Db, id: string): Promise<RunRow & { brand_id: string }> {
  const row = await db.one<RunRow & { brand_id: string }>(sql`
    select r.*, i.brand_id from (select tenant_id, ${RUN_COLUMNS} from sync_runs
      where tenant_id = ${actor().tenantId} and run_id = ${id}) r
    join integrations i on i.tenant_id = r.tenant_id and i.integration_id = r.integration_id`)
  if (!row) throw noSuchRun()
  return row
}

/** Null: it was over before. */
const markCancelled = (db: Db, id: string): Promise<RunRow | null> =>
  db.one<RunRow>(sql`
    update sync_runs set status = 'cancelled', finished_at = ${clock.now()}, cancelled_by = ${askedBy()}
    where tenant_id = ${actor().tenantId} and run_id = ${id} and status = any(${OPEN_STATUSES}::text[])
    returning ${RUN_COLUMNS}`)

function alreadyCancelled(row: RunRow): RunRow {
  if (row.status === 'cancelled') return row
  throw new AppError('CONFLICT', `The run has ${row.status} already: there is nothing to cancel.`)
}
