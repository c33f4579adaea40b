import type { Step } from './context.ts'

const EXPOSED =
  'X-Request-ID, ETag, Age, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Idempotency-Replayed, X-Pulsepoint-Stale-Since, X-Pulsepoint-Written-At'
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-ID, X-Session-ID, X-Pulsepoint-Written-At, Mcp-Protocol-Version',
  'Access-Control-Max-Age': '600',
}

/** Lets the listed origins read answers, with credentials. Others get no CORS headers, so their browsers keep the answer. */
export function corsAllowList(origins: readonly string[]): Step {
  const allowed = new Set(origins)
  return async (c, next) => {
    const origin = c.req.header('origin')
    c.header('Vary', 'Origin')
    if (origin !== undefined && allowed.has(origin)) {
      c.header('Access-Control-Allow-Origin', origin)
      c.header('Access-Control-Allow-Credentials', 'true')
      c.header('Access-Control-Expose-Headers', EXPOSED)
    }
    if (c.req.method !== 'OPTIONS') return next()
    for (const [name, value] of Object.entries(PREFLIGHT)) c.header(name, value)
    return c.body(null, 204)
  }
}
