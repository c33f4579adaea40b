import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { Hono } from 'hono'
import * as z from 'zod'
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
import { joined, type McpOffer } from './offer.ts'
import { promptsOf } from './prompts.ts'
import { asking, type OnCall } from './read.ts'
import { resourcesOf } from './resources.ts'
import { mcpServer } from './server.ts'
import { strangersRefused } from './strangers.ts'
import { toolOf } from './tools.ts'

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
  /** What is offered to every caller besides the operations. */
  besides?: McpOffer
}

/** POST /mcp: Model Context Protocol over streamable HTTP, stateless, for bearers of an access token. */
export function buildMcp({ operations, ipLimit, besides, ...options }: McpOptions): Hono<HttpEnv> {
  offer(operations)
  const offered = operations.filter(({ surfaces, permission }) => surfaces.includes('mcp') && permission !== 'public')
  const app = new Hono<HttpEnv>()
  mountSteps(app, ipLimit)
  const limited = tenantLimit({ ...options.tenantLimit, surface: 'mcp' })
  const known = strangersRefused({ hosts: listOf(config('ALLOWED_HOSTS')), origins: listOf(config('ALLOWED_ORIGINS')) })
  app.post('/mcp', known, authenticated, limited, switchedOn, (c) =>
    answer(c, (onCall) => (besides ? joined(offerOf(offered, onCall), besides) : offerOf(offered, onCall))),
  )
  mountNotAllowed(app, '/mcp', new Set(['POST']))
  app.notFound(() => {
    throw new AppError('NOT_FOUND', 'The Model Context Protocol is spoken at POST /mcp.')
  })
  return app
}

/** What the current actor is offered. */
function offerOf(operations: readonly AnyOperation[], onCall: OnCall): McpOffer {
  const ask = asking(operations, onCall)
  const tools = operations.map((operation) => toolOf(operation, onCall))
  return { tools, ...resourcesOf(ask), prompts: promptsOf(ask) }
}

const switchedOn: Step = async (_, next) => {
  if (!(await transaction((db) => isEnabled(db, 'mcp'))))
    throw new AppError('FORBIDDEN', 'An administrator of this tenant has switched the Model Context Protocol off.')
  await next()
}

async function answer(c: HttpContext, offerTo: (onCall: OnCall) => McpOffer): Promise<Response> {
  const parsedBody = await readJson(c)
  // Each message is one request to the limits. Source: MCP specification 2025-06-18, changelog (batching was removed)
  if (Array.isArray(parsedBody)) throw new AppError('INPUT_INVALID', 'Send one JSON-RPC message in a request.')
  const offer = offerTo((operation, given) => {
    c.set('operation', operation)
    c.set('brandId', brandOf(operation, given) ?? null)
  })
  const server = mcpServer(offer)
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
