import { getCookie } from 'hono/cookie'
import { LRUCache } from 'lru-cache'
import { atMost } from '../at-most.ts'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { onReplica } from '../db/replica.ts'
import type { AnyOperation } from '../operations/call.ts'
import { type Actor, actor, tenantKey } from '../tenant.ts'
import type { HttpContext, Step } from './context.ts'

/** Longer than a replica lags when it is well. */
const PINNED_MS = 10_000
const CALLERS_KEPT = 10_000
const WRITTEN_AT = 'X-Pulsepoint-Written-At'
const COOKIE = 'pp_wrote'
const READS = ['GET', 'HEAD', 'OPTIONS']

/** When each caller last wrote through this instance; ms since the epoch. */
const writes = new LRUCache<string, number>(atMost(CALLERS_KEPT))
const callerKey = ({ tenantId, apiKeyId, userId }: Actor): string =>
  tenantKey('wrote', tenantId, apiKeyId ?? userId ?? '')

/**
 * After a request that may have changed something its caller is read from the primary for ten seconds: this instance
 * remembers it, others learn it from the cookie, or from the header sent back. A client that sends neither and comes to
 * another instance may see what the replica has.
 */
export const notesOwnWrites: Step = async (c, next) => {
  await next()
  if (READS.includes(c.req.method) || c.error || c.res.status >= 400) return
  const now = clock.now()
  writes.set(callerKey(actor()), now.getTime())
  c.header(WRITTEN_AT, now.toISOString())
  const secure = config('PUBLIC_URL').startsWith('https:') ? '; Secure' : ''
  const cookie = `${COOKIE}=${now.getTime()}; Path=/; Max-Age=${PINNED_MS / 1000}; HttpOnly; SameSite=Lax${secure}`
  c.header('Set-Cookie', cookie, { append: true })
}

/** Runs a read on the replica where its operation allows that and the caller has not just written. */
export const readFrom = <T>(c: HttpContext, { reads }: AnyOperation, read: () => T): T =>
  reads === 'replica' && !hasJustWritten(c) ? onReplica(read) : read()

function hasJustWritten(c: HttpContext): boolean {
  const noted = [
    writes.get(callerKey(actor())) ?? 0,
    Number(getCookie(c, COOKIE) ?? 0),
    Date.parse(c.req.header(WRITTEN_AT) ?? ''),
  ]
  // A caller's word is enough: all it can do is ask the primary.
  return noted.some((at) => Math.abs(clock.now().getTime() - at) < PINNED_MS)
}
