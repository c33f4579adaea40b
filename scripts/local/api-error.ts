import type { Context } from 'hono'
import * as z from 'zod'

const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  FAILED_PRECONDITION: 400,
  PAYLOAD_TOO_LARGE: 413,
  INTERNAL: 500,
} as const
// BigQuery's clients read errors[].reason, the others error.status.
const BIGQUERY_REASON = {
  INVALID_ARGUMENT: 'invalid',
  UNAUTHENTICATED: 'authError',
  PERMISSION_DENIED: 'accessDenied',
  NOT_FOUND: 'notFound',
  ALREADY_EXISTS: 'duplicate',
  ABORTED: 'aborted',
  FAILED_PRECONDITION: 'failedPrecondition',
  PAYLOAD_TOO_LARGE: 'requestTooLarge',
  INTERNAL: 'internalError',
} as const

/** What a Google API answers when it refuses; `reason` replaces BigQuery's default reason. */
export class ApiError extends Error {
  readonly status: keyof typeof HTTP_STATUS
  readonly reason: string

  constructor(status: keyof typeof HTTP_STATUS, message: string, reason: string = BIGQUERY_REASON[status]) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** Any thrown value as Google's error body; what is not an ApiError is a fault of the local cloud and answered as 500. */
export function answerError(cause: unknown, c: Context): Response {
  const known = cause instanceof ApiError ? cause : new ApiError('INTERNAL', String(cause))
  const code = HTTP_STATUS[known.status]
  const errors = [{ message: known.message, domain: 'global', reason: known.reason }]
  return c.json({ error: { code, message: known.message, status: known.status, errors } }, code)
}

/** The request's JSON body through a schema. Throws INVALID_ARGUMENT, or PAYLOAD_TOO_LARGE over `maxBytes`. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S, maxBytes = 64 << 20): Promise<z.output<S>> {
  const text = await c.req.text()
  if (Buffer.byteLength(text) > maxBytes) {
    throw new ApiError('PAYLOAD_TOO_LARGE', `Request payload size exceeds the limit: ${maxBytes} bytes.`)
  }
  const parsed = schema.safeParse(text === '' ? {} : parseJson(text))
  if (!parsed.success) throw new ApiError('INVALID_ARGUMENT', z.prettifyError(parsed.error))
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'Invalid JSON payload received.')
  }
}

/** A path parameter; Hono's type allows undefined for the patterns with `:verb` endings. */
export function pathParam(c: Context, name: string): string {
  const value = c.req.param(name)
  if (value === undefined) throw new ApiError('INTERNAL', `route without :${name}`)
  return value
}
