import * as z from 'zod'
import { revokeSessions } from '../../auth/revoke-sessions.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { ownSession } from './own-session.ts'
import { forgetCookie, tokenInCookie } from './refresh-cookie.ts'

export const logout = operation({
  name: 'logout',
  description:
    'Ends this session, or with `everywhere` all sessions of this user; their access and refresh tokens are worth nothing within 15 seconds.',
  http: { method: 'post', path: '/api/auth/logout' },
  permission: 'authenticated',
  input: z.object({ everywhere: z.boolean().default(false) }).meta({ examples: [{ everywhere: true }] }),
  output: z.object({ sessions_ended: z.int() }).meta({ examples: [{ sessions_ended: 1 }] }),
  run: async ({ everywhere }) => {
    const { userId, sessionId } = ownSession()
    if (tokenInCookie() !== null) forgetCookie()
    const which = everywhere ? { reason: 'signed out everywhere' } : { reason: 'signed out', only: sessionId }
    return { sessions_ended: await transaction((db) => revokeSessions(db, { userId, ...which })) }
  },
})
