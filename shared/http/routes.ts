import type { Hono } from 'hono'
import { AppError } from '../errors.ts'
import { pathsOf } from '../operation.ts'
import { type AnyOperation, call, requirePermission } from '../operations/call.ts'
import { answerJson } from './answer.ts'
import { anonymous, authenticated } from './authenticate.ts'
import { brandOf } from './brand-of.ts'
import type { HttpContext, HttpEnv, Step } from './context.ts'
import { inputReader } from './input.ts'

/** Mounts every operation on all its paths; a known path with another method answers 405 with Allow. */
export function mountOperations(app: Hono<HttpEnv>, operations: readonly AnyOperation[]): void {
  const methods = new Map<string, Set<string>>()
  for (const operation of operations) {
    for (const path of pathsOf(operation).map(toPattern)) {
      app.on(operation.http.method.toUpperCase(), path, ...stepsOf(operation))
      const known = methods.get(path) ?? new Set()
      methods.set(path, known.add(operation.http.method.toUpperCase()))
    }
  }
  for (const [path, allowed] of methods) mountNotAllowed(app, path, allowed)
}

export function mountNotAllowed(app: Hono<HttpEnv>, path: string, methods: ReadonlySet<string>): void {
  const allow = [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  app.all(path, (c) => {
    c.header('Allow', allow)
    throw new AppError('METHOD_NOT_ALLOWED', `This path takes ${allow}.`)
  })
}

/** `/api/brands/{id}` as the router writes it. */
const toPattern = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

/** In the order that callers may rely on: who are you, may you, is it well-formed, do it. */
function stepsOf(operation: AnyOperation): [Step, Step, Step, (c: HttpContext) => Promise<Response>] {
  const named: Step = async (c, next) => {
    c.set('operation', operation)
    await next()
  }
  const permitted: Step = async (_, next) => {
    requirePermission(operation)
    await next()
  }
  return [named, operation.permission === 'public' ? anonymous : authenticated, permitted, handlerOf(operation)]
}

function handlerOf(operation: AnyOperation): (c: HttpContext) => Promise<Response> {
  const readInput = inputReader(operation)
  const cache = operation.permission === 'public' ? 'no-store' : 'private, no-cache'
  const status = successStatus(operation)
  return async (c) => {
    const input = await readInput(c)
    c.set('brandId', brandOf(operation, input) ?? null)
    return answerJson(c, { body: await call(operation, input), status, cache })
  }
}

function successStatus({ http }: AnyOperation): 200 | 201 | 202 {
  if (http.status === 201 || http.status === 202) return http.status
  return 200
}
