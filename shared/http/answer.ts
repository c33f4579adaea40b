import { type Answered, etagOf } from '../operations/answer-cache.ts'
import type { HttpContext } from './context.ts'

/** JSON with an ETag: GETs may be asked again with If-None-Match and cost 304 when nothing changed. */
export function answerJson(
  c: HttpContext,
  { body, status, cache }: { body: unknown; status: 200 | 201 | 202; cache: string },
): Response {
  const text = JSON.stringify(body)
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    if (notModified(c, { etag: etagOf(text), cache })) return c.body(null, 304)
  }
  return c.body(text, status, { 'Content-Type': 'application/json' })
}

/** The kept text as it is. A stale one says how old it is and since when it may be wrong. Source: RFC 7234, 5.5.1 */
export function answerCached(c: HttpContext, { text, etag, cache, asOf }: Answered): Response {
  c.set('cache', cache)
  if (cache === 'stale') {
    c.header('Age', String(Math.max(0, Math.floor((Date.now() - asOf) / 1000))))
    c.header('Warning', '110 - "Response is Stale"')
    c.header('X-Pulsepoint-Stale-Since', new Date(asOf).toISOString())
  }
  if (notModified(c, { etag, cache: 'private, no-cache' })) return c.body(null, 304)
  return c.body(text, 200, { 'Content-Type': 'application/json' })
}

/** Sets the headers by which an answer is asked for again, and says whether the caller has it already. */
function notModified(c: HttpContext, { etag, cache }: { etag: string; cache: string }): boolean {
  c.header('ETag', etag)
  c.header('Cache-Control', cache)
  return matches(c.req.header('if-none-match'), etag)
}

/** Weak comparison: a proxy that compresses marks our tag W/. Source: RFC 9110, 13.1.2 */
const matches = (given: string | undefined, etag: string): boolean =>
  (given ?? '').split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
