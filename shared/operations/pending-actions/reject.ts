import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { line } from '../text.ts'
import { actionOnWire, alreadyDecided, decidingPerson, PendingAction, readAction } from './action.ts'

export const rejectPendingAction = operation({
  name: 'reject_pending_action',
  description: 'Rejects a change that an agent asked for; it will not be made.',
  http: { method: 'post', path: '/api/pending-actions/{id}/reject' },
  permission: 'authenticated',
  input: z
    .object({ id: z.uuid(), reason: line(500).optional() })
    .meta({ examples: [{ reason: 'The budget for this month is spent.' }] }),
  output: z.object({ pending_action: PendingAction }),
  run: ({ id, reason = null }) =>
    transaction(async (db) => {
      const action = await readAction(db, id)
      const now = clock.now()
      const rejected = await db.one(sql`
        update pending_actions set status = 'rejected', decided_by = ${decidingPerson()}, decided_at = ${now}, reason = ${reason}
        where tenant_id = ${actor().tenantId} and action_id = ${id} and status = 'pending' and expires_at > ${now}::timestamptz
        returning action_id`)
      if (!rejected) throw alreadyDecided(await readAction(db, id))
      const data = { action: 'pending_action.rejected', subject_id: id, details: { operation: action.operation } }
      await record(db, 'admin.action', { data })
      return { pending_action: actionOnWire(await readAction(db, id)) }
    }),
})
