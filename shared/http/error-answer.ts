import type { ErrorHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import type { HttpEnv } from './context.ts'

const RETRY_AFTER_SECONDS = '2'

/** Outermost: whatever was thrown becomes `{error: {code, message, request_id, details?}}`. Stacks stay in the log. */
export const errorAnswer: ErrorHandler<HttpEnv> = (thrown, c) => {
  const error = toAppError(thrown)
  const requestId = c.get('requestId')
  if (error.status >= 500) logError(`${c.req.method} ${c.req.path} failed.`, thrown, { request_id: requestId })
  if (error.status === 401) c.header('WWW-Authenticate', 'Bearer')
  if (error.status === 503) c.header('Retry-After', RETRY_AFTER_SECONDS)
  const details = Object.keys(error.details).length > 0 ? { details: error.details } : {}
  const body = { error: { code: error.code, message: error.message, request_id: requestId, ...details } }
  return c.json(body, error.status as ContentfulStatusCode) // the table of errors holds only statuses with a body
}
