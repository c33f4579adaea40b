import { createHash } from 'node:crypto'
import { config } from '../config.ts'
import { googleAds } from './google-ads.ts'
import { meta } from './meta.ts'
import type { OAuthProvider } from './provider.ts'
import { shopify } from './shopify.ts'
import { tiktok } from './tiktok.ts'

/** Every provider that is connected by OAuth: one row, and one file for how it answers. */
export const OAUTH_PROVIDERS = { shopify, meta, tiktok, 'google-ads': googleAds } as const satisfies {
  [P in string]: OAuthProvider<P>
}
export type OAuthPlatform = keyof typeof OAUTH_PROVIDERS

export const OAUTH_PLATFORMS = Object.keys(OAUTH_PROVIDERS) as [OAuthPlatform, ...OAuthPlatform[]] // the table's own keys

/** The row of a platform, or null for a name that is none. */
export const providerOf = (platform: string): OAuthProvider | null =>
  Object.values<OAuthProvider>(OAUTH_PROVIDERS).find((row) => row.platform === platform) ?? null

/** Exactly as it is registered with the provider. */
export const redirectUriOf = ({ platform }: OAuthProvider): string =>
  `${config('PUBLIC_URL')}/oauth/${platform}/callback`

/** Where a person's browser is sent to allow the connection. */
export function authorizeUrl(
  provider: OAuthProvider,
  { state, shop, verifier }: { state: string; shop: string | null; verifier: string | null },
): string {
  const { names, scopes, scopeSeparator, parameters } = provider
  const query = {
    [names.clientId]: config(provider.clientId),
    redirect_uri: redirectUriOf(provider),
    ...(scopes.length > 0 && { scope: scopes.join(scopeSeparator) }),
    ...parameters,
    state,
    ...(verifier !== null && { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }),
  }
  return `${provider.authorizeUrl(shop ?? '')}?${new URLSearchParams(query)}`
}

/** RFC 7636, 4.2 */
const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

/** The needed scopes that were not granted. */
export function missingScopes(
  { scopes, holds = (granted, needed) => granted.has(needed) }: OAuthProvider,
  granted: readonly string[] | null,
): string[] {
  if (granted === null) return []
  const held = new Set(granted)
  return scopes.filter((needed) => !holds(held, needed))
}
