/**
 * Every error a caller or an operator can meet. `status` is what HTTP answers; `retry` says whether the same request
 * or event may succeed later: a worker throws on true (redelivered) and records and acknowledges on false.
 */
export const ERRORS = {
  INPUT_INVALID: { status: 400, retry: false },
  UNAUTHENTICATED: { status: 401, retry: false },
  FORBIDDEN: { status: 403, retry: false },
  TENANT_INACTIVE: { status: 403, retry: false },
  NOT_FOUND: { status: 404, retry: false },
  METHOD_NOT_ALLOWED: { status: 405, retry: false },
  CONFLICT: { status: 409, retry: false },
  TENANT_REQUIRED: { status: 409, retry: false },
  PAYLOAD_TOO_LARGE: { status: 413, retry: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retry: false },
  RATE_LIMITED: { status: 429, retry: true },
  INTERNAL: { status: 500, retry: true },
  UNAVAILABLE: { status: 503, retry: true },
  NOT_YET: { status: 503, retry: true },
  DB_UNAVAILABLE: { status: 503, retry: true },

  CONFIG_INVALID: { status: 500, retry: false },
  NO_ACTOR: { status: 500, retry: false },
  CRYPTO_REFUSED: { status: 500, retry: false },
  EVENT_INVALID: { status: 400, retry: false },
  LEASE_LOST: { status: 409, retry: false },

  OAUTH_STATE_INVALID: { status: 400, retry: false },
  OAUTH_STATE_EXPIRED: { status: 400, retry: false },
  OAUTH_STATE_USED: { status: 409, retry: false },
  OAUTH_OTHER_BROWSER: { status: 403, retry: false },
  OAUTH_SIGNATURE_INVALID: { status: 400, retry: false },
  OAUTH_DENIED: { status: 403, retry: false },

  PROVIDER_AUTH: { status: 502, retry: false },
  PROVIDER_PERMISSION: { status: 502, retry: false },
  PROVIDER_NOT_FOUND: { status: 502, retry: false },
  PROVIDER_REJECTED: { status: 502, retry: false },
  PROVIDER_BAD_RESPONSE: { status: 502, retry: false },
  PROVIDER_RATE_LIMITED: { status: 503, retry: true },
  PROVIDER_UNAVAILABLE: { status: 503, retry: true },
} as const

export type ErrorCode = keyof typeof ERRORS

/** `details` is shown to callers and stored beside the failure: never a secret, never a body of somebody else. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** The one error class. `message` says what was expected and what to do next; it is safe to show. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails
  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details ?? {}
  }

  get status(): number {
    return ERRORS[this.code].status
  }

  get retry(): boolean {
    return ERRORS[this.code].retry
  }
}

/** Any thrown thing as an AppError: what nobody foresaw is INTERNAL, and its own words stay in `cause`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('INTERNAL', 'Something went wrong on our side; the request id finds it in the logs.', {
    cause: thrown,
  })
}
