import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { ACCESS_TOKEN_SECONDS, issueAccessToken, type TokenSubject } from '../../auth/access-token.ts'
import { notLocked } from '../../auth/lock-out.ts'
import { newSecretToken } from '../../auth/secret-token.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { actor, type Role } from '../../tenant.ts'
import { keepInCookie, type TokenPlace } from './refresh-cookie.ts'

/** How long a sign-in can be continued by its refresh tokens; continuing does not prolong it. */
const SESSION_DAYS = 30
const DAY_MS = 86_400_000

/** The answer of every sign-in. */
export const Tokens = z
  .object({
    access_token: z.string().describe('JWT; send it as `Authorization: Bearer`.'),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds.'),
    refresh_token: z
      .string()
      .optional()
      .describe(
        'Opaque; good for one POST /api/auth/refresh, which may be repeated for ten seconds. Not here when it is in the cookie.',
      ),
  })
  .meta({
    examples: [
      {
        access_token: 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.e30.c2lnbmF0dXJl',
        token_type: 'Bearer',
        expires_in: ACCESS_TOKEN_SECONDS,
        refresh_token: 'pp_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70_c2VjcmV0',
      },
    ],
  })

/** A session whose tokens are still to be handed out. */
export type OpenedSession = { subject: TokenSubject; refreshToken: string }

/**
 * Opens a session of a user of the actor's tenant, whose password was just checked, records the sign-in and forgets failed
 * ones. null when the user is locked out or no longer active.
 */
export async function openSession(db: Db, userId: string): Promise<OpenedSession | null> {
  const { tenantId } = actor()
  const sessionId = uuidv7()
  const { token, hash } = newSecretToken({ tenantId, id: sessionId })
  const now = clock.now()
  const user = await db.one<{ role: Role }>(sql`
    update users set last_login = ${now}, failed_sign_ins = 0, failing_since = null, locked_until = null
    where tenant_id = ${tenantId} and user_id = ${userId} and is_active and ${notLocked()}
    returning role`)
  if (!user) return null
  await db.query(sql`
    insert into sessions (tenant_id, session_id, user_id, refresh_hash, created_at, expires_at)
    values (${tenantId}, ${sessionId}, ${userId}, ${hash}, ${now}, ${new Date(now.getTime() + SESSION_DAYS * DAY_MS)})`)
  await record(db, 'auth.login', { data: { user_id: userId }, userId })
  return { subject: { tenantId, userId, role: user.role, sessionId }, refreshToken: token }
}

/** Signs the access token, once the session is committed, and puts the refresh token in its place. */
export async function tokensOf(
  { subject, refreshToken }: OpenedSession,
  place: TokenPlace = 'body',
): Promise<z.input<typeof Tokens>> {
  const { token, expiresIn } = await issueAccessToken(subject)
  const access = { access_token: token, token_type: 'Bearer', expires_in: expiresIn } as const
  if (place === 'body') return { ...access, refresh_token: refreshToken }
  keepInCookie(refreshToken, (SESSION_DAYS * DAY_MS) / 1000)
  return access
}
