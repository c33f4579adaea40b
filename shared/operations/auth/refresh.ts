import * as z from 'zod'
import { maySignIn, tenantInactive } from '../../auth/authenticate.ts'
import { revokeSessions } from '../../auth/revoke-sessions.ts'
import { isSameHash, newSecretToken, readSecretToken, type SecretToken } from '../../auth/secret-token.ts'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { operation } from '../../operation.ts'
import { actor, type Role, runAs, systemActor } from '../../tenant.ts'
import { TokenPlace, tokenInCookie } from './refresh-cookie.ts'
import { type OpenedSession, Tokens, tokensOf } from './session.ts'

const EXAMPLE = `pp_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f_0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70_${'c2VjcmV0'.repeat(6).slice(0, 43)}`

export const refresh = operation({
  name: 'refresh',
  description:
    'Exchanges a refresh token for a new access token and the next refresh token; the session ends when it always would have. Each refresh token works once: a second use ends the session, because then somebody else has it.',
  http: { method: 'post', path: '/api/auth/refresh' },
  permission: 'public',
  input: z
    .object({
      refresh_token: z.string().max(300).optional().describe('Left out when it is in the cookie.'),
      refresh_token_in: TokenPlace,
    })
    .meta({ examples: [{ refresh_token: EXAMPLE }] }),
  output: Tokens,
  run: async ({ refresh_token, refresh_token_in }) => {
    const given = readSecretToken((refresh_token_in === 'cookie' ? tokenInCookie() : refresh_token) ?? '')
    if (!given) throw refused()
    const outcome = await runAs(systemActor(given.tenantId, 'refresh', actor().requestId), () =>
      transaction((db) => exchange(db, given)),
    )
    if (outcome instanceof AppError) throw outcome
    return tokensOf(outcome, refresh_token_in)
  },
})

type Session = { user_id: string; role: Role; tenant_status: string; refresh_hash: string }

/** The refusal is returned: what a misuse changes must be committed. */
async function exchange(db: Db, given: SecretToken): Promise<OpenedSession | AppError> {
  const session = await liveSession(db, given.id)
  if (!session) return refused()
  if (!isSameHash(session.refresh_hash, given.hash)) return refuseOther(db, given, session.user_id)
  if (!maySignIn(session.tenant_status)) return tenantInactive()
  const next = newSecretToken(given)
  if (!(await rotate(db, given, next.hash))) return overtaken()
  const { tenantId, id } = given
  return { subject: { tenantId, userId: session.user_id, role: session.role, sessionId: id }, refreshToken: next.token }
}

const liveSession = (db: Db, sessionId: string): Promise<Session | null> =>
  db.one<Session>(sql`
    select s.user_id, u.role, t.status as tenant_status, s.refresh_hash
    from sessions s
    join users u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
    join tenants t on t.id = s.tenant_id
    where s.tenant_id = ${actor().tenantId} and s.session_id = ${sessionId} and s.revoked_at is null
      and s.expires_at > ${clock.now()} and u.is_active`)

/** False when the token was used, or the session ended, since it was read: of several at once one wins. */
async function rotate(db: Db, { tenantId, id, hash }: SecretToken, nextHash: string): Promise<boolean> {
  const now = clock.now()
  const rotated = await db.one(sql`
    with won as (
      update sessions set refresh_hash = ${nextHash}, refreshed_at = ${now}
      where tenant_id = ${tenantId} and session_id = ${id} and refresh_hash = ${hash} and revoked_at is null
      returning tenant_id, session_id)
    insert into used_refresh_tokens (tenant_id, session_id, secret_hash, used_at)
    select tenant_id, session_id, ${hash}, ${now} from won
    returning session_id`)
  return rotated !== null
}

/** A second tab, or a repeated request, may bring a token that was exchanged a moment ago. */
const LEEWAY_MS = 10_000

/** Not the token of this session: one that it used a while ago ends it, one that was made up does not. */
async function refuseOther(db: Db, { tenantId, id, hash }: SecretToken, userId: string): Promise<AppError> {
  const used = await db.one<{ used_at: Date }>(sql`
    select used_at from used_refresh_tokens
    where tenant_id = ${tenantId} and session_id = ${id} and secret_hash = ${hash}`)
  if (used && clock.now().getTime() - used.used_at.getTime() < LEEWAY_MS) return overtaken()
  if (used) await revokeSessions(db, { userId, reason: 'refresh token used twice', only: id })
  return refused()
}

const refused = (): AppError =>
  new AppError('UNAUTHENTICATED', 'Sign in again: the refresh token is wrong, was used, or its session has ended.')

const overtaken = (): AppError =>
  new AppError('CONFLICT', 'Another request used this refresh token a moment ago; go on with the tokens it got.')
