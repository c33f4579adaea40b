import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Hono } from 'hono'
import { afterAll } from 'vitest'
import type { HttpEnv } from '../../shared/http/context.ts'
import { listenerOf } from '../../shared/http/listener.ts'

/** Client and server share a process here: after work that keeps it busy for so long none must find its connection closed. */
const KEPT_MS = 120_000

/** Serves an app on a free port until the test file ends. */
export async function serveApp(app: Hono<HttpEnv>): Promise<string> {
  const server = createServer({ keepAliveTimeout: KEPT_MS }, listenerOf(app))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections()))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's address is an AddressInfo
}

export type Answer = { status: number; headers: Headers; body: unknown }

/** One request; the body, if any, goes as JSON and the answer's is parsed when it is JSON. */
export async function ask(
  url: string,
  {
    token,
    body,
    headers,
    ...init
  }: { token?: string; body?: unknown; method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    ...init,
    method: init.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text }
}
