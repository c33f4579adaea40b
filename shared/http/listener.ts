import { subscribe } from 'node:diagnostics_channel'
import { IncomingMessage, type RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { HttpEnv } from './context.ts'

/** Body headers as they came, while Express is not to see them. */
const hidden = new WeakMap<IncomingMessage, Record<string, string>>()

/**
 * The app as a listener for the functions framework. Its Express app parses JSON before any function sees it, answers
 * malformed JSON with an HTML page and inflates what is compressed; so until the request is ours, its body is opaque bytes.
 */
export function listenerOf(app: Hono<HttpEnv>): RequestListener {
  subscribe('http.server.request.start', hideBodyHeaders)
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => {
    Object.assign(request.headers, hidden.get(request))
    return listener(request, response)
  }
}

function hideBodyHeaders(message: unknown): void {
  if (typeof message !== 'object' || message === null || !('request' in message)) return
  const { request } = message
  if (!(request instanceof IncomingMessage)) return
  const { 'content-type': type, 'content-encoding': encoding } = request.headers
  hidden.set(request, {
    ...(type !== undefined && { 'content-type': type }),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  })
  if (type !== undefined) request.headers['content-type'] = 'application/octet-stream'
  delete request.headers['content-encoding']
  request.url = decodable(request.url ?? '/')
}

/** A path that Express cannot decode it answers with HTML and a stack; with its per cents escaped it is simply unknown to us. */
function decodable(url: string): string {
  try {
    decodeURIComponent(url)
    return url
  } catch {
    return url.replaceAll('%', '%25')
  }
}
