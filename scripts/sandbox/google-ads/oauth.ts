import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { fieldsOf, oauthFaultOf, oneTimeCodes, readToken, type TokenContent, tokenOf, UNIT_APP } from '../oauth.ts'
import type { World } from '../world.ts'
import { type AdvertisingStore, advertises } from './accounts.ts'
import { AdsError } from './errors.ts'

const ACCESS = 'ya29.'
const REFRESH = '1//'
export const ACCESS_SECONDS = 3_599
const ADWORDS = 'https://www.googleapis.com/auth/adwords'
/** Whoever signs in administers every account; any other subject is the one account of that id. */
const PERSON = 'person'

type Consent = { redirectUri: string; scopes: string[]; challenge: string | undefined; offline: boolean }
type Grant = Pick<TokenContent, 'subject' | 'scopes'>
export type Tokens = { access_token: string; refresh_token: string; expires_at: string }

export type GoogleAccess = {
  /** `/o/oauth2/v2/auth` consents at once, `/token` exchanges and refreshes, `/revoke` ends all that a person granted. */
  routes: Hono
  /** The stores whose account the token opens. Throws AdsError for a token that is none, over or revoked. */
  storesOf(authorization: string | undefined): AdvertisingStore[]
}

export function googleAccess(world: World): GoogleAccess {
  const app = world.apps?.['google-ads'] ?? UNIT_APP
  const clock = world.limitsClock ?? world.now
  const codes = oneTimeCodes<Consent>(clock)
  const revokedAt = new Map<string, number>()
  const stores = world.stores.filter(advertises)
  const isRevoked = ({ subject, issued_at }: TokenContent): boolean =>
    issued_at <= (revokedAt.get(subject) ?? -1) ||
    stores.some(({ google_ads }) => google_ads.customer_id === subject && google_ads.revoked)
  const answerOf = (grant: Grant, withRefresh: boolean) => ({
    access_token: accessToken(world, grant),
    expires_in: ACCESS_SECONDS,
    ...(withRefresh && { refresh_token: refreshToken(world, grant) }),
    scope: grant.scopes.join(' '),
    token_type: 'Bearer',
  })

  const routes = new Hono()
  routes.get('/o/oauth2/v2/auth', (c) => {
    const query = c.req.query()
    const { client_id, redirect_uri = '', scope = '', state = '', response_type } = query
    if (client_id !== app.client_id || !URL.canParse(redirect_uri) || response_type !== 'code')
      return c.text('Error 400: invalid_request', 400)
    const scopes = scope.split(' ').filter(Boolean)
    const consent = {
      redirectUri: redirect_uri,
      scopes: oauthFaultOf(c) === 'missing_scopes' ? scopes.slice(1) : scopes,
      challenge: query.code_challenge_method === 'S256' ? query.code_challenge : undefined,
      offline: query.access_type === 'offline' && query.prompt === 'consent',
    }
    const url = new URL(redirect_uri)
    if (oauthFaultOf(c) === 'denied') url.searchParams.set('error', 'access_denied')
    else url.searchParams.set('code', `4/${codes.issue(consent)}`)
    url.searchParams.set('state', state)
    return c.redirect(url.href)
  })
  routes.post('/token', async (c) => {
    const fields = await fieldsOf(c)
    if (fields.client_id !== app.client_id || fields.client_secret !== app.client_secret)
      return refused(c, 'invalid_client', 'The OAuth client was not found.')
    if (fields.grant_type === 'refresh_token') {
      const held = readToken(REFRESH, fields.refresh_token ?? '', app.client_secret)
      if (!held || isRevoked(held)) return refused(c, 'invalid_grant', 'Token has been expired or revoked.')
      return c.json(answerOf(held, false))
    }
    if (fields.grant_type !== 'authorization_code') return refused(c, 'unsupported_grant_type', 'Invalid grant_type')
    const consent = codes.take((fields.code ?? '').replace(/^4\//, ''))
    if (!consent || oauthFaultOf(c) === 'used_code') return refused(c, 'invalid_grant', 'Malformed auth code.')
    if (consent.redirectUri !== fields.redirect_uri) return refused(c, 'redirect_uri_mismatch', 'Bad Request')
    if (consent.challenge !== undefined && consent.challenge !== challengeOf(fields.code_verifier ?? ''))
      return refused(c, 'invalid_grant', 'Invalid code verifier.')
    return c.json(answerOf({ subject: PERSON, scopes: consent.scopes }, consent.offline))
  })
  routes.post('/revoke', async (c) => {
    const { token = '' } = await fieldsOf(c)
    const held = readToken(ACCESS, token, app.client_secret) ?? readToken(REFRESH, token, app.client_secret)
    if (!held || isRevoked(held)) return refused(c, 'invalid_token', 'Token expired or revoked')
    revokedAt.set(held.subject, clock().getTime())
    return c.json({})
  })

  return {
    routes,
    storesOf: (authorization) => {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? ''
      const content = readToken(ACCESS, token, app.client_secret)
      if (!content) throw unauthenticated('OAUTH_TOKEN_INVALID')
      if ((content.expires_at ?? 0) <= clock().getTime()) throw unauthenticated('OAUTH_TOKEN_EXPIRED')
      if (isRevoked(content)) throw unauthenticated('OAUTH_TOKEN_REVOKED')
      if (!content.scopes.includes(ADWORDS)) throw insufficientScopes()
      if (content.subject === PERSON) return stores
      return stores.filter(({ google_ads }) => google_ads.customer_id === content.subject)
    },
  }
}

/** The tokens of an account that is connected already, as a consent would have given them. */
export function tokensOf(world: World, { google_ads }: AdvertisingStore): Tokens {
  const grant = { subject: google_ads.customer_id, scopes: [ADWORDS] }
  const now = (world.limitsClock ?? world.now)().getTime()
  return {
    access_token: accessToken(world, grant),
    refresh_token: refreshToken(world, grant),
    expires_at: new Date(now + ACCESS_SECONDS * 1000).toISOString(),
  }
}

const accessToken = (world: World, grant: Grant): string => issue(world, ACCESS, { ...grant, seconds: ACCESS_SECONDS })
const refreshToken = (world: World, grant: Grant): string => issue(world, REFRESH, { ...grant, seconds: null })

function issue(world: World, prefix: string, { subject, scopes, seconds }: Grant & { seconds: number | null }): string {
  const issued_at = (world.limitsClock ?? world.now)().getTime()
  const expires_at = seconds === null ? null : issued_at + seconds * 1000
  const { client_secret } = world.apps?.['google-ads'] ?? UNIT_APP
  return tokenOf(prefix, { kind: 'google', subject, scopes, issued_at, expires_at }, client_secret)
}

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

const refused = (c: Context, error: string, error_description: string): Response =>
  c.json({ error, error_description }, error === 'invalid_client' ? 401 : 400)

const unauthenticated = (code: string): AdsError =>
  new AdsError(401, { authenticationError: code }, { message: `The access token is refused: ${code}.` })

const insufficientScopes = (): AdsError =>
  new AdsError(
    403,
    { authorizationError: 'AUTHORIZATION_ERROR' },
    { message: 'Request had insufficient authentication scopes.' },
  )
