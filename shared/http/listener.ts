import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from './context.ts'

const Started = z.object({ request: z.custom<IncomingMessage>((value) => typeof value === 'object' && value !== null) })

/**
 * The app as a listener for the functions framework. Its Express app parses JSON before any function sees it, answers
 * malformed JSON with an HTML page and inflates what is compressed. To Express every body is therefore opaque bytes; the app
 * reads the true headers, which Express does not (rawHeaders), and the bytes (rawBody).
 */
export function listenerOf(app: Hono<HttpEnv>): RequestListener {
  subscribe('http.server.request.start', hideBodyType)
  return getRequestListener(app.fetch, { overrideGlobalObjects: false })
}

function hideBodyType(message: unknown): void {
  const { headers } = Started.parse(message).request
  if (headers['content-type'] !== undefined) headers['content-type'] = 'application/octet-stream'
  delete headers['content-encoding']
}
