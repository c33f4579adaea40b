import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { forgetConfig } from '../../../shared/config.ts'
import { isPublicAddress } from '../../../shared/webhooks/address.ts'
import { sendWebhook } from '../../../shared/webhooks/send.ts'

const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
let origin = ''
let answer: { status: number; headers?: Record<string, string> } = { status: 204 }
const seen: { headers: IncomingHttpHeaders; body: string; path: string | undefined }[] = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  seen.push({ headers: request.headers, body, path: request.url })
  response.writeHead(answer.status, answer.headers).end('x'.repeat(100))
})

const allow = (origins: string) => {
  process.env.WEBHOOK_PRIVATE_ORIGINS = origins
  forgetConfig()
}
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
})
beforeEach(() => {
  seen.length = 0
  answer = { status: 204 }
  allow(origin)
})
afterAll(() => {
  delete process.env.ENVIRONMENT
  allow('')
  server.closeAllConnections()
  server.close()
})

const send = (url: string) => sendWebhook({ url, key, id: 'msg_1', body: { a: 1 } })

test('what is sent is signed as the receiver checks it, at the time of sending', async () => {
  expect(await send(`${origin}/hook`)).toBe(204)
  const { headers = {}, body = '' } = seen[0] ?? {}
  expect(body).toBe('{"a":1}')
  const signed = `msg_1.${headers['webhook-timestamp']}.${body}`
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60)
})

test.each([
  ['a redirect is refused and not followed', 302, 'PROVIDER_REJECTED'],
  ['a refusal is for good', 410, 'PROVIDER_REJECTED'],
  ['a busy receiver is asked again', 429, 'PROVIDER_UNAVAILABLE'],
  ['so is a broken one', 503, 'PROVIDER_UNAVAILABLE'],
])('%s', async (_, status, code) => {
  answer = { status, headers: { location: `${origin}/elsewhere` } }
  await expect(send(`${origin}/hook`)).rejects.toMatchObject({ code, details: { status } })
  expect(seen.map(({ path }) => path)).toEqual(['/hook'])
})

test.each([
  ['loopback', 'https://127.0.0.1/'],
  ['loopback by name', 'https://localhost/'],
  ['as one number', 'https://2130706433/'],
  ['in octal', 'https://0177.0.0.1/'],
  ['in short', 'https://127.1/'],
  ['nothing', 'https://0/'],
  ['IPv6', 'https://[::1]/'],
  ['mapped', 'https://[::ffff:127.0.0.1]/'],
  ['metadata', 'https://169.254.169.254/latest'],
  ['private', 'https://10.1.2.3/'],
  ['unique local', 'https://[fd00::1]/'],
  ['link local', 'https://[fe80::1]/'],
  ['NAT64', 'https://[64:ff9b::7f00:1]/'],
  ['plain http', 'http://93.184.216.34/'],
  ['another scheme', 'file:///etc/passwd'],
  ['a user', 'https://a:b@93.184.216.34/'],
  ['no URL', 'nonsense'],
])('%s is refused: %s', async (_, url) => {
  await expect(send(url)).rejects.toMatchObject({ code: 'PROVIDER_REJECTED' })
})

test('outside of development no private origin is exempt', async () => {
  process.env.ENVIRONMENT = 'production'
  forgetConfig()
  await expect(send(`${origin}/hook`)).rejects.toMatchObject({ code: 'PROVIDER_REJECTED' })
  await expect(send(origin.replace('http:', 'https:'))).rejects.toMatchObject({ code: 'PROVIDER_REJECTED' })
  expect(seen).toEqual([])
  delete process.env.ENVIRONMENT
})

test.each([
  ['93.184.216.34', true],
  ['172.15.0.1', true],
  ['172.31.255.255', false],
  ['100.64.0.1', false],
  ['192.168.1.1', false],
  ['255.255.255.255', false],
  ['2606:2800:220:1::1', true],
  ['2002:7f00:1::', false],
  ['::', false],
  ['ff02::1', false],
  ['2001:db8::1', false],
  ['example.com', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected)
})
