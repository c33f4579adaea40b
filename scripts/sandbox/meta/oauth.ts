import type { Context } from 'hono'
import { type OAuthApp, oauthFaultOf, oneTimeCodes, readToken, type TokenContent, tokenOf, UNIT_APP } from '../oauth.ts'
import type { World } from '../world.ts'
import { GraphError, invalidParameter } from './errors.ts'

const PREFIX = 'EAAB'
const SHORT_SECONDS = 5_400
const LONG_SECONDS = 5_184_000

type Consent = { redirectUri: string; scopes: string[] }
type Fields = Readonly<Record<string, string>>

/** Facebook Login: a person who administers every ad account of the world, signed in already, consents at once. */
export type Login = {
  /** `/dialog/oauth` */
  dialog(c: Context): Response
  /** `/oauth/access_token`: a code for a short-lived token, or any live token for one of 60 days. */
  accessToken(c: Context, fields: Fields): object
}

export function facebookLogin(world: World): Login {
  const app = appOf(world)
  const clock = clockOf(world)
  const codes = oneTimeCodes<Consent>(clock)
  const issue = (kind: string, scopes: string[], seconds: number) => {
    const issued_at = clock().getTime()
    const content = { kind, subject: 'person', scopes, issued_at, expires_at: issued_at + seconds * 1000 }
    return { access_token: tokenOf(PREFIX, content, app.client_secret), token_type: 'bearer', expires_in: seconds }
  }
  return {
    dialog: (c) => {
      const { client_id, redirect_uri = '', scope = '', state = '' } = c.req.query()
      if (client_id !== app.client_id || !URL.canParse(redirect_uri))
        return c.text('Invalid App ID or URL blocked', 400)
      const url = new URL(redirect_uri)
      const scopes = scope.split(/[, ]/).filter(Boolean)
      const consented = oauthFaultOf(c) === 'missing_scopes' ? scopes.slice(1) : scopes
      for (const [name, value] of Object.entries(
        oauthFaultOf(c) === 'denied' ? DENIED : { code: codes.issue({ redirectUri: redirect_uri, scopes: consented }) },
      ))
        url.searchParams.set(name, value)
      url.searchParams.set('state', state)
      return c.redirect(url.href)
    },
    accessToken: (c, fields) => {
      checkApp(app, fields)
      if (fields.grant_type === 'fb_exchange_token') {
        const held = readToken(PREFIX, fields.fb_exchange_token ?? '', app.client_secret)
        if (!held) throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token')
        if (isOver(held, clock())) throw sessionExpired()
        return issue('long', held.scopes, LONG_SECONDS)
      }
      const consent = codes.take(fields.code ?? '')
      if (!consent || oauthFaultOf(c) === 'used_code')
        throw new GraphError(100, 'This authorization code has been used.', { subcode: 36009 })
      if (consent.redirectUri !== fields.redirect_uri)
        throw invalidParameter('Error validating verification code. Please make sure your redirect_uri is identical')
      return issue('short', consent.scopes, SHORT_SECONDS)
    },
  }
}

const DENIED = {
  error: 'access_denied',
  error_code: '200',
  error_description: 'Permissions error',
  error_reason: 'user_denied',
}

const appOf = (world: World): OAuthApp => world.apps?.meta ?? UNIT_APP
const clockOf = (world: World): (() => Date) => world.limitsClock ?? world.now

function checkApp(app: OAuthApp, { client_id, client_secret }: Fields): void {
  if (client_id !== app.client_id) throw new GraphError(101, 'Error validating application. Invalid application ID.')
  if (client_secret !== app.client_secret) throw new GraphError(1, 'Error validating client secret.')
}

const isOver = ({ expires_at }: TokenContent, now: Date): boolean => expires_at !== null && expires_at <= now.getTime()

const sessionExpired = () =>
  new GraphError(190, 'Error validating access token: Session has expired.', { subcode: 463 })

/** The permissions of a token that Login gave; null for any other, and for one that is over. */
export function grantedBy(world: World, token: string): string[] | null {
  const content = readToken(PREFIX, token, appOf(world).client_secret)
  return content && !isOver(content, clockOf(world)()) ? content.scopes : null
}

/** Throws 190, subcode 463, for a token of Login's that is over. */
export function checkNotOver(world: World, token: string): void {
  const content = readToken(PREFIX, token, appOf(world).client_secret)
  if (content && isOver(content, clockOf(world)())) throw sessionExpired()
}
