import type { Context } from 'hono'

/** Requests whose list must come in half pages: the fault's note to a provider that names its page size in the body. */
const marked = new WeakSet<Request>()

/** What providers call the length of a page in their URLs. */
const LENGTHS = ['limit', 'page_size']

/** Halves the page that a request asks for: its length in the URL where there is one, else by a note. */
export function askForHalfPages(c: Context): void {
  const url = new URL(c.req.url)
  for (const name of LENGTHS) {
    const length = Number(url.searchParams.get(name))
    if (length <= 1) continue
    url.searchParams.set(name, String(Math.floor(length / 2)))
    c.req.raw = new Request(url, { method: c.req.method, headers: c.req.raw.headers })
  }
  marked.add(c.req.raw)
}

export const asksForHalfPages = (request: Request): boolean => marked.has(request)
