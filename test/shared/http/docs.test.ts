import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { curlOf } from '../../../shared/http/docs/curl.ts'
import { docsPage } from '../../../shared/http/docs/page.ts'
import { operation, pathsOf } from '../../../shared/operation.ts'
import type { AnyOperation } from '../../../shared/operations/call.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'

useDatabase()
useCloud()
const call = useApi()
const OFFERED = OPERATIONS.filter(({ surfaces }) => surfaces.includes('http'))

/** What a POSIX shell makes of a command: its words, with `$KEY` filled in. */
const wordsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; KEY=the-key; ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

/** As the HTTP adapter reads a query. */
const fromText = (text: string): unknown => (/^(\d+|true|false)$/.test(text) ? JSON.parse(text) : text)

const awkward = operation({
  name: 'awkward',
  description: 'Takes <b>what</b> & shells and pages stumble over.',
  http: { method: 'post', path: '/api/things/{id}' },
  permission: 'brands:write',
  input: z.object({ id: z.uuid(), note: z.string() }).meta({
    examples: [{ id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f', note: "it's $HOME `here` <script>alert(1)</script>" }],
  }),
  output: z.object({ ok: z.boolean() }),
  run: async () => ({ ok: true }),
})

describe('the reference', () => {
  it('shows every operation with its paths and its command, without a script or anything from elsewhere', async () => {
    const answer = await call('/docs')
    expect(answer.status).toBe(200)
    const page = String(answer.body)
    for (const operation of OFFERED) {
      expect(page).toContain(`<section id="${operation.name}"`)
      for (const path of pathsOf(operation)) expect(page).toContain(path)
    }
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(/)
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(answer.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
  })

  it('escapes what descriptions and examples hold', () => {
    const page = docsPage([awkward], 'https://api.pulsepoint.test')
    expect(page).toContain('&lt;b&gt;what&lt;/b&gt; &amp; shells')
    expect(page).not.toContain('<script>')
  })
})

describe('a command', () => {
  it('reaches the shell whole, quotes and all', () => {
    const body = { note: "it's $HOME `here` <script>alert(1)</script>" }
    expect(wordsOf(curlOf(awkward, 'https://api.pulsepoint.test'))).toEqual([
      'https://api.pulsepoint.test/api/things/0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
      ...['-H', 'Authorization: Bearer the-key'],
      ...['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)],
    ])
  })

  it.each(OFFERED.map((operation) => [operation.name, operation] as const))(
    '%s: its input is one that the operation takes',
    (_, operation) => {
      const words = wordsOf(curlOf(operation, 'https://api.pulsepoint.test'))
      const url = new URL(words[0] ?? '')
      const names = [...(pathsOf(operation)[0] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
      const pattern = (pathsOf(operation)[0] ?? '').replace(/\{\w+\}/g, '([^/]+)')
      const inPath = new RegExp(`^${pattern}$`).exec(url.pathname)?.slice(1) ?? []
      const body = words.includes('-d') ? JSON.parse(words[words.indexOf('-d') + 1] ?? '') : inQuery(url, operation)
      const given = { ...body, ...Object.fromEntries(names.map((name, at) => [name, inPath[at]])) }
      expect(operation.input.safeParse(given).error?.issues ?? []).toEqual([])
    },
  )
})

const Types = z.object({ properties: z.record(z.string(), z.object({ type: z.unknown().optional() })) })

/** As the API reads it: a list is its name once for each value. */
function inQuery({ searchParams }: URL, { input }: AnyOperation): Record<string, unknown> {
  const { properties } = Types.parse(z.toJSONSchema(input, { io: 'input' }))
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => [
      name,
      properties[name]?.type === 'array' ? searchParams.getAll(name) : fromText(searchParams.get(name) ?? ''),
    ]),
  )
}
