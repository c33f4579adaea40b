import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { type ActionRow, actionOnWire, columns, ownOperations, PendingAction, Status } from './action.ts'

/** Ids are uuidv7: their order is that of asking. */
const Key = z.tuple([z.uuid()])

export const listPendingActions = operation({
  name: 'list_pending_actions',
  description: 'Changes that agents asked for and that you could approve, newest first.',
  http: { method: 'get', path: '/api/pending-actions' },
  permission: 'authenticated',
  surfaces: ['http'],
  input: PageInput.extend({ status: Status.optional() }),
  output: z.object({ pending_actions: z.array(PendingAction), next_cursor: NextCursor }),
  run: async ({ limit, cursor, status = null }) => {
    const [before] = decodeCursor(Key, cursor) ?? [null]
    const found = await transaction((db) =>
      db.query<ActionRow>(sql`
        select * from (
          select ${columns(clock.now())} from pending_actions
          where tenant_id = ${actor().tenantId} and operation = any(${ownOperations()})
            and (${before}::uuid is null or action_id < ${before}::uuid)) actions
        where ${status}::text is null or status = ${status}
        order by id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, ({ id }) => [id])
    return { pending_actions: rows.map(actionOnWire), next_cursor }
  },
})
