import type { Hono } from 'hono'
import { config } from '../config.ts'
import type { HttpEnv } from './context.ts'
import { corsAllowList } from './cors.ts'
import { errorAnswer } from './error-answer.ts'
import { hostAllowList } from './host-allow-list.ts'
import { configuredIpLimit, type IpLimit, ipLimit } from './ip-limit.ts'
import { recordRequest } from './record-request.ts'
import { requestId } from './request-id.ts'
import { securityHeaders } from './security-headers.ts'

/** What every request goes through before its route, in this order; errors are answered outermost. */
export function mountSteps(app: Hono<HttpEnv>, limit: Partial<IpLimit> = {}): void {
  app.onError(errorAnswer)
  app.use(requestId, securityHeaders, recordRequest)
  app.use(hostAllowList(listOf(config('ALLOWED_HOSTS'))))
  app.use(corsAllowList(listOf(config('ALLOWED_ORIGINS'))))
  app.use(ipLimit({ ...configuredIpLimit(), ...limit }))
}

export const listOf = (commaSeparated: string): string[] =>
  commaSeparated
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
