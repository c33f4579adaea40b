import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { forgetConfig } from '../../../shared/config.ts'
import { authorizeUrl, missingScopes, OAUTH_PROVIDERS } from '../../../shared/oauth/providers.ts'

process.env.PUBLIC_URL = 'https://api.example.com'
forgetConfig()
const asked = { state: 'the-state', shop: null, verifier: null }

it('sends a person to the shop with comma-separated scopes', () => {
  const url = new URL(authorizeUrl(OAUTH_PROVIDERS.shopify, { ...asked, shop: 'acme.myshopify.com' }))
  expect([url.origin, url.pathname]).toEqual(['https://acme.myshopify.com', '/admin/oauth/authorize'])
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: 'pulsepoint-local',
    redirect_uri: 'https://api.example.com/oauth/shopify/callback',
    scope: 'read_orders,read_all_orders,read_products,read_inventory,read_locations,read_customers',
    state: 'the-state',
  })
})

it('never makes a URL of anything but a shop', () => {
  expect(() => authorizeUrl(OAUTH_PROVIDERS.shopify, { ...asked, shop: 'evil.tld#.myshopify.com' })).toThrow(
    /shop domain/,
  )
})

it('asks Google for a token that lasts, with a challenge, and TikTok in its own words', () => {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const google = new URL(authorizeUrl(OAUTH_PROVIDERS['google-ads'], { ...asked, verifier }))
  expect(`${google.origin}${google.pathname}`).toBe('https://accounts.google.com/o/oauth2/v2/auth')
  expect(Object.fromEntries(google.searchParams)).toEqual({
    client_id: 'pulsepoint-local',
    redirect_uri: 'https://api.example.com/oauth/google-ads/callback',
    response_type: 'code',
    scope: 'https://www.googleapis.com/auth/adwords',
    access_type: 'offline',
    prompt: 'consent',
    state: 'the-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const tiktok = new URL(authorizeUrl(OAUTH_PROVIDERS.tiktok, asked)).searchParams
  expect([tiktok.get('app_id'), tiktok.has('scope'), tiktok.has('code_challenge')]).toEqual([
    'pulsepoint-local',
    false,
    false,
  ])
})

it('takes write_x for read_x, as Shopify lists it, and knows what is missing', () => {
  const granted = ['write_orders', 'read_all_orders', 'read_products', 'read_locations', 'read_customers']
  expect(missingScopes(OAUTH_PROVIDERS.shopify, granted)).toEqual(['read_inventory'])
  expect(missingScopes(OAUTH_PROVIDERS.meta, ['ads_read'])).toEqual(['business_management'])
  expect(missingScopes(OAUTH_PROVIDERS.meta, null)).toEqual([])
})
