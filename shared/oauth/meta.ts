import * as z from 'zod'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { askJson, endOf, type JsonAnswer, readAs, Token } from './answers.ts'
import type { Account, OAuthApp, OAuthProvider } from './provider.ts'

const TARGET = 'Meta'
const VERSION = 'v25.0'
const DAY_MS = 86_400_000
/** An agency's person may see thousands; more than these are found by asking for the account by its id. */
const ACCOUNT_PAGES = 10
/** Disabled, closing, closed. */
const UNUSABLE = new Set([2, 100, 101, 202])

const TokenAnswer = z.object({ access_token: Token, expires_in: z.number().positive().optional() })
const Permissions = z.object({ data: z.array(z.object({ permission: z.string(), status: z.string() })) })
const AdAccounts = z.object({
  data: z.array(
    z.object({ account_id: z.string().regex(/^\d+$/), name: z.string().catch(''), account_status: z.int().catch(1) }),
  ),
  paging: z.object({ next: z.string().optional(), cursors: z.object({ after: z.string() }).optional() }).optional(),
})
const Envelope = z.object({
  error: z.object({ code: z.int().catch(0), is_transient: z.boolean().catch(false) }),
})

/**
 * Tokens of people, exchanged for ones of about 60 days, which roll on while they are valid. Meta's way to revoke
 * (`DELETE /me/permissions`) takes the app from the person, and with it every account they ever connected, also for
 * others: a disconnected account's token is destroyed here instead. Source: developers.facebook.com, v25.0.
 */
export const meta: OAuthProvider<'meta'> = {
  platform: 'meta',
  name: 'Meta',
  clientId: 'META_CLIENT_ID',
  clientSecret: 'META_CLIENT_SECRET',
  needsShop: false,
  authorizeUrl: () => `${config('META_OAUTH_URL')}/${VERSION}/dialog/oauth`,
  names: { clientId: 'client_id', code: 'code' },
  // Someone who said no to a permission once is asked again.
  parameters: { response_type: 'code', auth_type: 'rerequest' },
  scopes: ['ads_read', 'business_management'],
  scopeSeparator: ',',
  pkce: false,
  exchange: async ({ code, redirectUri }, app) => {
    const { access_token: short } = await askToken({ ...appFields(app), redirect_uri: redirectUri, code })
    const long = await longLived(short, app)
    return { ...long, scopes: await grantedPermissions(long.access_token) }
  },
  accounts: async (accessToken) => {
    const found: Account[] = []
    let after: string | undefined
    for (let page = 0; page < ACCOUNT_PAGES; page += 1) {
      const query = { fields: 'account_id,name,account_status', limit: '500', ...(after !== undefined && { after }) }
      const { data, paging } = readAs(AdAccounts, await read('/me/adaccounts', query, accessToken), TARGET)
      for (const { account_id, name, account_status } of data)
        found.push({ account_id, account_name: name || account_id, is_usable: !UNUSABLE.has(account_status) })
      after = paging?.cursors?.after
      if (paging?.next === undefined || after === undefined) break
    }
    return found
  },
  renewal: {
    beforeMs: 14 * DAY_MS,
    renew: async ({ access_token }, app) => ({ ...(await longLived(access_token, app)), scopes: null }),
  },
}

const appFields = ({ clientId, clientSecret }: OAuthApp) => ({ client_id: clientId, client_secret: clientSecret })

async function longLived(token: string, app: OAuthApp) {
  const form = { ...appFields(app), grant_type: 'fb_exchange_token', fb_exchange_token: token }
  const { access_token, expires_in } = await askToken(form)
  return { access_token, refresh_token: null, expires_at: endOf(expires_in, clock.now()) }
}

async function askToken(form: Readonly<Record<string, string>>): Promise<z.output<typeof TokenAnswer>> {
  const url = `${config('META_URL')}/${VERSION}/oauth/access_token`
  const answer = await askJson({ target: TARGET, url, method: 'POST', form })
  throwIfRefused(answer)
  return readAs(TokenAnswer, answer.json, TARGET)
}

async function grantedPermissions(token: string): Promise<string[]> {
  const { data } = readAs(Permissions, await read('/me/permissions', {}, token), TARGET)
  return data.filter(({ status }) => status === 'granted').map(({ permission }) => permission)
}

async function read(path: string, query: Readonly<Record<string, string>>, token: string): Promise<unknown> {
  const url = `${config('META_URL')}/${VERSION}${path}?${new URLSearchParams(query)}`
  const answer = await askJson({ target: TARGET, url, headers: { Authorization: `Bearer ${token}` } })
  throwIfRefused(answer)
  return answer.json
}

const RATE_LIMITS = new Set([4, 17, 32, 613])

/** Meta's `message` may quote the token, so that it goes nowhere. */
function throwIfRefused({ status, json }: JsonAnswer): void {
  if (status < 400) return
  const { code, is_transient } = Envelope.safeParse(json).data?.error ?? { code: 0, is_transient: false }
  const [errorCode, message] = meaningOf(code, is_transient)
  throw new AppError(errorCode, message, { details: { status, code } })
}

function meaningOf(code: number, isTransient: boolean): readonly [ErrorCode, string] {
  if (code === 190 || code === 102)
    return ['PROVIDER_AUTH', 'Meta no longer accepts the access token; connect the ad account again.']
  if (code === 3 || code === 10 || (code >= 200 && code <= 299))
    return ['PROVIDER_PERMISSION', 'The sign-in lacks a permission for the ad account; grant it and connect again.']
  if (RATE_LIMITS.has(code) || (code >= 80_000 && code <= 80_009))
    return ['PROVIDER_RATE_LIMITED', 'Meta asks to wait: a call limit is reached.']
  if (isTransient || code === 1 || code === 2) return ['PROVIDER_UNAVAILABLE', 'Meta cannot answer at the moment.']
  return ['PROVIDER_REJECTED', 'Meta did not accept the authorisation: start again.']
}
