import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readClient } from '../../../functions/dashboard/client-files.ts'
import { pagesListener } from '../../../functions/dashboard/pages.ts'

let folder = ''
let server: Server
let origin = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pages-'))
  await mkdir(path.join(folder, 'assets'))
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Pulsepoint</title>')
  await writeFile(path.join(folder, 'assets/index-abc123.js'), 'console.log(1)'.repeat(100))
  server = createServer(pagesListener(await readClient(pathToFileURL(`${folder}/`))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // listens on TCP
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

describe('the dashboard function', () => {
  it('answers every page with the one document, which is asked for again each time', async () => {
    for (const page of ['/', '/alerts', '/settings?tab=users']) {
      const answer = await fetch(`${origin}${page}`)
      expect([page, answer.status, answer.headers.get('content-type')]).toEqual([page, 200, 'text/html; charset=utf-8'])
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      const again = await fetch(`${origin}${page}`, { headers: { 'If-None-Match': answer.headers.get('etag') ?? '' } })
      expect(again.status).toBe(304)
    }
  })

  it('keeps assets for ever, compressed, under their own type', async () => {
    const answer = await fetch(`${origin}/assets/index-abc123.js`, { headers: { 'Accept-Encoding': 'br' } })
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.headers.get('content-encoding')).toBe('br')
    expect(await answer.text()).toContain('console.log')
  })

  it('runs nothing but its own scripts and is in nobody’s frame, also where it refuses', async () => {
    for (const [page, init] of [['/'], ['/assets/gone.js'], ['/', { method: 'POST' }]] as const) {
      const policy = (await fetch(`${origin}${page}`, init)).headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe/)
    }
  })

  it('has no file where there is none, and changes nothing', async () => {
    expect((await fetch(`${origin}/assets/gone.js`)).status).toBe(404)
    expect((await fetch(`${origin}/..%2f..%2fpackage.json`)).status).toBe(404)
    expect((await fetch(`${origin}/`, { method: 'POST' })).status).toBe(405)
  })

  it('does not start without pages', async () => {
    await expect(readClient(pathToFileURL(`${folder}/none/`))).rejects.toThrow('npm run build:web')
  })
})
