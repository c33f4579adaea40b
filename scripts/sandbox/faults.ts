import type { Context, MiddlewareHandler } from 'hono'
import * as z from 'zod'
import { brokenBody } from './fault-bodies.ts'
import { FaultKind } from './fault-kinds.ts'
import { faultyPage, hasPages, type PageMemory, rememberPage } from './fault-pages.ts'
import { resetConnection, throttledAnswer } from './fault-wire.ts'
import { askForHalfPages } from './half-pages.ts'
import { askForOAuthFault } from './oauth.ts'
import { type Asked, askedBy, type RequestCounts } from './requests.ts'
import { askForBulkFault } from './shopify/bulk/fault.ts'

const OF_PAGES = new Set(['half_page', 'repeated_page', 'cursor_loop'])

/** `nth`: only from the nth matching request on (1 is the next one). `times`: how often it strikes. */
export const Fault = z
  .strictObject({
    match: z.strictObject({
      provider: z.string(),
      path: z.string().optional(),
      operation: z.string().optional(),
      nth: z.number().int().min(1).default(1),
    }),
    fault: FaultKind,
    times: z.number().int().min(1).default(1),
  })
  .refine(({ match, fault }) => hasPages(match.provider) || !OF_PAGES.has(fault.kind), 'The provider has no pages.')
export type Fault = z.output<typeof Fault>
export type ActiveFault = Fault & { id: number; seen: number; fired: number }

export type Faults = {
  add(fault: Fault): ActiveFault
  list(): readonly ActiveFault[]
  clear(): void
  /** Counts every request and strikes those that a fault matches. */
  middleware: MiddlewareHandler
  /** The same for what is no HTTP: counts it and gives the fault that strikes, if one does. */
  strikes(asked: Asked): FaultKind | null
}

const matches = ({ match }: Fault, asked: Asked): boolean =>
  match.provider === asked.provider &&
  (match.operation === undefined || match.operation === asked.operation) &&
  (match.path === undefined || asked.path.includes(match.path))

/** The first fault that is due for this request; every matching one has seen it. */
function due(faults: readonly ActiveFault[], asked: Asked): ActiveFault | undefined {
  const seen = faults.filter((fault) => matches(fault, asked))
  for (const fault of seen) fault.seen += 1
  return seen.find((fault) => fault.seen >= fault.match.nth && fault.fired < fault.times)
}

function retryAfter(c: Context, fault: Extract<FaultKind, { kind: 'retry_after' }>): Response {
  const date = new Date(Date.now() + fault.seconds * 1000).toUTCString()
  const value = { seconds: String(fault.seconds), date, missing: null, negative: '-5', huge: '1000000000' }[
    fault.variant
  ]
  if (value !== null) c.header('Retry-After', value)
  return c.json({ errors: 'Exceeded the rate limit' }, 429)
}

const statusAnswer = ({ code, headers, body }: Extract<FaultKind, { kind: 'status' }>): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body ?? { errors: `Fault ${code}` }), {
    status: code,
    headers: { 'Content-Type': 'application/json', ...headers },
  })

/** Answers only when the caller has gone. */
const hang = (gone: AbortSignal): Promise<Response> =>
  new Promise((resolve) => gone.addEventListener('abort', () => resolve(new Response(null, { status: 499 }))))

async function strike(
  c: Context,
  next: () => Promise<void>,
  of: { fault: FaultKind; asked: Asked; memory: PageMemory },
): Promise<Response | undefined> {
  const { fault, asked } = of
  if (fault.kind === 'status') return statusAnswer(fault)
  if (fault.kind === 'retry_after') return retryAfter(c, fault)
  if (fault.kind === 'reset') return resetConnection(c)
  if (fault.kind === 'hang') return hang(c.req.raw.signal)
  if (fault.kind === 'html_200')
    return c.html('<!doctype html><title>Just a moment</title><h1>Service is being updated</h1>')
  if (fault.kind === 'throttled') return throttledAnswer(asked.provider)
  if (fault.kind === 'half_page') askForHalfPages(c)
  if (fault.kind === 'bulk') askForBulkFault(c, fault.outcome)
  if (fault.kind === 'denied' || fault.kind === 'missing_scopes' || fault.kind === 'used_code') {
    askForOAuthFault(c, fault.kind)
    return next().then(() => undefined)
  }
  await next()
  if (fault.kind === 'half_page' || fault.kind === 'bulk') return undefined
  const text = await c.res.text()
  const page =
    fault.kind === 'repeated_page' || fault.kind === 'cursor_loop'
      ? faultyPage(fault.kind, { text, asked, memory: of.memory })
      : null
  // Hono merges headers of an answer that is there already; a length of the old body must not survive.
  const headers = new Headers(c.res.headers)
  headers.delete('Content-Length')
  c.res = new Response(page ?? brokenBody(fault, text), { status: c.res.status, headers })
  return undefined
}

export function faults(counts: RequestCounts): Faults {
  let active: ActiveFault[] = []
  let nextId = 1
  const memory: PageMemory = new Map()
  const strikes = (asked: Asked): FaultKind | null => {
    counts.count(asked)
    const struck = due(active, asked)
    if (!struck) return null
    struck.fired += 1
    return struck.fault
  }
  return {
    strikes,
    add: (fault) => {
      const added = { ...fault, id: nextId++, seen: 0, fired: 0 }
      active.push(added)
      return added
    },
    list: () => active,
    clear: () => {
      active = []
      memory.clear()
    },
    middleware: async (c, next) => {
      const asked = await askedBy(c)
      if (asked.provider.startsWith('_')) return next()
      const fault = strikes(asked)
      if (fault) return strike(c, next, { fault, asked, memory })
      await next()
      if (active.some((fault) => matches(fault, asked))) await rememberPage(c, { asked, memory })
      return undefined
    },
  }
}
