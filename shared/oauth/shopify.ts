import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { shopDomain } from '../shop-domain.ts'
import { askJson, endOf, type JsonAnswer, readAs, Token } from './answers.ts'
import type { Grant, OAuthApp, OAuthProvider } from './provider.ts'

const TARGET = 'Shopify'
const API_VERSION = '2026-10'
/** A callback is made while the browser is on its way to us. */
const FRESH_MS = 5 * 60_000

const TokenAnswer = z.object({
  access_token: Token,
  scope: z.string(),
  expires_in: z.number().positive().optional(),
  refresh_token: Token.optional(),
})
const ShopAnswer = z.object({ data: z.object({ shop: z.object({ name: z.string().min(1) }) }) })
const Failure = z.object({
  errors: z.array(z.object({ extensions: z.object({ code: z.string() }).optional() })).min(1),
})

/** Offline tokens that expire after an hour, with a refresh token that rotates. Source: shopify.dev, 2026-10. */
export const shopify: OAuthProvider<'shopify'> = {
  platform: 'shopify',
  name: 'Shopify',
  clientId: 'SHOPIFY_CLIENT_ID',
  clientSecret: 'SHOPIFY_CLIENT_SECRET',
  needsShop: true,
  authorizeUrl: (shop) => `${config('SHOPIFY_OAUTH_URL').replace('{shop}', canonical(shop))}/admin/oauth/authorize`,
  names: { clientId: 'client_id', code: 'code' },
  parameters: {},
  scopes: ['read_orders', 'read_all_orders', 'read_products', 'read_inventory', 'read_locations', 'read_customers'],
  scopeSeparator: ',',
  pkce: false,
  isSigned: (query, { app, shop, now }) =>
    hasSignature(query, app) &&
    shop !== null &&
    shopDomain(query.get('shop') ?? '') === shop &&
    Math.abs(now.getTime() - Number(query.get('timestamp') ?? Number.NaN) * 1000) <= FRESH_MS,
  exchange: async ({ code, shop }, app) => {
    const answer = await askToken(shop, { ...appFields(app), code, expiring: '1' })
    if (answer.status >= 400)
      throw new AppError('PROVIDER_REJECTED', 'Shopify did not accept the authorisation: start again.')
    return grantOf(answer.json)
  },
  // "write_x" is listed instead of "read_x" where both were granted.
  holds: (granted, needed) => granted.has(needed) || granted.has(needed.replace(/^read_/, 'write_')),
  accounts: async (accessToken, shop) => {
    const account_id = canonical(shop)
    const url = `${apiUrl(account_id)}/admin/api/${API_VERSION}/graphql.json`
    const headers = { 'X-Shopify-Access-Token': accessToken }
    const answer = await askJson({ target: TARGET, url, method: 'POST', headers, json: { query: '{ shop { name } }' } })
    throwIfRefused(answer)
    return [{ account_id, account_name: readAs(ShopAnswer, answer.json, TARGET).data.shop.name, is_usable: true }]
  },
  renewal: {
    beforeMs: 10 * 60_000,
    renew: async ({ refresh_token = '', account_id }, app) => {
      const answer = await askToken(account_id, { ...appFields(app), grant_type: 'refresh_token', refresh_token })
      if (answer.status >= 400)
        throw new AppError('PROVIDER_AUTH', 'Shopify no longer renews the access token: connect the shop again.')
      return grantOf(answer.json)
    },
  },
  /** Uninstalls the app. Source: shopify.dev, "Uninstall an app with an API call". */
  revoke: async (accessToken, accountId) => {
    const url = `${apiUrl(accountId)}/admin/api_permissions/current.json`
    throwIfRefused(
      await askJson({ target: TARGET, url, method: 'DELETE', headers: { 'X-Shopify-Access-Token': accessToken } }),
    )
  },
}

/** The only door to a shop's URL. */
function canonical(shop: string | null): string {
  const domain = shopDomain(shop ?? '')
  if (domain === null) throw new AppError('INPUT_INVALID', 'Expected a shop domain such as "acme.myshopify.com".')
  return domain
}

const apiUrl = (shop: string): string => config('SHOPIFY_URL').replace('{shop}', canonical(shop))

const appFields = ({ clientId, clientSecret }: OAuthApp) => ({ client_id: clientId, client_secret: clientSecret })

const askToken = (shop: string | null, form: Readonly<Record<string, string>>): Promise<JsonAnswer> =>
  askJson({ target: TARGET, url: `${apiUrl(canonical(shop))}/admin/oauth/access_token`, method: 'POST', form })

function grantOf(json: unknown): Grant {
  const { access_token, refresh_token = null, expires_in, scope } = readAs(TokenAnswer, json, TARGET)
  const scopes = scope.split(',').map((name) => name.trim())
  return { access_token, refresh_token, expires_at: endOf(expires_in, clock.now()), scopes }
}

/** HMAC-SHA256 over the sorted query without `hmac` and `signature`, in lower-case hex. Source: shopify.dev, verify a callback. */
function hasSignature(query: ReadonlyMap<string, string>, { clientSecret }: OAuthApp): boolean {
  const message = [...query]
    .filter(([name]) => name !== 'hmac' && name !== 'signature')
    .map(([name, value]) => [escaped(name).replaceAll('=', '%3D'), escaped(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')
  const expected = Buffer.from(createHmac('sha256', clientSecret).update(message).digest('hex'))
  const given = Buffer.from(query.get('hmac') ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('&', '%26')

const STATUSES: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['PROVIDER_AUTH', 'Shopify does not accept the access token: connect the shop again.'],
  402: ['PROVIDER_PERMISSION', 'The shop is frozen: its owner has to settle that with Shopify.'],
  403: ['PROVIDER_PERMISSION', 'Shopify refuses access: grant the app its scopes, and connect the shop again.'],
  404: ['PROVIDER_NOT_FOUND', 'Shopify knows no such shop: it was closed, or its domain is misspelt.'],
  423: ['PROVIDER_PERMISSION', 'The shop is locked: its owner has to settle that with Shopify.'],
  429: ['PROVIDER_RATE_LIMITED', 'Shopify asks to wait a moment.'],
}

function throwIfRefused({ status, json }: JsonAnswer): void {
  const [code, message] = STATUSES[status] ?? ['PROVIDER_REJECTED' as const, `Shopify answered ${status}.`]
  if (status >= 400) throw new AppError(code, message, { details: { status } })
  const failure = Failure.safeParse(json)
  if (!failure.success) return
  if (failure.data.errors.some(({ extensions }) => extensions?.code === 'THROTTLED'))
    throw new AppError('PROVIDER_RATE_LIMITED', 'Shopify asks to wait a moment.')
  throw new AppError('PROVIDER_REJECTED', 'Shopify refused the query.')
}
