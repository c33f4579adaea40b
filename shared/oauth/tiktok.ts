import * as z from 'zod'
import { config } from '../config.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { askJson, type JsonAnswer, readAs, Token } from './answers.ts'
import { appOf } from './app.ts'
import type { Account, OAuthApp, OAuthProvider } from './provider.ts'

const TARGET = 'TikTok'
const API = '/open_api/v1.3'
const IDS_A_CALL = 100
/** The states of more accounts than these are not asked for: an agency's person may see thousands. */
const MOST_STATES = 1_000
/** Closed, or never approved. */
const UNUSABLE = new Set(
  'DISABLE CONFIRM_FAIL CONFIRM_FAIL_END PENDING_CONFIRM PENDING_VERIFIED'.split(' ').map((word) => `STATUS_${word}`),
)

const Envelope = z.object({ code: z.int(), data: z.unknown() })
const TokenAnswer = z.object({ access_token: Token, scope: z.array(z.int()).catch([]) })
// A JSON number would be rounded already.
const Id = z.string().regex(/^\d+$/)
const Advertisers = z.object({
  list: z.array(z.object({ advertiser_id: Id, advertiser_name: z.string().catch('') })),
})
const States = z.object({ list: z.array(z.object({ advertiser_id: Id, status: z.string().catch('') })) })

/**
 * Tokens that do not end. What they may do is ticked in the app's settings, not asked for. TikTok's way to revoke
 * (`oauth2/revoke_token/`) ends a token with all advertisers that the person ticked, and does not say whether a second
 * authorisation of theirs gave another one: so that nobody else's connection ends with it, a disconnected account's token
 * is destroyed here instead. Source: business-api.tiktok.com, v1.3.
 */
export const tiktok: OAuthProvider<'tiktok'> = {
  platform: 'tiktok',
  name: 'TikTok',
  clientId: 'TIKTOK_CLIENT_ID',
  clientSecret: 'TIKTOK_CLIENT_SECRET',
  needsShop: false,
  authorizeUrl: () => `${config('TIKTOK_OAUTH_URL')}/portal/auth`,
  names: { clientId: 'app_id', code: 'auth_code' },
  parameters: {},
  scopes: [],
  scopeSeparator: ',',
  pkce: false,
  exchange: async ({ code }, app) => {
    const url = `${config('TIKTOK_URL')}${API}/oauth2/access_token/`
    const answer = await askJson({ target: TARGET, url, method: 'POST', json: { ...appFields(app), auth_code: code } })
    const { access_token, scope } = readAs(TokenAnswer, dataOf(answer, meaningAtExchange), TARGET)
    return { access_token, refresh_token: null, expires_at: null, scopes: scope.map(String) }
  },
  accounts: async (accessToken) => {
    // TikTok wants the app's secret in this one query.
    const named = await read(accessToken, 'oauth2/advertiser/get', appFields(await appOf(tiktok)))
    const { list } = readAs(Advertisers, named, TARGET)
    const states = await statesOf(
      list.map(({ advertiser_id }) => advertiser_id),
      accessToken,
    )
    return list.map(
      ({ advertiser_id, advertiser_name }): Account => ({
        account_id: advertiser_id,
        account_name: advertiser_name || advertiser_id,
        is_usable: !UNUSABLE.has(states.get(advertiser_id) ?? ''),
      }),
    )
  },
}

const appFields = ({ clientId, clientSecret }: OAuthApp) => ({ app_id: clientId, secret: clientSecret })

async function statesOf(ids: readonly string[], accessToken: string): Promise<Map<string, string>> {
  const states = new Map<string, string>()
  for (let from = 0; from < Math.min(ids.length, MOST_STATES); from += IDS_A_CALL) {
    const asked = JSON.stringify(ids.slice(from, from + IDS_A_CALL))
    const fields = JSON.stringify(['advertiser_id', 'status'])
    const { list } = readAs(
      States,
      await read(accessToken, 'advertiser/info', { advertiser_ids: asked, fields }),
      TARGET,
    )
    for (const { advertiser_id, status } of list) states.set(advertiser_id, status)
  }
  return states
}

async function read(accessToken: string, path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
  const url = `${config('TIKTOK_URL')}${API}/${path}/?${new URLSearchParams(query)}`
  return dataOf(await askJson({ target: TARGET, url, headers: { 'Access-Token': accessToken } }), meaningOf)
}

type Meaning = readonly [ErrorCode, string]

/** Failures answer 200; TikTok's `message` may quote what was sent, so that it goes nowhere. */
function dataOf({ status, json }: JsonAnswer, meaning: (code: number) => Meaning): unknown {
  const { code, data } = readAs(Envelope, json, TARGET)
  if (code === 0 && status < 400) return data
  const [errorCode, message] = meaning(code)
  throw new AppError(errorCode, message, { details: { status, code } })
}

/** The app's id and its secret are ours to mend, the code is the person's. */
function meaningAtExchange(code: number): Meaning {
  if (code === 40101 || code === 40107)
    return ['PROVIDER_REJECTED', 'TikTok refuses our app; its operator has to see to that.']
  return passing(code) ?? ['PROVIDER_REJECTED', 'TikTok did not accept the authorisation: start again.']
}

function meaningOf(code: number): Meaning {
  if (code > 40100 && code < 40132)
    return ['PROVIDER_AUTH', 'TikTok no longer accepts the access token; connect the ad account again.']
  if (code === 40001)
    return ['PROVIDER_PERMISSION', 'The sign-in may not read the ad account; grant it and connect again.']
  return passing(code) ?? ['PROVIDER_REJECTED', 'TikTok refused the call.']
}

const LIMITS = new Set([40100, 40132, 40133, 51021])

function passing(code: number): Meaning | null {
  if (LIMITS.has(code)) return ['PROVIDER_RATE_LIMITED', 'TikTok asks to wait: a call limit is reached.']
  if (code >= 50_000) return ['PROVIDER_UNAVAILABLE', 'TikTok cannot answer at the moment.']
  return null
}
