import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { Hono } from 'hono'
import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import { authenticated } from '../http/authenticate.ts'
import { readJson } from '../http/body.ts'
import { brandOf } from '../http/brand-of.ts'
import { listOf, mountSteps } from '../http/chain.ts'
import type { HttpContext, HttpEnv, Step } from '../http/context.ts'
import type { IpLimit } from '../http/ip-limit.ts'
import { mountNotAllowed } from '../http/routes.ts'
import type { AnyOperation } from '../operations/call.ts'
import { mcpServer } from './server.ts'

export type McpOptions = {
  operations: readonly AnyOperation[]
  /** What differs from the default limit per address. */
  ipLimit?: Partial<IpLimit>
}

/** POST /mcp: Model Context Protocol over streamable HTTP, stateless, for bearers of an access token. */
export function buildMcp({ operations, ipLimit }: McpOptions): Hono<HttpEnv> {
  const offered = operations.filter(({ surfaces, permission }) => surfaces.includes('mcp') && permission !== 'public')
  const app = new Hono<HttpEnv>()
  mountSteps(app, ipLimit)
  app.post('/mcp', originAllowList(listOf(config('ALLOWED_ORIGINS'))), authenticated, (c) => answer(c, offered))
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

async function answer(c: HttpContext, operations: readonly AnyOperation[]): Promise<Response> {
  const parsedBody = await readJson(c)
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  const server = mcpServer(operations, (operation, given) => {
    c.set('operation', operation)
    c.set('brandId', brandOf(operation, given) ?? null)
  })
  await server.connect(transport)
  try {
    return await transport.handleRequest(c.req.raw, { parsedBody })
  } finally {
    await server.close()
  }
}
