type ErrorDetail = {
  /** HTTP status, 400 when absent. */
  status?: 400 | 403 | 500
  /** `OAuthException` when absent. */
  type?: string
  subcode?: number
  transient?: boolean
  userTitle?: string
  userMessage?: string
}

/** An answer of the Graph API in its error envelope. The message is sent to the caller as it stands. */
export class GraphError extends Error {
  readonly code: number
  readonly detail: ErrorDetail

  constructor(code: number, message: string, detail: ErrorDetail = {}) {
    super(message)
    this.name = 'GraphError'
    this.code = code
    this.detail = detail
  }

  get status(): 400 | 403 | 500 {
    return this.detail.status ?? 400
  }

  envelope(traceId: string) {
    const { type, subcode, transient, userTitle, userMessage } = this.detail
    return {
      error: {
        message: this.message,
        type: type ?? 'OAuthException',
        ...(transient === undefined ? {} : { is_transient: transient }),
        code: this.code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(userTitle === undefined ? {} : { error_user_title: userTitle }),
        ...(userMessage === undefined ? {} : { error_user_msg: userMessage }),
        fbtrace_id: traceId,
      },
    }
  }

  /** `WWW-Authenticate` as the Graph API sends it with every error; header values must stay printable ASCII. */
  challenge(): string {
    const reason = this.code === 190 ? 'invalid_token' : 'invalid_request'
    return `OAuth "Facebook Platform" "${reason}" "${this.message.replace(/[^ !#-~]/g, '?')}"`
  }
}

export const invalidParameter = (message: string) => new GraphError(100, `(#100) ${message}`)

export const tooMuchData = () =>
  new GraphError(1, "Please reduce the amount of data you're asking for, then retry your request", { status: 500 })

/** Meta answers the same for an object that does not exist and for one that the token may not see. */
export const unsupportedRequest = (method: string, id: string) =>
  new GraphError(
    100,
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing ` +
      'permissions, or does not support this operation. Please read the Graph API documentation at ' +
      'https://developers.facebook.com/docs/graph-api',
    { type: 'GraphMethodException', subcode: 33 },
  )
