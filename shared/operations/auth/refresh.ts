import * as z from 'zod'
import { maySignIn, tenantInactive } from '../../auth/authenticate.ts'
import { refreshSuccessors, type Successor, type Successors } from '../../auth/refresh-successors.ts'
import { revokeSessions } from '../../auth/revoke-sessions.ts'
import { isSameHash, readSecretToken, type SecretToken } from '../../auth/secret-token.ts'
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
    'Exchanges a refresh token for a new access token and the next refresh token; the session ends when it always would have. Within ten seconds the same refresh token gives the same next one, in case an answer was lost or two tabs ask at once; a later second use ends the session, because then somebody else has it.',
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
    const token = (refresh_token_in === 'cookie' ? tokenInCookie() : refresh_token) ?? ''
    const read = readSecretToken(token)
    if (!read) throw refused()
    const given = { ...read, successors: await refreshSuccessors(token, read) }
    const outcome = await runAs(systemActor(given.tenantId, 'refresh', actor().requestId), () =>
      transaction((db) => exchange(db, given)),
    )
    if (outcome instanceof AppError) throw outcome
    return tokensOf(outcome, refresh_token_in)
  },
})

type Given = SecretToken & { successors: Successors }
type Session = { user_id: string; role: Role; tenant_status: string; refresh_hash: string }

/** The refusal is returned: what a misuse changes must be committed. */
async function exchange(db: Db, given: Given): Promise<OpenedSession | AppError> {
  const session = await lockedSession(db, given.id)
  if (!session) return refused()
  const isFirstUse = isSameHash(session.refresh_hash, given.hash)
  const next = isFirstUse ? given.successors.current : await successorAgain(db, given, session)
  if (next instanceof AppError) return next
  if (!maySignIn(session.tenant_status)) return tenantInactive()
  if (isFirstUse) await rotate(db, given, next.hash)
  const { tenantId, id } = given
  return { subject: { tenantId, userId: session.user_id, role: session.role, sessionId: id }, refreshToken: next.token }
}

/** Locked: of several at once the first rotates the token, and the others see that. */
const lockedSession = (db: Db, sessionId: string): Promise<Session | null> =>
  db.one<Session>(sql`
    select s.user_id, u.role, t.status as tenant_status, s.refresh_hash
    from sessions s
    join users u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
    join tenants t on t.id = s.tenant_id
    where s.tenant_id = ${actor().tenantId} and s.session_id = ${sessionId} and s.revoked_at is null
      and s.expires_at > ${clock.now()} and u.is_active
    for no key update of s`)

async function rotate(db: Db, { tenantId, id, hash }: Given, nextHash: string): Promise<void> {
  const now = clock.now()
  await db.query(sql`
    with rotated as (
      update sessions set refresh_hash = ${nextHash}, refreshed_at = ${now}
      where tenant_id = ${tenantId} and session_id = ${id}
      returning tenant_id, session_id)
    insert into used_refresh_tokens (tenant_id, session_id, secret_hash, used_at)
    select tenant_id, session_id, ${hash}, ${now} from rotated`)
}

/** How long an answer that was lost is given again, counted from the token's first use. */
const GRACE_MS = 10_000

/**
 * The successor that a used token already got, if that is still the session's token. A token used a while ago ends the
 * session, one that was made up does not.
 */
async function successorAgain(db: Db, given: Given, session: Session): Promise<Successor | AppError> {
  const { tenantId, id, hash, successors } = given
  const used = await db.one<{ used_at: Date }>(sql`
    select used_at from used_refresh_tokens
    where tenant_id = ${tenantId} and session_id = ${id} and secret_hash = ${hash}`)
  if (!used) return refused()
  if (clock.now().getTime() - used.used_at.getTime() < GRACE_MS)
    return successors.all.find((each) => isSameHash(each.hash, session.refresh_hash)) ?? overtaken()
  await revokeSessions(db, { userId: session.user_id, reason: 'refresh token used twice', only: id })
  return refused()
}

const refused = (): AppError =>
  new AppError('UNAUTHENTICATED', 'Sign in again: the refresh token is wrong, was used, or its session has ended.')

const overtaken = (): AppError =>
  new AppError('CONFLICT', 'This refresh token was used a moment ago, and so was the next one; go on with the newest.')
