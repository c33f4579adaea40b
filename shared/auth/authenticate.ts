import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { inOneTrip } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import {
  type Actor,
  type Permission,
  PLATFORM_TENANT_ID,
  ROLES,
  type Role,
  runAs,
  systemActor,
  type Tier,
} from '../tenant.ts'
import { type TokenSubject, unauthenticated, verifyAccessToken } from './access-token.ts'
import { keyStanding, noteKeyUse } from './api-key-standing.ts'
import { authorityCache } from './authority-cache.ts'
import { readSecretToken, type SecretToken } from './secret-token.ts'

const BEARER = /^Bearer ([A-Za-z0-9._-]+)$/i

type Standing = { role: Role; is_live: boolean; tenant_status: string; tier: Tier }
/** Whom a bearer speaks for, before it is asked whether the tenant may be used. */
type Speaker = { actor: Actor; tenantStatus: string }

const standings = authorityCache<Standing>()

/**
 * The actor of an Authorization header. Throws UNAUTHENTICATED for anything but a valid bearer token of a live session
 * of an active user or a live API key, TENANT_INACTIVE when the tenant may not be used, DB_UNAVAILABLE when nobody can tell.
 * `deletingToo` lets those in whose tenant waits for its deletion.
 */
export async function authenticate(
  header: string | undefined,
  requestId: string,
  { deletingToo = false } = {},
): Promise<Actor> {
  const bearer = BEARER.exec(header ?? '')?.[1]
  if (bearer === undefined) throw unauthenticated()
  const key = readSecretToken(bearer)
  const speaker = key ? await speakerOfKey(key, requestId) : await speakerOfToken(bearer, requestId)
  if (!speaker) throw unauthenticated()
  const isLetIn = deletingToo ? maySignIn : isLiveTenant
  if (!isLetIn(speaker.tenantStatus)) throw tenantInactive()
  if (key) noteKeyUse(key, requestId)
  return speaker.actor
}

/** A tenant is live while its warehouse is still being provisioned. */
export const isLiveTenant = (status: string): boolean => status === 'active' || status === 'provisioning'

/** A sign-in outlives the deletion's grace period, or nobody could restore the tenant; little else is answered then. */
export const maySignIn = (status: string): boolean => isLiveTenant(status) || status === 'deleting'

export const tenantInactive = (): AppError =>
  new AppError('TENANT_INACTIVE', 'This account is not active; ask its owner or our support.')

/** This instance asks again about every session of the user; to be called once the change is committed. */
export const forgetSessionsOf = (tenantId: string, userId: string): void =>
  standings.forget((key) => key.startsWith(`session:tenant:${tenantId}:`) && key.endsWith(`:${userId}`))

async function speakerOfToken(token: string, requestId: string): Promise<Speaker | null> {
  const subject = await verifyAccessToken(token)
  const { tenantId, userId, sessionId } = subject
  const standing = await standings.read(keyOf(subject), () =>
    runAs(systemActor(tenantId, 'authenticate', requestId), () => readStanding(subject)),
  )
  if (!standing?.is_live) return null
  const { role, tier, tenant_status: tenantStatus } = standing
  const permissions = permissionsOf(role, tenantId)
  return {
    tenantStatus,
    actor: { tenantId, userId, name: role, permissions, sessionId, apiKeyId: null, tier, requestId },
  }
}

async function speakerOfKey(key: SecretToken, requestId: string): Promise<Speaker | null> {
  const standing = await keyStanding(key, requestId)
  if (!standing) return null
  const { tenantId, id: apiKeyId } = key
  const { scopes, tier, tenant_status: tenantStatus } = standing
  const who = { tenantId, userId: null, name: 'api_client', permissions: new Set(scopes), sessionId: null, apiKeyId }
  return { tenantStatus, actor: { ...who, tier, requestId } }
}

function permissionsOf(role: Role, tenantId: string): ReadonlySet<Permission> {
  // Operators exist in the platform tenant only; elsewhere the role is worth nothing.
  if (role === 'operator' && tenantId !== PLATFORM_TENANT_ID) return new Set()
  return new Set(ROLES[role])
}

/** This instance asks again about one session; to be called once the change is committed. */
export const forgetSession = ({ tenantId, userId, sessionId }: Omit<TokenSubject, 'role'>): void =>
  standings.forget((key) => key === keyOf({ tenantId, userId, sessionId }))

const keyOf = ({ tenantId, userId, sessionId }: Omit<TokenSubject, 'role'>): string =>
  `session:tenant:${tenantId}:${sessionId}:${userId}`

/** Session, user and tenant in one read, as they are now: the token's own role is not trusted. */
async function readStanding({ tenantId, userId, sessionId }: TokenSubject): Promise<Standing | null> {
  const [standing] = await inOneTrip<Standing>(sql`
    select u.role, t.status as tenant_status, t.subscription_tier as tier,
      u.is_active and s.revoked_at is null and s.expires_at > ${clock.now()}::timestamptz as is_live
    from sessions s
    join users u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
    join tenants t on t.id = s.tenant_id
    where s.tenant_id = ${tenantId} and s.session_id = ${sessionId} and s.user_id = ${userId}`)
  return standing ?? null
}
