import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { Hono } from 'hono'
import { z } from 'zod'
import { config } from '../config.ts'
import { transaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { isEnabled } from '../feature-flags.ts'
import { authenticated } from '../http/authenticate.ts'
import { readJson } from '../http/body.ts'
import { brandOf } from '../http/brand-of.ts'
import { listOf, mountSteps } from '../http/chain.ts'
import type { HttpContext, HttpEnv, Step } from '../http/context.ts'
import type { IpLimit } from '../http/ip-limit.ts'
import { mountNotAllowed } from '../http/routes.ts'
import { type TenantLimit, tenantLimit } from '../http/tenant-limit.ts'
import type { AnyOperation } from '../operations/call.ts'
import { offer } from '../operations/offered.ts'
import { mcpServer } from './server.ts'

/** Only these are answered as a stream: everything else is one JSON document. */
const AsksForProgress = z.object({
  method: z.literal('tools/call'),
  params: z.object({ _meta: z.object({ progressToken: z.union([z.string(), z.number()]) }) }),
})

export type McpOptions = {
  operations: readonly AnyOperation[]
  /** What differs from the default limit per address. */
  ipLimit?: Partial<IpLimit>
  /** What differs from the limits by tier. */
  tenantLimit?: Partial<TenantLimit>
}

/** POST /mcp: Model Context Protocol over streamable HTTP, stateless, for bearers of an access token. */
export function buildMcp({ operations, ipLimit, ...options }: McpOptions): Hono<HttpEnv> {
  offer(operations)
  const offered = operations.filter(({ surfaces, permission }) => surfaces.includes('mcp') && permission !== 'public')
  const app = new Hono<HttpEnv>()
  mountSteps(app, ipLimit)
  const limited = tenantLimit({ ...options.tenantLimit, surface: 'mcp' })
  app.post('/mcp', originAllowList(listOf(config('ALLOWED_ORIGINS'))), authenticated, limited, switchedOn, (c) =>
    answer(c, offered),
  )
  mountNotAllowed(app, '/mcp', new Set(['POST']))
  app.notFound(() => {
    throw new AppError('NOT_FOUND', 'The Model Context Protocol is spoken at POST /mcp.')
  })
  return app
}

/** A web page may only speak MCP if we know it (DNS rebinding). Source: MCP specification 2025-11-25, transports, security. */
function originAllowList(origins: readonly string[]): Step {
  const allowed = new Set(origins)
  return async (c, next) => {
    const origin = c.req.header('origin')
    if (origin !== undefined && !allowed.has(origin)) {
      throw new AppError('FORBIDDEN', 'Pages of this origin may not use this endpoint.')
    }
    await next()
  }
}

const switchedOn: Step = async (_, next) => {
  if (!(await transaction((db) => isEnabled(db, 'mcp'))))
    throw new AppError('FORBIDDEN', 'An administrator of this tenant has switched the Model Context Protocol off.')
  await next()
}

async function answer(c: HttpContext, operations: readonly AnyOperation[]): Promise<Response> {
  const parsedBody = await readJson(c)
  // Each message is one request to the limits. Source: MCP specification 2025-06-18, changelog (batching was removed)
  if (Array.isArray(parsedBody)) throw new AppError('INPUT_INVALID', 'Send one JSON-RPC message in a request.')
  const server = mcpServer(operations, (operation, given) => {
    c.set('operation', operation)
    c.set('brandId', brandOf(operation, given) ?? null)
  })
  const isStreamed = AsksForProgress.safeParse(parsedBody).success
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !isStreamed })
  await server.connect(transport)
  // A streamed answer goes on after this returns, and ends by itself; a client that goes away ends it.
  if (isStreamed) c.req.raw.signal.addEventListener('abort', () => void server.close(), { once: true })
  try {
    const response = await transport.handleRequest(c.req.raw, { parsedBody })
    // A foreign Response would replace what the steps before have set: security headers, limits, the request id.
    return c.newResponse(response.body, response)
  } finally {
    if (!isStreamed) await server.close()
  }
}
