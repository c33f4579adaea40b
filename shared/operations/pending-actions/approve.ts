import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError, toAppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { logError } from '../../log.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { call, requirePermission } from '../call.ts'
import { offeredOperations } from '../offered.ts'
import { type ActionRow, actionOnWire, alreadyDecided, decidingPerson, PendingAction, readAction } from './action.ts'

export const approvePendingAction = operation({
  name: 'approve_pending_action',
  description:
    'Approves a change that an agent asked for, and makes it in your name, once. Whether it worked stands in `status`: done or failed.',
  http: { method: 'post', path: '/api/pending-actions/{id}/approve' },
  permission: 'authenticated',
  input: z.object({ id: z.uuid() }),
  output: z.object({ pending_action: PendingAction }),
  run: async ({ id }) => {
    const action = await take(id, decidingPerson())
    const outcome = await outcomeOf(action)
    return { pending_action: actionOnWire(await finish(id, outcome)) }
  },
})

type Outcome = { status: 'done' | 'failed'; output: unknown; error: { code: string; message: string } | null }

/** One approver at most gets past the update; it is committed before the work, so that a crash never makes it happen twice. */
const take = (id: string, userId: string): Promise<ActionRow> =>
  transaction(async (db) => {
    const action = await readAction(db, id)
    const now = clock.now()
    const taken = await db.one(sql`
      update pending_actions set status = 'running', decided_by = ${userId}, decided_at = ${now}
      where tenant_id = ${actor().tenantId} and action_id = ${id} and status = 'pending' and expires_at > ${now}::timestamptz
      returning action_id`)
    if (!taken) throw alreadyDecided(await readAction(db, id))
    const details = { operation: action.operation }
    await record(db, 'admin.action', { data: { action: 'pending_action.approved', subject_id: id, details } })
    return action
  })

async function outcomeOf({ operation: name, input }: ActionRow): Promise<Outcome> {
  try {
    const wanted = offeredOperations().find((each) => each.name === name)
    if (!wanted) throw new AppError('NOT_FOUND', `There is no operation ${name} any more.`)
    requirePermission(wanted)
    return { status: 'done', output: await call(wanted, input), error: null }
  } catch (thrown) {
    const { code, message, status } = toAppError(thrown)
    if (status >= 500) logError(`The approved action ${name} failed.`, thrown)
    return { status: 'failed', output: null, error: { code, message } }
  }
}

const finish = (id: string, { status, output, error }: Outcome): Promise<ActionRow> =>
  transaction(async (db) => {
    await db.query(sql`
      update pending_actions set status = ${status}, output = ${output && JSON.stringify(output)}::jsonb,
        error = ${error && JSON.stringify(error)}::jsonb
      where tenant_id = ${actor().tenantId} and action_id = ${id} and status = 'running'`)
    return readAction(db, id)
  })
