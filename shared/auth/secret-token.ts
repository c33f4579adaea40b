import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const SECRET_TOKEN = new RegExp(`^pp_(${UUID})_(${UUID})_([A-Za-z0-9_-]{43})$`)

/** Whose token it is, and what is stored of its secret. */
export type SecretToken = { tenantId: string; id: string; hash: string }

/** An opaque token that names its tenant and what it opens, `pp_<tenant>_<id>_<secret>`, and what is stored of it. */
export function newSecretToken(
  of: { tenantId: string; id: string },
  secret: string = randomBytes(32).toString('base64url'),
): { token: string; hash: string } {
  return { token: `pp_${of.tenantId}_${of.id}_${secret}`, hash: hashOf(secret) }
}

/** null for what is no such token; whether its secret is right, isSameHash says. */
export function readSecretToken(token: string): SecretToken | null {
  const [, tenantId, id, secret] = SECRET_TOKEN.exec(token) ?? []
  if (tenantId === undefined || id === undefined || secret === undefined) return null
  return { tenantId, id, hash: hashOf(secret) }
}

/** In constant time. */
export const isSameHash = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

/** 256 random bits need no slow hash. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
