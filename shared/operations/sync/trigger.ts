import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { operation } from '../../operation.ts'
import { lockConnection, requireStatus } from './locked.ts'
import { AskedRun, requestSyncs } from './request-syncs.ts'

export const triggerSync = operation({
  name: 'trigger_sync',
  description:
    'Syncs one connection now, beside its hourly turn. Asked again while that waits or runs, it answers the same run.',
  http: { method: 'post', path: '/api/integrations/{id}/sync', status: 202 },
  permission: 'integrations:manage',
  input: z.object({ id: z.uuid() }),
  output: AskedRun,
  run: ({ id }) =>
    transaction(async (db) => {
      const connection = await lockConnection(db, id)
      requireStatus(connection)
      const [run] = await requestSyncs(db, [connection])
      if (!run) throw new AppError('INTERNAL', 'The sync could not be asked for.')
      return run
    }),
})
