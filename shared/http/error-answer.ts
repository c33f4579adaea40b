import type { ErrorHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type AppError, toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import type { HttpEnv } from './context.ts'

const RETRY_AFTER_SECONDS = '2'

/** Outermost: whatever was thrown becomes errorBody(). Stacks stay in the log. */
export const errorAnswer: ErrorHandler<HttpEnv> = (thrown, c) => {
  const error = toAppError(thrown)
  const requestId = c.get('requestId')
  if (error.status >= 500) logError(`${c.req.method} ${c.req.path} failed.`, thrown, { request_id: requestId })
  if (error.status === 401) c.header('WWW-Authenticate', 'Bearer')
  if (error.status === 503) c.header('Retry-After', RETRY_AFTER_SECONDS)
  return c.json(errorBody(error, requestId), error.status as ContentfulStatusCode) // the table of errors holds only statuses with a body
}

/** `{error: {code, message, request_id, details?}}`, the shape of everything that goes wrong. */
export function errorBody({ code, message, details }: AppError, requestId: string): object {
  return { error: { code, message, request_id: requestId, ...(Object.keys(details).length > 0 && { details }) } }
}
