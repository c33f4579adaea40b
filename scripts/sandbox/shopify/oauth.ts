import { type Context, Hono } from 'hono'
import { fieldsOf, hmacHex, type OAuthApp, oauthFaultOf, oneTimeCodes, readToken, tokenOf, UNIT_APP } from '../oauth.ts'
import type { World } from '../world.ts'

const ACCESS = 'shpat_'
const REFRESH = 'shprt_'
const ACCESS_SECONDS = 3_600
const REFRESH_SECONDS = 7_776_000

type Consent = { domain: string; scopes: string[] }
export type ShopAccess = {
  /** The shop's own token, or one that was granted, is not over and came after the app was last removed. */
  opens(token: string, domain: string): boolean
  routes: Hono
}

/**
 * The OAuth part of every shop: `/admin/oauth/authorize` consents at once and signs its redirect, `/admin/oauth/access_token`
 * exchanges and refreshes (the refresh token rotates and the one before works until the new access token is used), and
 * `DELETE /admin/api_permissions/current.json` removes the app.
 */
export function shopAccess(world: World): ShopAccess {
  const app = world.apps?.shopify ?? UNIT_APP
  const clock = world.limitsClock ?? world.now
  const codes = oneTimeCodes<Consent>(clock)
  const tokens = tokenBook(app, clock)
  const removedAt = new Map<string, number>()
  const shops = new Map(world.stores.map(({ shopify }) => [shopify.domain, shopify]))
  const opens = (token: string, domain: string): boolean => {
    if (token === shops.get(domain)?.access_token) return !removedAt.has(domain)
    return tokens.isLive(token, { kind: 'access', domain, since: removedAt.get(domain) ?? 0 })
  }
  const routes = new Hono()
  routes.get('/:domain/admin/oauth/authorize', (c) => {
    const { client_id, redirect_uri = '', scope = '', state = '' } = c.req.query()
    const domain = c.req.param('domain')
    if (!shops.has(domain)) return c.json({ errors: 'Not Found' }, 404)
    if (client_id !== app.client_id || !URL.canParse(redirect_uri))
      return c.text('Oauth error invalid_request: The redirect_uri is not whitelisted', 400)
    const scopes = scope.split(',').filter(Boolean)
    const consented = oauthFaultOf(c) === 'missing_scopes' ? scopes.slice(0, -1) : scopes
    const outcome: Record<string, string> =
      oauthFaultOf(c) === 'denied'
        ? { error: 'access_denied', error_description: 'The merchant declined the installation' }
        : { code: codes.issue({ domain, scopes: consented }) }
    const host = Buffer.from(`${domain}/admin`).toString('base64').replace(/=+$/, '')
    const timestamp = String(Math.floor(clock().getTime() / 1000))
    return c.redirect(signed(redirect_uri, { ...outcome, host, shop: domain, state, timestamp }, app))
  })
  routes.post('/:domain/admin/oauth/access_token', async (c) => {
    const fields = await fieldsOf(c)
    const domain = c.req.param('domain')
    if (!shops.has(domain)) return c.json({ errors: 'Not Found' }, 404)
    if (fields.client_id !== app.client_id || fields.client_secret !== app.client_secret)
      return refused(c, 'invalid_client', 'The client id or secret is wrong')
    if (fields.grant_type === 'refresh_token') {
      const renewed = tokens.renew(fields.refresh_token ?? '', { domain, since: removedAt.get(domain) ?? 0 })
      return renewed ? c.json(renewed) : refused(c, 'invalid_grant', 'The refresh token is invalid or was used')
    }
    const consent = codes.take(fields.code ?? '')
    if (!consent || consent.domain !== domain || oauthFaultOf(c) === 'used_code')
      return refused(c, 'invalid_request', 'The authorization code was not found or was already used')
    return c.json(tokens.grant(consent, { expiring: fields.expiring === '1' }))
  })
  routes.delete('/:domain/admin/api_permissions/current.json', (c) => {
    const domain = c.req.param('domain')
    if (!opens(c.req.header('x-shopify-access-token') ?? '', domain))
      return c.json({ errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' }, 401)
    removedAt.set(domain, clock().getTime())
    return c.json({})
  })
  return { opens, routes }
}

const refused = (c: Context, error: string, error_description: string): Response =>
  c.json({ error, error_description }, 400)

/** Adds `hmac`: hex over the sorted parameters, as Shopify signs redirects. */
function signed(redirectUri: string, query: Readonly<Record<string, string>>, { client_secret }: OAuthApp): string {
  const escaped = (text: string) => text.replaceAll('%', '%25').replaceAll('&', '%26')
  const message = Object.keys(query)
    .sort()
    .map((name) => `${name}=${escaped(query[name] ?? '')}`)
    .join('&')
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...query, hmac: hmacHex(client_secret, message) }))
    url.searchParams.set(name, value)
  return url.href
}

type Wanted = { kind: 'access' | 'refresh'; domain: string; since: number }

function tokenBook({ client_secret }: OAuthApp, clock: () => Date) {
  /** Refresh tokens that were used, until the access token that they gave is used. */
  const replaced = new Map<string, string>()
  const spent = new Set<string>()
  const now = () => clock().getTime()
  const isLive = (token: string, { kind, domain, since }: Wanted): boolean => {
    const content = readToken(kind === 'access' ? ACCESS : REFRESH, token, client_secret)
    if (content?.kind !== kind || content.subject !== domain || content.issued_at < since || spent.has(token))
      return false
    if (content.expires_at !== null && content.expires_at <= now()) return false
    const before = replaced.get(token)
    if (before !== undefined) spent.add(before)
    return true
  }
  const grant = ({ domain, scopes }: Consent, { expiring }: { expiring: boolean }) => {
    const content = { subject: domain, scopes, issued_at: now() }
    const ends = (seconds: number) => (expiring ? now() + seconds * 1000 : null)
    const access_token = tokenOf(
      ACCESS,
      { ...content, kind: 'access', expires_at: ends(ACCESS_SECONDS) },
      client_secret,
    )
    if (!expiring) return { access_token, scope: scopes.join(',') }
    const refresh = { ...content, kind: 'refresh', expires_at: ends(REFRESH_SECONDS) }
    return {
      access_token,
      scope: scopes.join(','),
      expires_in: ACCESS_SECONDS,
      refresh_token: tokenOf(REFRESH, refresh, client_secret),
      refresh_token_expires_in: REFRESH_SECONDS,
    }
  }
  const renew = (refreshToken: string, { domain, since }: Omit<Wanted, 'kind'>) => {
    if (!isLive(refreshToken, { kind: 'refresh', domain, since })) return null
    const scopes = readToken(REFRESH, refreshToken, client_secret)?.scopes ?? []
    const given = grant({ domain, scopes }, { expiring: true })
    replaced.set(given.access_token, refreshToken)
    return given
  }
  return { isLive, grant, renew }
}
