import type { Context } from 'hono'

/** Requests whose list must come in half pages: the fault's note to a provider that names its page size in the body. */
const marked = new WeakSet<Request>()

/** Halves the page that a request asks for: `limit` in the URL where there is one, else by a note. */
export function askForHalfPages(c: Context): void {
  const url = new URL(c.req.url)
  const limit = Number(url.searchParams.get('limit'))
  if (limit > 1) {
    url.searchParams.set('limit', String(Math.floor(limit / 2)))
    c.req.raw = new Request(url, { method: c.req.method, headers: c.req.raw.headers })
  }
  marked.add(c.req.raw)
}

export const asksForHalfPages = (request: Request): boolean => marked.has(request)
