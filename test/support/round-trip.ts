import { Hono } from 'hono'
import { beforeAll } from 'vitest'
import * as z from 'zod'
import { mountOAuthCallbacks } from '../../functions/webhooks/oauth-callback.ts'
import { type Listening, listen } from '../../scripts/local/listen.ts'
import { sandbox } from '../../scripts/sandbox/sandbox.ts'
import { generateStores } from '../../scripts/sandbox/stores/generate.ts'
import type { Store } from '../../scripts/sandbox/world.ts'
import { forgetConfig } from '../../shared/config.ts'
import { mountSteps } from '../../shared/http/chain.ts'
import type { HttpEnv } from '../../shared/http/context.ts'
import { useApi } from './api.ts'
import { setSecret, type useCloud } from './cloud.ts'
import { type Answer, serveApp } from './http.ts'

export const SECRETS = {
  shopify: 'shopify-secret-of-this-test',
  meta: 'meta-secret-of-this-test',
  'google-ads': 'google-secret-of-this-test',
  tiktok: 'tiktok-secret-of-this-test',
}
const DASHBOARD = 'https://dashboard.example.com'

const Counts = z.record(z.string(), z.record(z.string(), z.number()))

export type Begun = { authorizeUrl: string; cookie: string }
type Api = ReturnType<typeof useApi>

export type RoundTrips = {
  api: Api
  /** The shops and ad accounts that the sandboxes serve. */
  stores: readonly Store[]
  /** Of the sandboxes, moved by tests. */
  time: { aheadMs: number }
  fault(provider: keyof typeof SECRETS, operation: string, kind: object, times?: number): Promise<void>
  /** Requests that the sandboxes saw since the last time. */
  requests(): Promise<Record<string, Record<string, number>>>
  /** What a browser keeps of `connect`. */
  begin(token: string, body: object): Promise<Begun>
  /** The person says yes; where the provider then sends the browser. */
  consent(begun: Begun): Promise<string>
  /** The browser arrives; what the dashboard is told. */
  arrive(callbackUrl: string, cookie: string): Promise<Record<string, string>>
  /** All of it. */
  connect(token: string, body: object): Promise<Record<string, string>>
}

/** API, callbacks and sandboxes on ports of their own, wired as in the cloud. */
export function useRoundTrips(cloud: ReturnType<typeof useCloud>): RoundTrips {
  const time = { aheadMs: 0 }
  const now = () => new Date(Date.now() + time.aheadMs)
  const stores = generateStores({ seed: 'oauth', tenants: 2, orders: 30, epoch: new Date() })
  const apps = Object.fromEntries(
    Object.entries(SECRETS).map(([provider, client_secret]) => [
      provider,
      { client_id: 'pulsepoint-local', client_secret },
    ]),
  )
  let providers: Listening
  const api = useApi()
  beforeAll(async () => {
    providers = await listen(sandbox({ now, stores, apps }).fetch, 0)
    const app = new Hono<HttpEnv>()
    mountSteps(app, { perMinute: 1_000_000 })
    mountOAuthCallbacks(app)
    Object.assign(process.env, {
      PUBLIC_URL: await serveApp(app),
      DASHBOARD_URL: DASHBOARD,
      SHOPIFY_URL: `${providers.url}/shopify/{shop}`,
      SHOPIFY_OAUTH_URL: `${providers.url}/shopify/{shop}`,
      META_URL: `${providers.url}/meta`,
      META_OAUTH_URL: `${providers.url}/meta`,
      GOOGLE_ADS_URL: `${providers.url}/google-ads`,
      GOOGLE_OAUTH_URL: `${providers.url}/google-ads`,
      GOOGLE_TOKEN_URL: `${providers.url}/google-ads`,
      TIKTOK_URL: `${providers.url}/tiktok`,
      TIKTOK_OAUTH_URL: `${providers.url}/tiktok`,
    })
    forgetConfig()
    for (const [provider, secret] of Object.entries(SECRETS))
      await setSecret(cloud.current().url, `${provider.toUpperCase().replace('-', '_')}_CLIENT_SECRET`, secret)
    return () => providers.close()
  })

  const begin = async (token: string, body: object): Promise<Begun> => {
    const answer = await api('/api/integrations/connect', { token, body })
    if (answer.status !== 201) throw new Error(`connect answered ${answer.status} ${JSON.stringify(answer.body)}`)
    return { authorizeUrl: (answer.body as { authorize_url: string }).authorize_url, cookie: cookieOf(answer) }
  }
  const consent = async ({ authorizeUrl }: Begun): Promise<string> => locationOf(await follow(authorizeUrl))
  const arrive = async (callbackUrl: string, cookie: string): Promise<Record<string, string>> => {
    const to = new URL(locationOf(await follow(callbackUrl, cookie)))
    if (`${to.origin}${to.pathname}` !== `${DASHBOARD}/integrations`) throw new Error(`sent to ${to.href}`)
    return Object.fromEntries(to.searchParams)
  }
  return {
    api,
    stores,
    time,
    begin,
    consent,
    arrive,
    connect: async (token, body) => {
      const begun = await begin(token, body)
      return arrive(await consent(begun), begun.cookie)
    },
    fault: async (provider, operation, kind, times = 1) => {
      const body = JSON.stringify({ match: { provider, operation }, fault: kind, times })
      const answer = await fetch(`${providers.url}/_control/faults`, { method: 'POST', body })
      if (answer.status !== 201) throw new Error(await answer.text())
    },
    requests: async () => {
      const counts = Counts.parse(await (await fetch(`${providers.url}/_control/requests`)).json())
      await fetch(`${providers.url}/_control/requests`, { method: 'DELETE' })
      return counts
    },
  }
}

/** Where a redirect leads; the hop itself is not made. */
const follow = (url: string, cookie = ''): Promise<Response> => fetch(url, { redirect: 'manual', headers: { cookie } })

function locationOf(answer: Response): string {
  const location = answer.headers.get('location')
  if (answer.status !== 302 || location === null) throw new Error(`expected a redirect, got ${answer.status}`)
  return location
}

export const cookieOf = ({ headers }: Answer): string => (headers.get('set-cookie') ?? '').split(';')[0] ?? ''
