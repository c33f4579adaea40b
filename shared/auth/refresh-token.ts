import { createHash, randomBytes } from 'node:crypto'

/** An opaque token that names its tenant and session, `pp_<tenant>_<session>_<secret>`, and what is stored of it. */
export function newRefreshToken(owner: { tenantId: string; sessionId: string }): { token: string; hash: string } {
  const secret = randomBytes(32).toString('base64url')
  return { token: `pp_${owner.tenantId}_${owner.sessionId}_${secret}`, hash: hashRefreshSecret(secret) }
}

/** 256 random bits need no slow hash. */
export const hashRefreshSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
