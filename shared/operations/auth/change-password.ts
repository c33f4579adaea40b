import * as z from 'zod'
import { unauthenticated } from '../../auth/access-token.ts'
import { countFailure, isLocked } from '../../auth/lock-out.ts'
import { hashPassword, verifyPassword } from '../../auth/password.ts'
import { NewPassword } from '../../auth/password-rules.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import type { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { fieldErrors } from '../call.ts'
import { ownSession } from './own-session.ts'
import { setPassword } from './set-password.ts'

export const changePassword = operation({
  name: 'change_password',
  description: "Changes one's own password. All other sessions end; this one goes on.",
  http: { method: 'post', path: '/api/auth/password' },
  permission: 'authenticated',
  input: z
    .object({ current_password: z.string().min(1).max(256), new_password: NewPassword })
    .meta({ examples: [{ current_password: 'the one I have', new_password: 'correct horse battery staple' }] }),
  output: z.object({ password_set: z.literal(true) }).meta({ examples: [{ password_set: true }] }),
  run: async ({ current_password, new_password }) => {
    const { userId, sessionId } = ownSession()
    const stored = await transaction((db) => readPassword(db, userId))
    const fits = await verifyPassword(current_password, stored?.hashed_password ?? null)
    if (!stored) throw unauthenticated()
    if (!fits || stored.locked) {
      await transaction((db) => recordFailure(db, userId))
      throw notYours()
    }
    if (current_password === new_password) throw fieldErrors({ new_password: ['This is the password you have.'] })
    const wanted = {
      userId,
      password: new_password,
      field: 'new_password',
      keptSession: sessionId,
      how: 'changed',
    } as const
    const hashed = await hashPassword(new_password)
    await transaction(async (db) => {
      if (await isLocked(db, userId)) throw notYours()
      if (!(await setPassword(db, { ...wanted, hashed }))) throw unauthenticated()
    })
    return { password_set: true as const }
  },
})

const notYours = (): AppError =>
  fieldErrors({ current_password: ['This is not your password. If you forgot it, ask for a reset letter.'] })

async function readPassword(db: Db, userId: string): Promise<{ hashed_password: string; locked: boolean } | null> {
  const { tenantId } = ownSession()
  const user = await db.one<{ hashed_password: string }>(sql`
    select hashed_password from users where tenant_id = ${tenantId} and user_id = ${userId}`)
  return user && { ...user, locked: await isLocked(db, userId) }
}

/** A stolen access token must not become a way to guess the password. */
async function recordFailure(db: Db, userId: string): Promise<void> {
  await countFailure(db, userId)
  await record(db, 'auth.failed', { data: { user_id: userId, reason: 'wrong password' }, status: 'failure' })
}
