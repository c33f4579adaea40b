import type { Context } from 'hono'
import type { BulkJobs } from './jobs.ts'

const RANGE = /^bytes=(\d+)-$/

/** `GET /_bulk/:secret/bulk.jsonl`: the file, or what follows a byte of it. Nobody is asked who they are. */
export function serveBulkFile(c: Context, shops: Iterable<BulkJobs>): Response {
  const secret = c.req.param('secret') ?? ''
  const found = [...shops].map((jobs) => jobs.file(secret)).find((one) => one !== null)
  if (!found) return c.text('<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>', 400)
  const { file, bytes } = found
  const start = Number(RANGE.exec(c.req.header('range') ?? '')?.[1] ?? 0)
  if (start > 0 && start >= bytes) return c.text('', 416, { 'Content-Range': `bytes */${bytes}` })
  const headers = {
    'Content-Type': 'application/jsonl',
    'Content-Length': String(bytes - start),
    'Accept-Ranges': 'bytes',
    ...(start > 0 && { 'Content-Range': `bytes ${start}-${bytes - 1}/${bytes}` }),
  }
  return new Response(file.read(start, bytes), { status: start > 0 ? 206 : 200, headers })
}
