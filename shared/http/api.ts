import { Hono } from 'hono'
import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import type { AnyOperation } from '../operations/call.ts'
import { offer } from '../operations/offered.ts'
import { answerJson } from './answer.ts'
import { mountSteps } from './chain.ts'
import type { HttpEnv } from './context.ts'
import { mountDocs } from './docs/mount.ts'
import type { IpLimit } from './ip-limit.ts'
import { openApiDocument } from './openapi.ts'
import { mountNotAllowed, mountOperations } from './routes.ts'
import { type TenantLimit, tenantLimit } from './tenant-limit.ts'

export type ApiOptions = {
  operations: readonly AnyOperation[]
  /** What differs from the default limit per address. */
  ipLimit?: Partial<IpLimit>
  /** What differs from the limits by tier. */
  tenantLimit?: Partial<TenantLimit>
}

/** The JSON API over the operations that are offered on HTTP, and its OpenAPI document. */
export function buildApi({ operations, ipLimit, ...options }: ApiOptions): Hono<HttpEnv> {
  offer(operations)
  const offered = operations.filter((operation) => operation.surfaces.includes('http'))
  const app = new Hono<HttpEnv>()
  mountSteps(app, ipLimit)
  let document: object | undefined // made when somebody first asks
  app.get('/openapi.json', (c) => {
    document ??= openApiDocument(offered, config('PUBLIC_URL'))
    return answerJson(c, { body: document, status: 200, cache: 'public, max-age=300' })
  })
  mountNotAllowed(app, '/openapi.json', new Set(['GET']))
  mountDocs(app, offered)
  mountOperations(app, offered, tenantLimit({ surface: 'http', ...options.tenantLimit }))
  app.notFound(() => {
    throw new AppError('NOT_FOUND', 'Nothing is served at this path; /docs shows what is.')
  })
  return app
}
