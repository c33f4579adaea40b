import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { fieldsOf, type OAuthApp, oauthFaultOf, oneTimeCodes } from '../oauth.ts'
import type { World } from '../world.ts'
import { appOf, type Grant, PERSON, type TokenBook } from './tokens.ts'

type Consent = Grant & { redirectUri: string; challenge: string | undefined; isOffline: boolean }
type Fields = Readonly<Record<string, string>>

/** `/o/oauth2/v2/auth` consents at once, `/token` exchanges and refreshes, `/revoke` ends all that a person granted. */
export function consentRoutes(world: World, tokens: TokenBook): Hono {
  const app = appOf(world)
  const codes = oneTimeCodes<Consent>(world.limitsClock ?? world.now)
  const routes = new Hono()
  routes.get('/o/oauth2/v2/auth', (c) => {
    const { client_id, redirect_uri = '', state = '', response_type } = c.req.query()
    if (client_id !== app.client_id || !URL.canParse(redirect_uri) || response_type !== 'code')
      return c.text('Error 400: invalid_request', 400)
    const url = new URL(redirect_uri)
    if (oauthFaultOf(c) === 'denied') url.searchParams.set('error', 'access_denied')
    else url.searchParams.set('code', `4/${codes.issue(consentIn(c))}`)
    url.searchParams.set('state', state)
    return c.redirect(url.href)
  })
  routes.post('/token', async (c) => {
    const fields = await fieldsOf(c)
    if (!isOurs(fields, app)) return refused(c, 'invalid_client', 'The OAuth client was not found.')
    if (fields.grant_type === 'refresh_token') {
      const grant = tokens.grantOf(fields.refresh_token ?? '')
      return grant
        ? c.json(tokens.issue(grant, false))
        : refused(c, 'invalid_grant', 'Token has been expired or revoked.')
    }
    const consent = codes.take((fields.code ?? '').replace(/^4\//, ''))
    if (!consent || oauthFaultOf(c) === 'used_code') return refused(c, 'invalid_grant', 'Malformed auth code.')
    if (consent.redirectUri !== fields.redirect_uri) return refused(c, 'redirect_uri_mismatch', 'Bad Request')
    if (!isAnswered(consent, fields)) return refused(c, 'invalid_grant', 'Invalid code verifier.')
    return c.json(tokens.issue(consent, consent.isOffline))
  })
  routes.post('/revoke', async (c) => {
    const { token = '' } = await fieldsOf(c)
    return tokens.revoke(token) ? c.json({}) : refused(c, 'invalid_token', 'Token expired or revoked')
  })
  return routes
}

/** The person has consented before, so that only `prompt=consent` gives a refresh token. */
function consentIn(c: Context): Consent {
  const query = c.req.query()
  const scopes = (query.scope ?? '').split(' ').filter(Boolean)
  return {
    subject: PERSON,
    scopes: oauthFaultOf(c) === 'missing_scopes' ? scopes.slice(1) : scopes,
    redirectUri: query.redirect_uri ?? '',
    challenge: query.code_challenge_method === 'S256' ? query.code_challenge : undefined,
    isOffline: query.access_type === 'offline' && query.prompt === 'consent',
  }
}

const isOurs = ({ client_id, client_secret }: Fields, app: OAuthApp): boolean =>
  client_id === app.client_id && client_secret === app.client_secret

const isAnswered = ({ challenge }: Consent, { code_verifier = '' }: Fields): boolean =>
  challenge === undefined || challenge === createHash('sha256').update(code_verifier).digest('base64url')

const refused = (c: Context, error: string, error_description: string): Response =>
  c.json({ error, error_description }, error === 'invalid_client' ? 401 : 400)
