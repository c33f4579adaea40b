/** A category of Google's error codes and one of its codes. */
export type ErrorCode = Readonly<Record<string, string>>

const RPC_STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

/** An answer of the Google Ads API in its error envelope. The message is sent to the caller as it stands. */
export class AdsError extends Error {
  readonly status: 400 | 401 | 403 | 429
  readonly errorCode: ErrorCode
  readonly details: object | undefined

  constructor(status: 400 | 401 | 403 | 429, errorCode: ErrorCode, said: { message: string; details?: object }) {
    super(said.message)
    this.name = 'AdsError'
    this.status = status
    this.errorCode = errorCode
    this.details = said.details
  }

  envelope(version: string, requestId: string): object {
    const error = {
      errorCode: this.errorCode,
      message: this.message,
      ...(this.details && { details: this.details }),
    }
    const failure = {
      '@type': `type.googleapis.com/google.ads.googleads.${version}.errors.GoogleAdsFailure`,
      errors: [error],
      requestId,
    }
    return {
      error: {
        code: this.status,
        message: this.status === 401 ? 'Request had invalid authentication credentials.' : this.message,
        status: RPC_STATUSES[this.status],
        details: [failure],
      },
    }
  }
}

export const queryError = (code: string, message: string): AdsError =>
  new AdsError(400, { queryError: code }, { message })
