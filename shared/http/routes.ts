import type { Hono } from 'hono'
import { collectCookies, setCookieHeader } from '../answer-cookies.ts'
import { AppError } from '../errors.ts'
import { pathsOf } from '../operation.ts'
import { cachedAnswer } from '../operations/answer-cache.ts'
import { type AnyOperation, call, requirePermission, steps } from '../operations/call.ts'
import { answerCached, answerJson } from './answer.ts'
import { anonymous, authenticated } from './authenticate.ts'
import { brandOf } from './brand-of.ts'
import type { HttpContext, HttpEnv, Step } from './context.ts'
import { idempotent } from './idempotency.ts'
import { inputReader } from './input.ts'
import { notesOwnWrites, readFrom } from './own-writes.ts'
import { answerStream, EVENTS, NDJSON } from './stream.ts'

/** Mounts every operation on all its paths; a known path with another method answers 405 with Allow. */
export function mountOperations(app: Hono<HttpEnv>, operations: readonly AnyOperation[], limited: Step): void {
  const methods = new Map<string, Set<string>>()
  for (const { operation, path } of routesOf(operations)) {
    app.on(operation.http.method.toUpperCase(), path, ...stepsOf(operation, limited))
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(operation.http.method.toUpperCase()))
  }
  for (const [path, allowed] of methods) mountNotAllowed(app, path, allowed)
}

/** The router takes the first route that fits: words stand before ids, so that /alerts/rules is no alert. */
function routesOf(operations: readonly AnyOperation[]): { operation: AnyOperation; path: string }[] {
  const routes = operations.flatMap((operation) =>
    pathsOf(operation).map((path) => ({ operation, path: toPattern(path) })),
  )
  const rank = (path: string): string => path.replace(/:\w+/g, '\u{10ffff}')
  return routes.sort((a, b) => (rank(a.path) < rank(b.path) ? -1 : Number(rank(a.path) > rank(b.path))))
}

export function mountNotAllowed(app: Hono<HttpEnv>, path: string, methods: ReadonlySet<string>): void {
  const allow = [...[...methods].sort(), ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  app.all(path, (c) => {
    c.header('Allow', allow)
    throw new AppError('METHOD_NOT_ALLOWED', `This path takes ${allow}.`)
  })
}

/** `/api/brands/{id}` as the router writes it. */
const toPattern = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

type Steps = [Step, ...Step[], (c: HttpContext) => Promise<Response>]

/** In the order that callers may rely on: who are you, how much may you ask, may you, is it well-formed, do it. */
function stepsOf(operation: AnyOperation, limited: Step): Steps {
  const named: Step = async (c, next) => {
    c.set('operation', operation)
    await next()
  }
  const permitted: Step = async (_, next) => {
    requirePermission(operation)
    await next()
  }
  if (operation.permission === 'public') return [named, anonymous, handlerOf(operation)]
  return [named, authenticated, limited, permitted, notesOwnWrites, idempotent, handlerOf(operation)]
}

function handlerOf(operation: AnyOperation): (c: HttpContext) => Promise<Response> {
  const readInput = inputReader(operation)
  const cache = operation.permission === 'public' ? 'no-store' : 'private, no-cache'
  const status = successStatus(operation)
  return async (c) => {
    const input = await readInput(c)
    const brandId = brandOf(operation, input) ?? null
    c.set('brandId', brandId)
    if (operation.produces) return answerStream(c, steps(operation, input), NDJSON)
    if (operation.progress && wantsEvents(c)) return answerStream(c, steps(operation, input), EVENTS)
    if (operation.cached) return answerCached(c, await cachedAnswer({ operation, given: input, brandId }))
    const { result, cookies } = await collectCookies(c.req.header('cookie') ?? '', () =>
      readFrom(c, operation, () => call(operation, input)),
    )
    for (const cookie of cookies) c.header('Set-Cookie', setCookieHeader(cookie), { append: true })
    return answerJson(c, { body: result, status, cache })
  }
}

const wantsEvents = (c: HttpContext): boolean => /\btext\/event-stream\b/.test(c.req.header('accept') ?? '')

function successStatus({ http }: AnyOperation): 200 | 201 | 202 {
  if (http.status === 201 || http.status === 202) return http.status
  return 200
}
