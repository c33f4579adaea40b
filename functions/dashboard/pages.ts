import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { ClientFile, ClientFiles } from './client-files.ts'
import { SECURITY_HEADERS } from './security.ts'

const PAGE = '/index.html'
const YEAR = 'public, max-age=31536000, immutable'

/**
 * Sends the built files; every other path without an extension is a page, which the client finds its way to. Assets are kept
 * for ever by the hash in their names, the page itself is asked for again each time.
 */
export function pagesListener(files: ClientFiles): RequestListener {
  return (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, { status: 405, code: 'METHOD_NOT_ALLOWED', message: 'This path takes GET, HEAD.' })
    const file = fileAt(files, request)
    if (file) return send(request, response, file)
    refuse(response, { status: 404, code: 'NOT_FOUND', message: 'Nothing is served at this path.' })
  }
}

function fileAt(files: ClientFiles, { url = '/' }: IncomingMessage): ClientFile | undefined {
  const path = url.split('?')[0] ?? '/'
  if (path !== '/' && files.has(path)) return files.get(path)
  return /\.\w+$/.test(path) ? undefined : files.get(PAGE)
}

function send(request: IncomingMessage, response: ServerResponse, { type, etag, immutable, bytes }: ClientFile): void {
  response.setHeader('Cache-Control', immutable ? YEAR : 'no-cache')
  response.setHeader('ETag', etag)
  response.setHeader('Vary', 'Accept-Encoding')
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const encoding = (['br', 'gzip'] as const).find((name) => bytes[name] && new RegExp(`\\b${name}\\b`).test(accepted))
  const body = (encoding && bytes[encoding]) ?? bytes.identity
  if (encoding) response.setHeader('Content-Encoding', encoding)
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.byteLength })
  response.end(request.method === 'HEAD' ? undefined : body)
}

type Refusal = { status: number; code: string; message: string }

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  if (status === 405) response.setHeader('Allow', 'GET, HEAD')
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify({ error: { code, message } }))
}
