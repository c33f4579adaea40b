import * as z from 'zod'
import { revokeSessions } from '../../auth/revoke-sessions.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { operation } from '../../operation.ts'
import { ownSession } from './own-session.ts'

export const revokeSession = operation({
  name: 'revoke_session',
  description: "Ends one of one's own sessions; its tokens are worth nothing within 15 seconds.",
  http: { method: 'delete', path: '/api/auth/sessions/{id}' },
  permission: 'authenticated',
  input: z.object({ id: z.uuid() }),
  output: z.object({ sessions_ended: z.int() }).meta({ examples: [{ sessions_ended: 1 }] }),
  run: async ({ id }) => {
    const { userId } = ownSession()
    const ended = await transaction((db) =>
      revokeSessions(db, { userId, reason: 'session ended by its user', only: id }),
    )
    if (ended === 0)
      throw new AppError('NOT_FOUND', 'No live session of yours has this id; GET /api/auth/sessions lists them.')
    return { sessions_ended: ended }
  },
})
