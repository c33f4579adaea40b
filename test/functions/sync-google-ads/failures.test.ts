import { describe, expect, test } from 'vitest'
import { googleAds } from '../../../functions/sync-google-ads/connector.ts'
import { WAIT_DETAIL } from '../../../shared/sync/connector.ts'
import {
  contextAt,
  failureOf,
  freeWaits,
  NOW,
  openGoogleAds,
  read,
  rows,
  type Scripted,
  scriptedApi,
  startOf,
} from './google-ads-api.ts'

freeWaits()

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

/** An error of a stream: an array of one. */
function refused(status: number, errorCode: Record<string, string> = {}, quotaErrorDetails = {}): Scripted {
  const errors = [{ errorCode, message: 'ya29.token is quoted here', details: { quotaErrorDetails } }]
  const details = Object.keys(errorCode).length === 0 ? [] : [{ '@type': 'GoogleAdsFailure', errors, requestId: 'R1' }]
  return { status, body: [{ error: { code: status, status: STATUSES[status], message: 'ya29.token', details } }] }
}

describe('what Google refuses', () => {
  test.each([
    ['an ended token', refused(401, { authenticationError: 'OAUTH_TOKEN_EXPIRED' }), 'PROVIDER_AUTH'],
    ['a revoked token', refused(401, { authenticationError: 'OAUTH_TOKEN_REVOKED' }), 'PROVIDER_AUTH'],
    ['a person without Ads', refused(401, { authenticationError: 'NOT_ADS_USER' }), 'PROVIDER_AUTH'],
    ['401 without a code', refused(401), 'PROVIDER_AUTH'],
    ['an unknown account', refused(401, { authenticationError: 'CUSTOMER_NOT_FOUND' }), 'PROVIDER_NOT_FOUND'],
    ['a misspelt account', refused(400, { requestError: 'INVALID_CUSTOMER_ID' }), 'PROVIDER_NOT_FOUND'],
    ['a closed account', refused(403, { authorizationError: 'CUSTOMER_NOT_ENABLED' }), 'PROVIDER_PERMISSION'],
    [
      'an app that is not approved',
      refused(403, { authorizationError: 'CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION' }),
      'PROVIDER_PERMISSION',
    ],
    ['a code of the permissions that is new', refused(403, { authorizationError: 'NEW' }), 'PROVIDER_PERMISSION'],
    ['403 without a code', refused(403), 'PROVIDER_PERMISSION'],
    ['metrics of a manager', refused(400, { queryError: 'REQUESTED_METRICS_FOR_MANAGER' }), 'PROVIDER_REJECTED'],
    ['a query', refused(400, { queryError: 'UNRECOGNIZED_FIELD' }), 'PROVIDER_REJECTED'],
    ['an old version', refused(400, { requestError: 'UNSUPPORTED_VERSION' }), 'PROVIDER_REJECTED'],
    ['a fault', refused(500, { internalError: 'INTERNAL_ERROR' }), 'PROVIDER_UNAVAILABLE'],
    ['503 as HTML', { status: 503, body: '<html>' }, 'PROVIDER_UNAVAILABLE'],
    ['an error in mid-stream', { body: [...oneChunk(), ...bodyOf(refused(401))] }, 'PROVIDER_AUTH'],
    ['a fault in mid-stream', { body: [...oneChunk(), ...bodyOf(refused(503))] }, 'PROVIDER_UNAVAILABLE'],
    ['an error that is no array', { status: 403, body: bodyOf(refused(403))[0] }, 'PROVIDER_PERMISSION'],
    ['404 as HTML', { status: 404, body: '<!DOCTYPE html>' }, 'PROVIDER_BAD_RESPONSE'],
    ['HTML with 200', { body: '<!doctype html>' }, 'PROVIDER_BAD_RESPONSE'],
    ['a cut answer', { body: '[{"results":[' }, 'PROVIDER_BAD_RESPONSE'],
    ['no array', { body: { results: [] } }, 'PROVIDER_BAD_RESPONSE'],
  ] satisfies [string, Scripted, string][])('%s', async (_, answer, code) => {
    const calls = await scriptedApi(() => answer)
    const failure = await failureOf(read('campaigns'))
    expect(failure.code).toBe(code)
    expect(calls).toHaveLength((answer.status ?? 200) >= 500 ? 3 : 1)
    expect(`${failure.message} ${JSON.stringify(failure.details)} ${failure.cause}`).not.toContain('ya29.token')
  })

  const quota = (quotaError: string, retryDelay?: string): Scripted =>
    refused(429, { quotaError }, { rateScope: 'DEVELOPER', retryDelay })
  test.each([
    ['says how long', quota('RESOURCE_TEMPORARILY_EXHAUSTED', '30s'), 30_000],
    ['says it in fractions', quota('RESOURCE_TEMPORARILY_EXHAUSTED', '0.5s'), 500],
    ['says an hour at most', quota('RESOURCE_EXHAUSTED', '86330s'), 3_600_000],
    ['of the day does not say', quota('RESOURCE_EXHAUSTED'), 3_600_000],
    ['of the moment does not say', quota('RESOURCE_TEMPORARILY_EXHAUSTED'), 30_000],
    ['says nonsense', quota('EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION', '-5s'), 300_000],
    ['is new', quota('NEW'), 60_000],
    ['has no code', refused(429), 60_000],
    ['comes from a gateway', { status: 429, headers: { 'Retry-After': '7' }, body: '' }, 7_000],
  ] satisfies [string, Scripted, number][])('a quota that %s', async (_, answer, waitMs) => {
    const calls = await scriptedApi(() => answer)
    const failure = await failureOf(read('campaigns'))
    expect([failure.code, failure.details[WAIT_DETAIL]]).toEqual(['PROVIDER_RATE_LIMITED', waitMs])
    expect(calls).toHaveLength(1)
  })

  test('nothing is asked with a token or an account that could break out of it', () => {
    expect(googleAds.credentials.safeParse({ access_token: 'a\nb' }).success).toBe(false)
    expect(() => openGoogleAds(contextAt(() => NOW, '123-456-7890'))).toThrow(
      expect.objectContaining({ code: 'PROVIDER_NOT_FOUND' }),
    )
  })
})

test('a call carries the token in its header and nowhere else, and no developer token', async () => {
  const calls = await scriptedApi(() => ({ body: [] }))
  expect(await read('campaigns')).toMatchObject([{ count: 0, resume: null }])
  expect(calls[0]?.headers.get('authorization')).toBe('Bearer ya29.token')
  expect([calls[0]?.headers.get('developer-token'), calls[0]?.headers.get('login-customer-id')]).toEqual([null, null])
  expect(`${calls[0]?.url} ${calls[0]?.query}`).not.toContain('ya29')
})

test('a window that is too much for one answer is halved, for the rest of the read', async () => {
  const windowOf = (query: string) => /BETWEEN '(\S+)' AND '(\S+)'/.exec(query)?.slice(1) ?? []
  const lengthOf = (query: string) => {
    const [since = '', until = ''] = windowOf(query)
    return (Date.parse(until) - Date.parse(since)) / 86_400_000 + 1
  }
  const tooLong = { status: 504, body: [{ error: { code: 504, status: 'DEADLINE_EXCEEDED' } }] }
  const huge = { body: ' '.repeat(20_000_001) }
  const calls = await scriptedApi(({ query }) => {
    if (lengthOf(query) > 15) return tooLong
    return lengthOf(query) > 8 ? huge : { body: [] }
  })
  const pages = await read('daily_metrics', { since: startOf('2026-10-11') })
  expect(calls.map(({ query }) => lengthOf(query))).toEqual([31, 31, 31, 15, ...[7, 7, 7, 7, 7, 7, 7, 7], ...[3, 3]])
  expect(pages.map(({ resume }) => resume)).toEqual([
    { since: '2026-10-18' },
    { since: '2026-10-25' },
    { since: '2026-11-01' },
    { since: '2026-11-08' },
    null,
  ])
})

function oneChunk(): unknown[] {
  return bodyOf(rows({ campaign: { id: '7' } }))
}

function bodyOf({ body }: Scripted): unknown[] {
  return Array.isArray(body) ? body : [body]
}
