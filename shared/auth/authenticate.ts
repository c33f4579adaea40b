import { LRUCache } from 'lru-cache'
import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { transaction } from '../db/transaction.ts'
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

/** Authority is never older than this in an instance. */
export const SESSION_CACHE_MS = 15_000
const SESSIONS_KEPT = 10_000
const BEARER = /^Bearer ([A-Za-z0-9._-]+)$/i

type Standing = { role: Role; is_live: boolean; tenant_status: string; tier: Tier }

/** Promises, so that a burst of one session's requests asks the database once. */
const standings = new LRUCache<string, Promise<Standing | null>>({
  max: SESSIONS_KEPT,
  ttl: SESSION_CACHE_MS,
  ttlResolution: 0,
  // Monotonic: the product's clock may be moved, but not the age of an authority.
  perf: { now: () => performance.now() },
})

/**
 * The actor of an Authorization header. Throws UNAUTHENTICATED for anything but a valid bearer token of a live session
 * of an active user, TENANT_INACTIVE when the tenant may not be used, DB_UNAVAILABLE when nobody can tell.
 */
export async function authenticate(header: string | undefined, requestId: string): Promise<Actor> {
  const token = BEARER.exec(header ?? '')?.[1]
  if (token === undefined) throw unauthenticated()
  const subject = await verifyAccessToken(token)
  const standing = await standingOf(subject, requestId)
  if (!standing?.is_live) throw unauthenticated()
  if (!isLiveTenant(standing.tenant_status)) throw tenantInactive()
  return {
    tenantId: subject.tenantId,
    userId: subject.userId,
    name: standing.role,
    permissions: permissionsOf(standing.role, subject.tenantId),
    sessionId: subject.sessionId,
    apiKeyId: null,
    tier: standing.tier,
    requestId,
  }
}

/** A tenant is live while its warehouse is still being provisioned. */
export const isLiveTenant = (status: string): boolean => status === 'active' || status === 'provisioning'

export const tenantInactive = (): AppError =>
  new AppError('TENANT_INACTIVE', 'This account is not active; ask its owner or our support.')

function permissionsOf(role: Role, tenantId: string): ReadonlySet<Permission> {
  // Operators exist in the platform tenant only; elsewhere the role is worth nothing.
  if (role === 'operator' && tenantId !== PLATFORM_TENANT_ID) return new Set()
  return new Set(ROLES[role])
}

function standingOf(subject: TokenSubject, requestId: string): Promise<Standing | null> {
  const key = `session:tenant:${subject.tenantId}:${subject.sessionId}:${subject.userId}`
  const cached = standings.get(key)
  if (cached) return cached
  const reading = runAs(systemActor(subject.tenantId, 'authenticate', requestId), () => readStanding(subject))
  standings.set(key, reading)
  reading.catch(() => standings.delete(key))
  return reading
}

/** Session, user and tenant in one read, as they are now: the token's own role is not trusted. */
const readStanding = ({ tenantId, userId, sessionId }: TokenSubject): Promise<Standing | null> =>
  transaction((db) =>
    db.one<Standing>(sql`
      select u.role, t.status as tenant_status, t.subscription_tier as tier,
        u.is_active and s.revoked_at is null and s.expires_at > ${clock.now()}::timestamptz as is_live
      from sessions s
      join users u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
      join tenants t on t.id = s.tenant_id
      where s.tenant_id = ${tenantId} and s.session_id = ${sessionId} and s.user_id = ${userId}`),
  )
