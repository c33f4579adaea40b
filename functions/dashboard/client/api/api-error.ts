/** What the API refused, in its own words; `status` 0 when there was no answer. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  /** What is wrong by field of the input. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly details: Readonly<Record<string, unknown>>

  constructor(status: number, body: unknown) {
    const error = recordOf(recordOf(body).error)
    super(typeof error.message === 'string' ? error.message : fallback(status))
    this.status = status
    this.code = typeof error.code === 'string' ? error.code : 'UNREACHABLE'
    this.requestId = typeof error.request_id === 'string' ? error.request_id : null
    this.details = recordOf(error.details)
    this.fields = fieldsOf(error.fields ?? this.details.fields)
  }
}

const fallback = (status: number): string =>
  status === 0 ? 'The server cannot be reached. Check your connection.' : 'The server answered something unexpected.'

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const fieldsOf = (value: unknown): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(recordOf(value)).map(([name, texts]) => [name, Array.isArray(texts) ? texts.map(String) : []]),
  )
