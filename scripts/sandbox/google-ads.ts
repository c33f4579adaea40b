import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { openAccount, rootsOf } from './google-ads/accounts.ts'
import { AdsError, queryError } from './google-ads/errors.ts'
import { fieldMask } from './google-ads/fields.ts'
import { consentRoutes } from './google-ads/oauth.ts'
import { type GoogleAdsLimits, limitsOf, type Quota, quota } from './google-ads/quota.ts'
import { type Results, resultsOf } from './google-ads/results.ts'
import { tokenBook } from './google-ads/tokens.ts'
import type { World } from './world.ts'

const LIVE_VERSIONS = /^v(23|24|25|26)$/
const SUNSET_VERSIONS = /^v([1-9]|1\d|2[0-2])$/

/**
 * The Google Ads API as on googleads.googleapis.com, read only (`customers:listAccessibleCustomers` and `searchStream` of
 * customers, their clients and campaigns), with Google's consent page and token endpoints of the other two hosts. A
 * developer token is ignored. Today is partial, cost settles in three days, conversions come in over weeks.
 */
export function googleAdsSandbox(
  world: World,
  options: Partial<GoogleAdsLimits> = {},
): Hono & { counts: Quota['counts'] } {
  const limits = limitsOf(options)
  const tokens = tokenBook(world)
  const calls = quota(limits, world.limitsClock ?? world.now)
  const nextRequestId = requestIds()

  /** A stream's error stands in an array, as its chunks do. */
  function answer(
    c: Context,
    { isStream, body }: { isStream: boolean; body: (requestId: string) => object },
  ): Response {
    const version = c.req.param('version') ?? ''
    const requestId = nextRequestId()
    if (!LIVE_VERSIONS.test(version) && !SUNSET_VERSIONS.test(version)) return notFound(c)
    try {
      if (!LIVE_VERSIONS.test(version)) throw unsupportedVersion(version)
      return c.json(body(requestId), 200, { 'request-id': requestId })
    } catch (error) {
      if (!(error instanceof AdsError)) throw error
      const envelope = error.envelope(version, requestId)
      return c.json(isStream ? [envelope] : envelope, error.status, { 'request-id': requestId })
    }
  }

  const app = new Hono()
  app.route('/', consentRoutes(world, tokens))
  app.get('/:version/:method{customers:listAccessibleCustomers}', (c) =>
    answer(c, {
      isStream: false,
      body: () => {
        const stores = tokens.storesOf(c.req.header('authorization'))
        calls.take(null)
        return { resourceNames: rootsOf(stores).map(({ id }) => `customers/${id}`) }
      },
    }),
  )
  app.post('/:version/customers/:id/googleAds:searchStream', async (c) => {
    const asked = Body.safeParse(parseJson(await c.req.text()))
    return answer(c, {
      isStream: true,
      body: (requestId) => {
        const stores = tokens.storesOf(c.req.header('authorization'))
        const loginId = c.req.header('login-customer-id') ?? null
        const account = openAccount({ customerId: c.req.param('id'), loginId, stores })
        calls.take(account.id)
        if (!asked.success) throw queryError('QUERY_MISSING', 'A query is needed.')
        return chunksOf(resultsOf(account, { text: asked.data.query, now: world.now() }), {
          requestId,
          rows: limits.rowsPerChunk,
        })
      },
    })
  })
  app.all('*', notFound)
  return Object.assign(app, { counts: calls.counts })
}

const Body = z.strictObject({ query: z.string() })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function chunksOf({ query, rows }: Results, chunk: { requestId: string; rows: number }): object[] {
  const starts = Array.from({ length: Math.ceil(rows.length / chunk.rows) }, (_, index) => index * chunk.rows)
  return starts.map((start) => ({
    results: rows.slice(start, start + chunk.rows),
    fieldMask: fieldMask(query),
    requestId: chunk.requestId,
    queryResourceConsumption: String(rows.length),
  }))
}

const unsupportedVersion = (version: string): AdsError =>
  new AdsError(
    400,
    { requestError: 'UNSUPPORTED_VERSION' },
    { message: `Version ${version} is deprecated. Requests to this version will be blocked.` },
  )

/** What is no method at all is answered by Google's web server. */
const notFound = (c: Context): Response =>
  c.html('<!DOCTYPE html><title>Error 404 (Not Found)!!1</title><p>The requested URL was not found.</p>', 404)

/** Shaped like Google's, the same ones in each run. */
function requestIds(): () => string {
  let calls = 0
  return () => createHash('sha256').update(String(calls++)).digest('base64url').slice(0, 22)
}
