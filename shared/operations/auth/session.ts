import { v7 as uuidv7 } from 'uuid'
import { issueAccessToken } from '../../auth/access-token.ts'
import { newRefreshToken } from '../../auth/refresh-token.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { actor, type Role } from '../../tenant.ts'

/** How long a sign-in can be continued by its refresh token. */
const SESSION_DAYS = 30
const DAY_MS = 86_400_000

/** The answer of every sign-in. */
export type Tokens = { access_token: string; token_type: 'Bearer'; expires_in: number; refresh_token: string }

/** Opens a session of a user of the actor's tenant, whose password was just checked, and records the sign-in. */
export async function openSession(userId: string): Promise<Tokens> {
  const { tenantId } = actor()
  const sessionId = uuidv7()
  const refresh = newRefreshToken({ tenantId, sessionId })
  const now = clock.now()
  const role = await transaction(async (db) => {
    const user = await db.one<{ role: Role }>(sql`
      update users set last_login = ${now} where tenant_id = ${tenantId} and user_id = ${userId} and is_active
      returning role`)
    if (!user) throw new AppError('UNAUTHENTICATED', 'E-mail or password is wrong.')
    await db.query(sql`
      insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
      values (${tenantId}, ${sessionId}, ${userId}, ${refresh.hash}, ${now}, ${new Date(now.getTime() + SESSION_DAYS * DAY_MS)})`)
    await record(db, 'auth.login', { data: { user_id: userId }, userId })
    return user.role
  })
  const { token, expiresIn } = await issueAccessToken({ tenantId, userId, role, sessionId })
  return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, refresh_token: refresh.token }
}
