import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** Cuts the TCP connection without an answer. Outside a real server there is none to cut, so it throws. */
export function resetConnection(c: Context<{ Bindings: Partial<HttpBindings> }>): Response {
  const { incoming } = c.env ?? {}
  if (!incoming) throw new Error('a reset needs a real connection')
  incoming.socket.resetAndDestroy()
  return new Response(null)
}

const THROTTLED: Readonly<Record<string, { status: number; headers: Record<string, string>; body: unknown }>> = {
  shopify: {
    status: 200,
    headers: {},
    body: {
      errors: [
        {
          message: 'Throttled',
          extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
        },
      ],
      extensions: {
        cost: {
          requestedQueryCost: 500,
          actualQueryCost: null,
          throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 400, restoreRate: 100 },
        },
      },
    },
  },
  meta: {
    status: 400,
    headers: {
      'X-Ad-Account-Usage': JSON.stringify({
        acc_id_util_pct: 100,
        reset_time_duration: 60,
        ads_api_access_tier: 'standard_access',
      }),
    },
    body: {
      error: {
        message: 'User request limit reached',
        type: 'OAuthException',
        code: 17,
        error_subcode: 2446079,
        is_transient: false,
        fbtrace_id: 'SANDBOX',
      },
    },
  },
  'google-ads': {
    status: 429,
    headers: {},
    body: [
      {
        error: {
          code: 429,
          message: 'Too many requests. Retry in 5s.',
          status: 'RESOURCE_EXHAUSTED',
          details: [
            {
              '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
              errors: [
                {
                  errorCode: { quotaError: 'RESOURCE_TEMPORARILY_EXHAUSTED' },
                  message: 'Too many requests. Retry in 5s.',
                  details: {
                    quotaErrorDetails: { rateScope: 'ACCOUNT', rateName: 'Get requests', retryDelay: '5s' },
                  },
                },
              ],
              requestId: 'SANDBOX',
            },
          ],
        },
      },
    ],
  },
  tiktok: {
    status: 200,
    headers: {},
    body: { code: 40100, message: 'App reaches the QPS limit', request_id: 'SANDBOX', data: {} },
  },
  slack: { status: 429, headers: { 'Retry-After': '1' }, body: { ok: false, error: 'ratelimited' } },
}

/** The provider's own way of saying "too many requests". */
export function throttledAnswer(provider: string): Response {
  const { status, headers, body } = THROTTLED[provider] ?? {
    status: 429,
    headers: { 'Retry-After': '1' },
    body: { error: 'rate limited' },
  }
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
}
