import * as z from 'zod'
import { AppError, type ErrorCode } from '../../../shared/errors.ts'
import type { IncomingAnswer } from '../../../shared/fetch.ts'
import { WAIT_DETAIL } from '../../../shared/sync/connector.ts'

/** The GraphQL code of a query that asks for more points than Shopify gives at all. */
export const TOO_DEAR = 'MAX_COST_EXCEEDED'

/** What an HTTP status means, whatever the body says. 429 is not here: it is a wait. */
const STATUSES: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['PROVIDER_AUTH', 'Shopify does not accept the access token: connect the shop again.'],
  402: ['PROVIDER_PERMISSION', 'The shop is frozen: its owner has to settle that with Shopify.'],
  403: [
    'PROVIDER_PERMISSION',
    'Shopify refuses access: grant the app the scopes it asks for, and connect the shop again.',
  ],
  404: ['PROVIDER_NOT_FOUND', 'Shopify knows no such shop: it was closed, or its domain is misspelt.'],
  423: ['PROVIDER_PERMISSION', 'The shop is locked: its owner has to settle that with Shopify.'],
  430: ['PROVIDER_REJECTED', 'Shopify blocked the request as a security measure.'],
}

/** The error of an answer that is no 2xx; null for 2xx and 429. `details` name status and request id, never the body. */
export function statusFailure(answer: IncomingAnswer): AppError | null {
  const { status, headers } = answer
  if ((status >= 200 && status < 300) || status === 429) return null
  const [code, message] = STATUSES[status] ?? ['PROVIDER_REJECTED', `Shopify answered ${status}.`]
  return new AppError(code, message, { details: { status, request_id: headers.get('x-request-id') } })
}

export const waitFailure = (waitMs: number): AppError =>
  new AppError('PROVIDER_RATE_LIMITED', `Shopify asks to wait ${Math.ceil(waitMs / 1000)} s.`, {
    details: { [WAIT_DETAIL]: Math.ceil(waitMs) },
  })

/** GraphQL codes by weight: an answer may carry several errors, and the first of these decides. */
const CODES: readonly (readonly [string, ErrorCode, string])[] = [
  ['THROTTLED', 'PROVIDER_RATE_LIMITED', 'Shopify throttles the app.'],
  [TOO_DEAR, 'PROVIDER_REJECTED', 'Shopify says that the query costs too many points.'],
  [
    'ACCESS_DENIED',
    'PROVIDER_PERMISSION',
    'Shopify refuses a part of the data: grant the app its scopes and access to protected customer data.',
  ],
  ['INTERNAL_SERVER_ERROR', 'PROVIDER_UNAVAILABLE', 'Shopify failed on its side.'],
]

const Coded = z.object({ extensions: z.object({ code: z.string() }) })

/** The error behind `errors`, which may be a text, a list or an object; null when there is none. */
export function graphqlFailure(errors: unknown, answer: IncomingAnswer): AppError | null {
  if (errors === undefined || errors === null || (Array.isArray(errors) && errors.length === 0)) return null
  const found = (Array.isArray(errors) ? errors : []).flatMap(
    (error) => Coded.safeParse(error).data?.extensions.code ?? [],
  )
  const known = CODES.find(([code]) => found.includes(code))
  const [graphql_code, code, message] = known ?? [
    found[0] ?? null,
    'PROVIDER_REJECTED' as const,
    'Shopify refused the query.',
  ]
  const details = { graphql_code, request_id: answer.headers.get('x-request-id') }
  return new AppError(code, message, { details })
}
