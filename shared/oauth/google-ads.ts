import * as z from 'zod'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { askJson, endOf, type JsonAnswer, readAs, Token } from './answers.ts'
import type { Account, Grant, OAuthApp, OAuthProvider } from './provider.ts'

const TARGET = 'Google Ads'
const VERSION = 'v25'
const MINUTE_MS = 60_000
/** A person's sign-in mostly opens a few; more than these are not shown. */
const MOST_ROOTS = 50

const CLOSED = new Set(['CANCELED', 'SUSPENDED', 'CLOSED'])
const FIELDS = ['id', 'descriptive_name', 'manager', 'status']

const TokenAnswer = z.object({
  access_token: Token,
  expires_in: z.number().positive(),
  refresh_token: Token.optional(),
  scope: z.string(),
})
const Refusal = z.object({ error: z.string() })
const Roots = z.object({ resourceNames: z.array(z.string().regex(/^customers\/\d+$/)).default([]) })
/** What the API leaves out is empty, zero or false. */
const Customer = z.object({
  id: z.string().regex(/^\d+$/),
  descriptiveName: z.string().default(''),
  manager: z.boolean().default(false),
  status: z.string().default(''),
})
const Customers = z.array(z.object({ results: z.array(z.object({ customer: Customer })).default([]) }))
const Clients = z.array(z.object({ results: z.array(z.object({ customerClient: Customer })).default([]) }))

/**
 * Tokens of an hour, and a refresh token that stays. Google's way to revoke (`/revoke`) ends all that the person ever
 * granted to the app, and with it every account they connected, also for others: a disconnected account's tokens are
 * destroyed here instead. Source: developers.google.com, OAuth 2.0 for web servers and Google Ads API v25.
 */
export const googleAds: OAuthProvider<'google-ads'> = {
  platform: 'google-ads',
  name: 'Google Ads',
  clientId: 'GOOGLE_ADS_CLIENT_ID',
  clientSecret: 'GOOGLE_ADS_CLIENT_SECRET',
  needsShop: false,
  authorizeUrl: () => `${config('GOOGLE_OAUTH_URL')}/o/oauth2/v2/auth`,
  names: { clientId: 'client_id', code: 'code' },
  // A second consent gives no refresh token, unless it is asked for anew.
  parameters: { response_type: 'code', access_type: 'offline', prompt: 'consent' },
  scopes: ['https://www.googleapis.com/auth/adwords'],
  scopeSeparator: ' ',
  pkce: true,
  exchange: async ({ code, redirectUri, verifier }, app) => {
    const proof = verifier === null ? {} : { code_verifier: verifier }
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...proof }
    const grant = await askToken(form, app)
    if (grant.refresh_token === null)
      throw new AppError('PROVIDER_REJECTED', 'Google gave no refresh token: remove the app there, and connect again.')
    return grant
  },
  accounts: async (accessToken) => {
    const roots = readAs(Roots, await read(accessToken, { path: '/customers:listAccessibleCustomers' }), TARGET)
    const ids = roots.resourceNames.slice(0, MOST_ROOTS).map((name) => name.slice('customers/'.length))
    const found = (await Promise.all(ids.map((id) => accountsUnder(id, accessToken)))).flat()
    return [...new Map(found.map((account) => [account.account_id, account])).values()]
  },
  renewal: {
    beforeMs: 10 * MINUTE_MS,
    renew: async ({ refresh_token }, app) => {
      if (refresh_token === undefined) throw new AppError('PROVIDER_AUTH', NOT_RENEWED)
      return askToken({ grant_type: 'refresh_token', refresh_token }, app)
    },
  },
}

async function askToken(form: Readonly<Record<string, string>>, app: OAuthApp): Promise<Grant> {
  const url = `${config('GOOGLE_TOKEN_URL')}/token`
  const fields = { ...form, client_id: app.clientId, client_secret: app.clientSecret }
  const answer = await askJson({ target: TARGET, url, method: 'POST', form: fields })
  if (answer.status >= 400) throw tokenRefused(answer, form.grant_type === 'refresh_token')
  const { access_token, refresh_token = null, expires_in, scope } = readAs(TokenAnswer, answer.json, TARGET)
  return { access_token, refresh_token, expires_at: endOf(expires_in, clock.now()), scopes: scope.split(' ') }
}

const NOT_RENEWED = 'Google no longer renews the access token: connect the account again.'

/** Only `invalid_grant` is the person's to mend; a wrong client id or secret is ours, and no reason to ask them. */
function tokenRefused({ status, json }: JsonAnswer, isRenewal: boolean): AppError {
  const { error = '' } = Refusal.safeParse(json).data ?? {}
  if (status === 429) return new AppError('PROVIDER_RATE_LIMITED', 'Google asks to wait a moment.')
  if (error === 'invalid_grant' && isRenewal) return new AppError('PROVIDER_AUTH', NOT_RENEWED)
  if (error === 'invalid_grant')
    return new AppError('PROVIDER_REJECTED', 'Google did not accept the authorisation: start again.')
  return new AppError('PROVIDER_REJECTED', 'Google refuses our app; its operator has to see to that.', {
    details: { status },
  })
}

/** An account, or a manager followed by all accounts below it. One that is closed can be named, but not be asked. */
async function accountsUnder(id: string, accessToken: string): Promise<Account[]> {
  const search = (resource: string): Promise<unknown> => {
    const query = `SELECT ${FIELDS.map((field) => `${resource}.${field}`).join(', ')} FROM ${resource}`
    return read(accessToken, { path: `/customers/${id}/googleAds:searchStream`, json: { query } })
  }
  try {
    const customers = readAs(Customers, await search('customer'), TARGET).flatMap(({ results }) => results)
    if (!customers.some(({ customer }) => customer.manager)) return customers.map(({ customer }) => accountOf(customer))
    const clients = readAs(Clients, await search('customer_client'), TARGET).flatMap(({ results }) => results)
    return clients.map(({ customerClient }) => accountOf(customerClient))
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'PROVIDER_PERMISSION') throw error
    return [{ account_id: id, account_name: id, is_usable: false }]
  }
}

async function read(accessToken: string, { path, json }: { path: string; json?: unknown }): Promise<unknown> {
  const url = `${config('GOOGLE_ADS_URL')}/${VERSION}${path}`
  const headers = { Authorization: `Bearer ${accessToken}` }
  const answer = await askJson({ target: TARGET, url, method: json === undefined ? 'GET' : 'POST', headers, json })
  throwIfRefused(answer)
  return answer.json
}

/** Managers have no campaigns of their own. */
const accountOf = ({ id, descriptiveName, manager, status }: z.output<typeof Customer>): Account => ({
  account_id: id,
  account_name: descriptiveName || id,
  is_usable: !manager && !CLOSED.has(status),
})

const STATUSES: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['PROVIDER_AUTH', 'Google no longer accepts the sign-in: connect the account again.'],
  403: ['PROVIDER_PERMISSION', 'The sign-in may not read the Google Ads account.'],
  429: ['PROVIDER_RATE_LIMITED', 'Google asks to wait a moment.'],
}

function throwIfRefused({ status }: JsonAnswer): void {
  if (status < 400) return
  const [code, message] = STATUSES[status] ?? ['PROVIDER_REJECTED' as const, `Google Ads answered ${status}.`]
  throw new AppError(code, message, { details: { status } })
}
