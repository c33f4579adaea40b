import { readToken, type TokenContent, tokenOf, UNIT_APP } from '../oauth.ts'
import type { World } from '../world.ts'
import { type AdvertisingStore, advertises } from './accounts.ts'
import { AdsError } from './errors.ts'

const ACCESS = 'ya29.'
const REFRESH = '1//'
const ACCESS_SECONDS = 3_599
const ADWORDS = 'https://www.googleapis.com/auth/adwords'
/** Whoever signs in administers every account; any other subject is the one account of that id. */
export const PERSON = 'person'

export type Grant = Pick<TokenContent, 'subject' | 'scopes'>

export type TokenBook = {
  /** The token endpoint's answer. */
  issue(grant: Grant, withRefresh: boolean): object
  /** What a refresh token stands for; null for one that is none or was revoked. */
  grantOf(refreshToken: string): Grant | null
  /** Ends all tokens of its subject that there are. False for a token that is none. */
  revoke(token: string): boolean
  /** The stores whose account the token opens. Throws AdsError for a token that is none, over or revoked. */
  storesOf(authorization: string | undefined): AdvertisingStore[]
}

export function tokenBook(world: World): TokenBook {
  const { client_secret } = appOf(world)
  const stores = world.stores.filter(advertises)
  const revokedAt = new Map<string, number>()
  const isRevoked = ({ subject, issued_at }: TokenContent): boolean =>
    issued_at <= (revokedAt.get(subject) ?? -1) ||
    stores.some(({ google_ads }) => google_ads.customer_id === subject && google_ads.revoked)
  const liveOr = (token: string, prefix: string): TokenContent | null => {
    const content = readToken(prefix, token, client_secret)
    return content && !isRevoked(content) ? content : null
  }
  return {
    issue: (grant, withRefresh) => ({
      access_token: accessToken(world, grant),
      expires_in: ACCESS_SECONDS,
      ...(withRefresh && { refresh_token: refreshToken(world, grant) }),
      scope: grant.scopes.join(' '),
      token_type: 'Bearer',
    }),
    grantOf: (token) => liveOr(token, REFRESH),
    revoke: (token) => {
      const held = liveOr(token, ACCESS) ?? liveOr(token, REFRESH)
      if (held) revokedAt.set(held.subject, nowIn(world))
      return held !== null
    },
    storesOf: (authorization) => {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? ''
      const content = readToken(ACCESS, token, client_secret)
      if (!content) throw unauthenticated('OAUTH_TOKEN_INVALID')
      if ((content.expires_at ?? 0) <= nowIn(world)) throw unauthenticated('OAUTH_TOKEN_EXPIRED')
      if (isRevoked(content)) throw unauthenticated('OAUTH_TOKEN_REVOKED')
      if (!content.scopes.includes(ADWORDS)) throw insufficientScopes()
      return stores.filter(({ google_ads }) => [PERSON, google_ads.customer_id].includes(content.subject))
    },
  }
}

/** The tokens of an account that is connected already, as a consent would have given them. */
export function tokensOf(world: World, { google_ads }: AdvertisingStore) {
  const grant = { subject: google_ads.customer_id, scopes: [ADWORDS] }
  return {
    access_token: accessToken(world, grant),
    refresh_token: refreshToken(world, grant),
    expires_at: new Date(nowIn(world) + ACCESS_SECONDS * 1000).toISOString(),
  }
}

export const appOf = (world: World) => world.apps?.['google-ads'] ?? UNIT_APP
const nowIn = (world: World): number => (world.limitsClock ?? world.now)().getTime()

const accessToken = (world: World, grant: Grant): string => issue(world, ACCESS, { ...grant, seconds: ACCESS_SECONDS })
const refreshToken = (world: World, grant: Grant): string => issue(world, REFRESH, { ...grant, seconds: null })

function issue(world: World, prefix: string, { subject, scopes, seconds }: Grant & { seconds: number | null }): string {
  const issued_at = nowIn(world)
  const expires_at = seconds === null ? null : issued_at + seconds * 1000
  return tokenOf(prefix, { kind: 'google', subject, scopes, issued_at, expires_at }, appOf(world).client_secret)
}

const unauthenticated = (code: string): AdsError =>
  new AdsError(401, { authenticationError: code }, { message: `The access token is refused: ${code}.` })

const insufficientScopes = (): AdsError =>
  new AdsError(
    403,
    { authorizationError: 'AUTHORIZATION_ERROR' },
    { message: 'Request had insufficient authentication scopes.' },
  )
