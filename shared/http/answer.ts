import { createHash } from 'node:crypto'
import type { HttpContext } from './context.ts'

/** JSON with an ETag: GETs may be asked again with If-None-Match and cost 304 when nothing changed. */
export function answerJson(
  c: HttpContext,
  { body, status, cache }: { body: unknown; status: 200 | 201 | 202; cache: string },
): Response {
  const text = JSON.stringify(body)
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
    c.header('ETag', etag)
    c.header('Cache-Control', cache)
    if (matches(c.req.header('if-none-match'), etag)) return c.body(null, 304)
  }
  return c.body(text, status, { 'Content-Type': 'application/json' })
}

/** Weak comparison: a proxy that compresses marks our tag W/. Source: RFC 9110, 13.1.2 */
const matches = (given: string | undefined, etag: string): boolean =>
  (given ?? '').split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
