import type { Hono } from 'hono'
import { setCookieHeader } from '../../shared/answer-cookies.ts'
import { config } from '../../shared/config.ts'
import { AppError, type ErrorCode, toAppError } from '../../shared/errors.ts'
import type { HttpContext, HttpEnv } from '../../shared/http/context.ts'
import { mountNotAllowed } from '../../shared/http/routes.ts'
import { log, logError } from '../../shared/log.ts'
import { providerOf } from '../../shared/oauth/providers.ts'
import { cookieNameOf, parseState } from '../../shared/oauth/state.ts'
import { runAs, systemActor } from '../../shared/tenant.ts'
import { checkProvider, checkStanding, checkState, queryOf } from './oauth/check.ts'
import { connectAccount } from './oauth/connect-account.ts'

const PATH = '/oauth/:platform/callback'

/** Where providers send a person's browser back to. Whatever happens, it goes on to the dashboard with an id or a code of ours. */
export function mountOAuthCallbacks(app: Hono<HttpEnv>): void {
  app.on('GET', PATH, async (c, next) => {
    // HEAD is routed here too, and must not use a code up.
    if (c.req.method !== 'GET') return next()
    const outcome = await outcomeOf(c, c.req.param('platform'))
    return c.redirect(`${config('DASHBOARD_URL')}/integrations?${new URLSearchParams(outcome)}`, 302)
  })
  mountNotAllowed(app, PATH, new Set(['GET']))
}

type Outcome = { connected: string } | { error: ErrorCode }

async function outcomeOf(c: HttpContext, platform: string): Promise<Outcome> {
  try {
    return { connected: await complete(c, platform) }
  } catch (thrown) {
    const error = toAppError(thrown)
    const fields = {
      code: error.code,
      platform: providerOf(platform)?.platform ?? null,
      request_id: c.get('requestId'),
    }
    if (error.status >= 500) logError('An OAuth callback failed.', thrown, fields)
    else log('NOTICE', 'An OAuth callback was refused.', fields)
    return { error: error.code }
  }
}

/** The checks in this order, each failing closed; then the connection. Its id. */
async function complete(c: HttpContext, platform: string): Promise<string> {
  const query = queryOf(c.req.url)
  const provider = providerOf(platform)
  const named = parseState(query.get('state') ?? '')
  if (!provider || !named) throw new AppError('OAUTH_STATE_INVALID', 'This is no round trip of ours.')
  const system = systemActor(named.tenantId, 'oauth-callback', c.get('requestId'))
  return runAs(system, async () => {
    const trip = await checkState(named, { provider, cookies: c.req.header('cookie') ?? '' })
    c.header('Set-Cookie', setCookieHeader({ name: cookieNameOf(trip.state_id), value: '', maxAgeSeconds: 0 }))
    await checkProvider(query, { provider, trip })
    const person = await checkStanding(trip, c.get('requestId'))
    c.set('actor', person)
    c.set('brandId', trip.brand_id)
    return runAs(person, () => connectAccount(provider, trip, query.get(provider.names.code) ?? ''))
  })
}
