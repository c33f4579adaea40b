import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { listenRaw } from './listen.ts'

export interface Route {
  /** An exact path, or a prefix that ends in `/*`. */
  pattern: string
  /** The function's port on 127.0.0.1. */
  port: number
}

export interface GatewayOptions {
  /** 0 takes a free one. */
  port: number
  routes: readonly Route[]
  log(line: string): void
}

export interface Gateway {
  url: string
  port: number
  /** Ends open connections. */
  close(): Promise<void>
}

// Hop-by-hop headers belong to one connection and are not passed on. Source: RFC 9110, 7.6.1
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The public address: sends each request to the function whose pattern is the longest that fits, as the load balancer's
 * URL map does. Bodies stream both ways and a client that goes away ends the request behind it. Throws when the port is taken.
 */
export async function startGateway({ port, routes, log }: GatewayOptions): Promise<Gateway> {
  const agent = new Agent({ keepAlive: true })
  const longestFirst = [...routes].sort((a, b) => b.pattern.length - a.pattern.length)
  const server = await listenRaw((incoming, outgoing) => {
    const path = (incoming.url ?? '/').split('?')[0] ?? '/'
    const route = longestFirst.find(({ pattern }) => fits(pattern, path))
    if (route) forward({ incoming, outgoing, port: route.port, agent, log })
    else answer(outgoing, 404, { code: 'NOT_FOUND', message: `nothing is served at ${path}` })
  }, port)
  return {
    ...server,
    close: async () => {
      agent.destroy()
      await server.close()
    },
  }
}

const fits = (pattern: string, path: string) =>
  pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern

interface Exchange {
  incoming: IncomingMessage
  outgoing: ServerResponse
  port: number
  agent: Agent
  log(line: string): void
}

function forward({ incoming, outgoing, port, agent, log }: Exchange) {
  const { method, url: path, headers } = incoming
  const upstream = request({ host: '127.0.0.1', port, agent, method, path, headers: forwardedHeaders(incoming) })
  outgoing.on('close', () => upstream.destroy())
  upstream.on('response', (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.statusMessage, endToEnd(response.headers))
    outgoing.flushHeaders()
    response.pipe(outgoing)
    response.on('error', () => outgoing.destroy())
  })
  upstream.on('error', (cause) => {
    if (outgoing.destroyed || outgoing.writableEnded) return
    log(`gateway: ${method} ${path} on ${headers.host}: ${cause.message}`)
    if (outgoing.headersSent) outgoing.destroy()
    else answer(outgoing, 502, { code: 'BAD_GATEWAY', message: 'the function behind this path does not answer' })
  })
  incoming.pipe(upstream)
}

// The load balancer appends the client's address and its own. Source: cloud.google.com/load-balancing/docs/https (X-Forwarded-For)
function forwardedHeaders({ headers, socket }: IncomingMessage) {
  const supplied = headers['x-forwarded-for']
  const client = socket.remoteAddress ?? ''
  return {
    ...endToEnd(headers),
    'x-forwarded-for': [supplied, client, '127.0.0.1'].flat().filter(Boolean).join(', '),
    'x-forwarded-proto': 'http',
  }
}

const endToEnd = (headers: IncomingMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)))

function answer(outgoing: ServerResponse, status: number, error: { code: string; message: string }) {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}
