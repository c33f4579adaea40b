import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { AnyOperation } from '../operations/call.ts'
import type { Actor } from '../tenant.ts'

/** What the steps of a request leave for those after them. */
export type HttpEnv = {
  Bindings: HttpBindings
  Variables: {
    requestId: string
    traceId: string | null
    /** Set once authenticated. */
    actor?: Actor
    /** Set once the route is known. */
    operation?: AnyOperation
    /** Where a cached operation's answer came from. */
    cache?: 'hit' | 'miss' | 'stale'
    /** What the limit of the address leaves. */
    requestsLeft?: number
    /** What the call is about, once its input was read. */
    brandId?: string | null
  }
}
export type HttpContext = Context<HttpEnv>
export type Step = MiddlewareHandler<HttpEnv>
