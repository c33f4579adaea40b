import { jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { atMost } from '../at-most.ts'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import type { KeyRing } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { ROLES, type Role } from '../tenant.ts'
import { signingKeys } from './signing-keys.ts'

/** Default and upper bound of an access token's life. */
export const ACCESS_TOKEN_SECONDS = 8 * 60 * 60
/** Clocks of two instances may differ by this much. */
const CLOCK_SKEW_SECONDS = 60
const MAX_LENGTH = 4_096
const CANONICAL_PART = /^[A-Za-z0-9_-]+$/

export type TokenSubject = { tenantId: string; userId: string; role: Role; sessionId: string }

/** Exactly ours: crit, jku, jwk, x5c, b64 and whatever else could steer a verifier make a token foreign. */
const Header = z.strictObject({ alg: z.literal('HS256'), typ: z.literal('JWT'), kid: z.string().min(1).max(64) })
const RoleName = z.enum(Object.keys(ROLES) as [Role, ...Role[]]) // the keys of ROLES are what Role is made of
const Claims = z
  .strictObject({
    iss: z.string(),
    aud: z.string(),
    sub: z.uuid(),
    tenant_id: z.uuid(),
    user_id: z.uuid(),
    role: RoleName,
    exp: z.int(),
    iat: z.int(),
    jti: z.uuid(),
    sid: z.uuid(),
  })
  .refine(({ sub, user_id }) => sub === user_id)
  .refine(({ exp, iat }) => exp > iat && exp - iat <= ACCESS_TOKEN_SECONDS)

/** A signed JWT (HS256, `kid` of the current key) and the seconds it lives. */
export async function issueAccessToken(
  subject: TokenSubject,
  lifetimeSeconds: number = ACCESS_TOKEN_SECONDS,
): Promise<{ token: string; expiresIn: number }> {
  const { current, keys } = await signingKeys()
  const key = keys[current]
  if (!key) throw new AppError('CONFIG_INVALID', `JWT_KEYS has no key ${current}.`)
  const expiresIn = Math.min(lifetimeSeconds, ACCESS_TOKEN_SECONDS)
  const issuedAt = Math.floor(clock.now().getTime() / 1000)
  const { tenantId, userId, role, sessionId } = subject
  const token = await new SignJWT({ tenant_id: tenantId, user_id: userId, role, sid: sessionId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: current })
    .setIssuer(config('JWT_ISSUER'))
    .setAudience(config('JWT_AUDIENCE'))
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresIn)
    .setJti(uuidv7())
    .sign(key)
  return { token, expiresIn }
}

type Claims = z.output<typeof Claims>
const TOKENS_KEPT = 10_000
/**
 * What a token says never changes while its keys live, and checking a signature costs more than a cached answer; so its
 * claims are kept with the very keys that proved them. Whether it is expired is asked each time.
 */
const verified = new WeakMap<KeyRing, LRUCache<string, Claims>>()

/** Whom a token speaks for. Throws UNAUTHENTICATED, always in the same words, whatever is wrong with it. */
export async function verifyAccessToken(token: string): Promise<TokenSubject> {
  const ring = await signingKeys()
  const known = verified.get(ring) ?? new LRUCache(atMost(TOKENS_KEPT))
  verified.set(ring, known)
  try {
    const claims = known.get(token) ?? (await verify(token, ring))
    const nowSeconds = clock.now().getTime() / 1000
    if (claims.exp <= Math.floor(nowSeconds)) throw new Error('expired')
    if (claims.iat > nowSeconds + CLOCK_SKEW_SECONDS) throw new Error('issued in the future')
    known.set(token, claims)
    return { tenantId: claims.tenant_id, userId: claims.user_id, role: claims.role, sessionId: claims.sid }
  } catch (cause) {
    throw unauthenticated(cause)
  }
}

async function verify(token: string, { keys }: KeyRing): Promise<Claims> {
  const { kid } = headerOf(token)
  const key = Object.hasOwn(keys, kid) ? keys[kid] : undefined
  if (!key) throw new Error('unknown kid')
  const { payload } = await jwtVerify(token, key, {
    algorithms: ['HS256'],
    issuer: config('JWT_ISSUER'),
    audience: config('JWT_AUDIENCE'),
    currentDate: clock.now(),
  })
  return Claims.parse(payload)
}

/** One message for every reason, so that an attacker learns nothing from it. */
export const unauthenticated = (cause?: unknown): AppError =>
  new AppError('UNAUTHENTICATED', 'Sign in again: the access token is missing, wrong or expired.', { cause })

function headerOf(token: string): z.output<typeof Header> {
  const parts = token.split('.')
  if (token.length > MAX_LENGTH || parts.length !== 3 || !parts.every(isCanonical)) throw new Error('not a compact JWS')
  const [header, claims] = parts.slice(0, 2).map((part) => Buffer.from(part, 'base64url').toString('utf8'))
  if (!isPlainJson(claims ?? '')) throw new Error('claims of another spelling')
  if (!isPlainJson(header ?? '')) throw new Error('a header of another spelling')
  return Header.parse(JSON.parse(header ?? ''))
}

/** As we write it: no field twice (two readers could each believe another one), no number that reads as another. */
const isPlainJson = (text: string): boolean => JSON.stringify(JSON.parse(text)) === text

/** One spelling a token: the last character's unused bits are zero and there is no padding. Source: RFC 4648, 3.5. */
const isCanonical = (part: string): boolean =>
  CANONICAL_PART.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part
