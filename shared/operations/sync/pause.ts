import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { announceRows } from '../../sync/facts.ts'
import { revokeLease } from '../../sync/lease.ts'
import { actor } from '../../tenant.ts'
import { askedBy, lockConnection, requireStatus } from './locked.ts'
import { PausedOrNot, pausedOnWire, recordStatus } from './paused.ts'
import { OPEN_STATUSES } from './run.ts'

export const pauseConnection = operation({
  name: 'pause_connection',
  description:
    'Stops syncing a connection until it is resumed. What was written stays; after the answer nothing more is. A backfill waits and goes on when it is resumed.',
  http: { method: 'post', path: '/api/integrations/{id}/pause' },
  permission: 'integrations:manage',
  input: z.object({ id: z.uuid() }),
  output: PausedOrNot,
  run: ({ id }) =>
    transaction(async (db) => {
      const connection = await lockConnection(db, id)
      requireStatus(connection, 'paused')
      if (connection.status === 'paused') return pausedOnWire(connection)
      const now = clock.now()
      await db.query(sql`
        update integrations set status = 'paused', paused_at = ${now}
        where tenant_id = ${actor().tenantId} and integration_id = ${id}`)
      await revokeLease(db, id)
      await stopRuns(db, id, now)
      await announceRows(db, connection.brand_id)
      await recordStatus(db, connection, 'paused')
      return pausedOnWire({ ...connection, status: 'paused', paused_at: now })
    }),
})

/** Syncs are over: resuming makes the connection due, and that goes on at the page they had reached. */
const stopRuns = (db: Db, integrationId: string, now: Date): Promise<unknown> =>
  db.query(sql`
    update sync_runs set
      status = case when kind = 'backfill' then 'waiting' else 'cancelled' end,
      finished_at = case when kind = 'backfill' then finished_at else ${now}::timestamptz end,
      cancelled_by = case when kind = 'backfill' then null else ${askedBy()}::uuid end
    where tenant_id = ${actor().tenantId} and integration_id = ${integrationId} and status = any(${OPEN_STATUSES}::text[])`)
