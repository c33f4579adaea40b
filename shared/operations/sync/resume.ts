import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { wakeBackfill } from '../../sync/ask-backfill.ts'
import { actor } from '../../tenant.ts'
import { type LockedConnection, lockConnection, requireStatus } from './locked.ts'
import { PausedOrNot, pausedOnWire, recordStatus } from './paused.ts'

export const resumeConnection = operation({
  name: 'resume_connection',
  description: 'Syncs a paused connection again: it is due at once, and a backfill that was waiting goes on.',
  http: { method: 'post', path: '/api/integrations/{id}/resume' },
  permission: 'integrations:manage',
  input: z.object({ id: z.uuid() }),
  output: PausedOrNot,
  run: ({ id }) =>
    transaction(async (db) => {
      const connection = await lockConnection(db, id)
      requireStatus(connection, 'paused')
      if (connection.status === 'active') return pausedOnWire(connection)
      const now = clock.now()
      await db.query(sql`
        update integrations set status = 'active', paused_at = null, next_due_at = ${now}
        where tenant_id = ${actor().tenantId} and integration_id = ${id}`)
      await goOnWithBackfill(db, connection)
      await recordStatus(db, connection, 'active')
      return pausedOnWire({ ...connection, status: 'active', next_due_at: now })
    }),
})

async function goOnWithBackfill(db: Db, connection: LockedConnection): Promise<void> {
  const waiting = await db.one<{ run_id: string; since: string; until: string }>(sql`
    select run_id, range_since as since, range_until as until from sync_runs
    where tenant_id = ${actor().tenantId} and integration_id = ${connection.integration_id}
      and kind = 'backfill' and status = 'waiting'`)
  if (waiting) await wakeBackfill(db, connection, waiting)
}
