import type { ErrorCode } from '../../../shared/errors.ts'

/** What Google said in refusing a call, as far as it is understood. */
export type Refusal = {
  status: number
  /** Of the first error: its category and code, such as `quotaError` and `RESOURCE_EXHAUSTED`; empty where there is none. */
  category: string
  code: string
  /** Of the RPC: coarser, but there when no error is. */
  rpcStatus: string
  /** A protobuf Duration in JSON: "30s". */
  retryDelay: string | undefined
  requestId: string | null
}

type Verdict = { applies: (refusal: Refusal) => boolean; code: ErrorCode; message: string }

const oneOf =
  (...codes: string[]) =>
  ({ code }: Refusal): boolean =>
    codes.includes(code)
const of =
  (name: string) =>
  ({ category }: Refusal): boolean =>
    category === name
const answered =
  (wanted: number) =>
  ({ status }: Refusal): boolean =>
    status === wanted

export const MANAGER_REFUSED =
  'This is a manager account, which has no campaigns of its own: connect one of its client accounts.'
const TOKEN_REFUSED = 'Google no longer accepts the access token; connect the account again.'
const NO_SUCH_ACCOUNT = 'Google knows no such Ads account.'
const QUOTA_USED_UP = 'Google Ads asks to wait: a quota is used up.'

/** The first that applies. Without one the call itself was wrong. Source: developers.google.com, errors of v25. */
const VERDICTS: readonly Verdict[] = [
  {
    applies: oneOf('CUSTOMER_NOT_FOUND', 'CLIENT_CUSTOMER_ID_INVALID', 'INVALID_CUSTOMER_ID'),
    code: 'PROVIDER_NOT_FOUND',
    message: NO_SUCH_ACCOUNT,
  },
  {
    applies: oneOf('CUSTOMER_NOT_ENABLED'),
    code: 'PROVIDER_PERMISSION',
    message: 'The Google Ads account is not active: it was closed, or its set-up was never finished.',
  },
  {
    applies: oneOf('CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION', 'DEVELOPER_TOKEN_NOT_APPROVED', 'PROJECT_DISABLED'),
    code: 'PROVIDER_PERMISSION',
    message: 'Google has not approved our app for accounts like this one.',
  },
  {
    applies: (refusal) => of('authorizationError')(refusal) || oneOf('ACCESS_PROHIBITED')(refusal),
    code: 'PROVIDER_PERMISSION',
    message: 'Who connected the account may not, or no longer, read it; connect it again as somebody who may.',
  },
  { applies: of('quotaError'), code: 'PROVIDER_RATE_LIMITED', message: QUOTA_USED_UP },
  { applies: oneOf('REQUESTED_METRICS_FOR_MANAGER'), code: 'PROVIDER_REJECTED', message: MANAGER_REFUSED },
  {
    applies: oneOf('UNSUPPORTED_VERSION'),
    code: 'PROVIDER_REJECTED',
    message: 'Google no longer serves the version of its API that is used.',
  },
  {
    applies: (refusal) => of('internalError')(refusal) || refusal.status >= 500,
    code: 'PROVIDER_UNAVAILABLE',
    message: 'Google Ads cannot answer at the moment.',
  },
  { applies: answered(401), code: 'PROVIDER_AUTH', message: TOKEN_REFUSED },
  {
    applies: answered(403),
    code: 'PROVIDER_PERMISSION',
    message: 'The sign-in lacks the permission to read Google Ads; grant it and connect again.',
  },
  { applies: answered(404), code: 'PROVIDER_NOT_FOUND', message: NO_SUCH_ACCOUNT },
  { applies: answered(429), code: 'PROVIDER_RATE_LIMITED', message: QUOTA_USED_UP },
]

export function verdictOn(refusal: Refusal): { code: ErrorCode; message: string } {
  const { code, status } = refusal
  const verdict = VERDICTS.find(({ applies }) => applies(refusal))
  return verdict ?? { code: 'PROVIDER_REJECTED', message: `Google Ads refused the call (${code || status}).` }
}
