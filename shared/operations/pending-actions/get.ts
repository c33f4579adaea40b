import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actionOnWire, PendingAction, readAction } from './action.ts'

export const getPendingAction = operation({
  name: 'get_pending_action',
  description: 'One change that an agent asked for: its input, who decided and what came of it.',
  http: { method: 'get', path: '/api/pending-actions/{id}' },
  permission: 'authenticated',
  surfaces: ['http'],
  input: z.object({ id: z.uuid() }),
  output: z.object({ pending_action: PendingAction }),
  run: async ({ id }) => ({ pending_action: actionOnWire(await transaction((db) => readAction(db, id))) }),
})
