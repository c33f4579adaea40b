import { once } from 'node:events'
import { createServer, get, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { type Gateway, startGateway } from '../../../scripts/local/gateway.ts'

const Served = z.object({
  name: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
})
const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

async function upstream(handler: RequestListener): Promise<number> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  return (server.address() as AddressInfo).port // listening on TCP
}

const named = (name: string) =>
  upstream((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, headers } = request
      response.setHeader('x-custom', ['a', 'b'])
      response
        .writeHead(207)
        .end(JSON.stringify({ name, method, url, headers, body: Buffer.concat(chunks).toString() }))
    })
  })

async function gatewayTo(routes: Record<string, number>, log: (line: string) => void = () => {}): Promise<Gateway> {
  const gateway = await startGateway({
    port: 0,
    log,
    routes: Object.entries(routes).map(([pattern, port]) => ({ pattern, port })),
  })
  onTestFinished(gateway.close)
  return gateway
}

test('routes by the longest pattern, exact or a prefix', async () => {
  const gateway = await gatewayTo({
    '/*': await named('dashboard'),
    '/api/*': await named('api'),
    '/api/webhooks/*': await named('webhooks'),
    '/health': await named('health'),
  })
  const served = async (path: string) => Served.parse(await (await fetch(gateway.url + path)).json()).name
  expect(await served('/')).toBe('dashboard')
  expect(await served('/api/brands?limit=1')).toBe('api')
  expect(await served('/api')).toBe('dashboard')
  expect(await served('/apix')).toBe('dashboard')
  expect(await served('/api/webhooks/shopify')).toBe('webhooks')
  expect(await served('/health')).toBe('health')
  expect(await served('/health/x')).toBe('dashboard')
})

test('passes method, query, headers, body and answer on, and adds where the request came from', async () => {
  const gateway = await gatewayTo({ '/api/*': await named('api') })
  const response = await fetch(`${gateway.url}/api/x?q=1%2F2`, {
    method: 'PUT',
    body: 'ü'.repeat(100_000),
    headers: { 'x-forwarded-for': '203.0.113.9', authorization: 'Bearer t' },
  })
  const { method, url, headers, body } = Served.parse(await response.json())
  expect(response.status).toBe(207)
  expect(response.headers.get('x-custom')).toBe('a, b')
  expect([method, url, body.length]).toEqual(['PUT', '/api/x?q=1%2F2', 100_000])
  expect(headers).toMatchObject({
    authorization: 'Bearer t',
    host: `127.0.0.1:${gateway.port}`,
    'x-forwarded-for': '203.0.113.9, 127.0.0.1, 127.0.0.1',
    'x-forwarded-proto': 'http',
  })
})

test('answers 404 where nothing is served and 502 where the function is down', async () => {
  const lines: string[] = []
  const gateway = await gatewayTo({ '/api/*': 1 }, (line) => lines.push(line))
  const nowhere = await fetch(`${gateway.url}/nowhere`)
  expect([nowhere.status, Refused.parse(await nowhere.json()).error.code]).toEqual([404, 'NOT_FOUND'])
  const down = await fetch(`${gateway.url}/api/x`, { method: 'POST', body: 'x' })
  expect([down.status, Refused.parse(await down.json()).error.code]).toEqual([502, 'BAD_GATEWAY'])
  expect(lines).toHaveLength(1)
})

test('streams the answer as it comes and tells the function when the client goes', async () => {
  let gone: () => void = () => {}
  const clientGone = new Promise<void>((resolve) => {
    gone = resolve
  })
  const port = await upstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: first\n\n')
    response.on('close', gone)
  })
  const gateway = await gatewayTo({ '/api/*': port })
  const call = get(`${gateway.url}/api/stream`)
  const [response] = await once(call, 'response')
  expect(String((await once(response, 'data'))[0])).toBe('data: first\n\n')
  call.destroy()
  await clientGone
})

test('streams the request body up', async () => {
  const port = await upstream((request, response) => {
    response.writeHead(200)
    request.on('data', (chunk) => response.write(`got ${chunk}`))
    request.on('end', () => response.end())
  })
  const gateway = await gatewayTo({ '/api/*': port })
  const body = new TransformStream<Uint8Array, Uint8Array>()
  const writer = body.writable.getWriter()
  void writer.write(Buffer.from('one'))
  const response = await fetch(`${gateway.url}/api/x`, { method: 'POST', body: body.readable, duplex: 'half' })
  const reader = response.body?.getReader()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('got one')
  await writer.close()
  expect((await reader?.read())?.done).toBe(true)
})

test('names the port that is taken', async () => {
  const port = await named('other')
  await expect(startGateway({ port, routes: [], log: () => {} })).rejects.toThrow(
    `Port ${port} is taken by another program; choose another with --port.`,
  )
})
