import type { Context } from 'hono'
import { oauthFaultOf, oneTimeCodes, readToken, tokenOf, UNIT_APP } from '../oauth.ts'
import type { World } from '../world.ts'
import { TikTokError } from './errors.ts'
import { type AdvertisingStore, advertises } from './stores.ts'

/** Tokens are long hexadecimal numbers; so do these begin that the sandbox gives. */
const PREFIX = '71c70c'
/** Reporting, ad account and ads management, as they are ticked in the app's settings. */
const SCOPES = [1, 4, 5]

type Fields = Readonly<Record<string, string>>

/** The app's authorisation by a person who administers every advertiser of the world and agrees at once. */
export type TikTokAccess = {
  /** `/portal/auth` */
  consent(c: Context): Response
  /** `oauth2/access_token/`: a code for a token that does not end. */
  exchange(c: Context, fields: Fields): object
  /** `oauth2/revoke_token/`: ends a token. */
  revoke(fields: Fields): object
  /** The stores whose advertiser the token opens. Throws 40104 without one, 40105 for a wrong or revoked one. */
  storesOf(token: string): AdvertisingStore[]
  /** Throws for another app's id or secret. */
  checkApp(fields: Fields): void
}

export function tiktokAccess(world: World): TikTokAccess {
  const app = world.apps?.tiktok ?? UNIT_APP
  const clock = world.limitsClock ?? world.now
  const codes = oneTimeCodes<'agreed'>(clock)
  const revoked = new Set<string>()
  const stores = world.stores.filter(advertises)
  const isOurs = (token: string): boolean => readToken(PREFIX, token, app.client_secret) !== null

  const checkApp = ({ app_id, secret }: Fields): void => {
    if (app_id !== app.client_id) throw new TikTokError(40101, 'Incorrect app id.')
    if (secret !== app.client_secret) throw new TikTokError(40107, 'Incorrect app secret.')
  }
  const storesOf = (token: string): AdvertisingStore[] => {
    if (token === '') throw new TikTokError(40104, 'Access token is empty.')
    if (revoked.has(token)) throw wrongToken()
    if (isOurs(token)) return stores.map((store) => ({ ...store, tiktok: { ...store.tiktok, revoked: false } }))
    const opened = stores.filter(({ tiktok }) => tiktok.access_token === token && !tiktok.revoked)
    if (opened.length === 0) throw wrongToken()
    return opened
  }
  return {
    checkApp,
    storesOf,
    consent: (c) => {
      const { app_id, redirect_uri = '', state = '' } = c.req.query()
      if (app_id !== app.client_id || !URL.canParse(redirect_uri)) return c.text('The app or its URL is invalid.', 400)
      const url = new URL(redirect_uri)
      const code = codes.issue('agreed')
      const told = oauthFaultOf(c) === 'denied' ? { error: 'access_denied' } : { auth_code: code, code }
      for (const [name, value] of Object.entries({ ...told, state })) url.searchParams.set(name, value)
      return c.redirect(url.href)
    },
    exchange: (c, fields) => {
      checkApp(fields)
      const isGood = codes.take(fields.auth_code ?? '') === 'agreed'
      if (!isGood || oauthFaultOf(c) === 'used_code')
        throw new TikTokError(40110, 'Auth_code has been used or expired.')
      const content = { kind: 'tiktok', subject: 'person', scopes: SCOPES.map(String), expires_at: null }
      return {
        access_token: tokenOf(PREFIX, { ...content, issued_at: clock().getTime() }, app.client_secret),
        advertiser_ids: stores.map(({ tiktok }) => tiktok.advertiser_id),
        scope: SCOPES,
      }
    },
    revoke: (fields) => {
      checkApp(fields)
      storesOf(fields.access_token ?? '')
      revoked.add(fields.access_token ?? '')
      return {}
    },
  }
}

const wrongToken = (): TikTokError => new TikTokError(40105, 'Access token is incorrect or has been revoked.')
