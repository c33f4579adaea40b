import type { ConfigName } from '../config.ts'

/** Our app at a provider. */
export type OAuthApp = { clientId: string; clientSecret: string }

/** What an authorisation gave. `scopes` null: the provider does not tell. Times are on the product's clock. */
export type Grant = {
  access_token: string
  refresh_token: string | null
  expires_at: Date | null
  scopes: readonly string[] | null
}

/** A shop or an ad account that a token opens; one that is closed or disabled is not usable. */
export type Account = { account_id: string; account_name: string; is_usable: boolean }

/** What the code is exchanged with. `verifier` is that of PKCE, null without. */
export type Exchange = { code: string; redirectUri: string; verifier: string | null; shop: string | null }

/** One row of the table of providers. Every function throws PROVIDER_* errors only, which quote nothing the provider wrote. */
export type OAuthProvider<Platform extends string = string> = {
  platform: Platform
  /** For people. */
  name: string
  clientId: Extract<ConfigName, `${string}_CLIENT_ID`>
  /** Name of the secret in Secret Manager. */
  clientSecret: `${string}_CLIENT_SECRET`
  /** Whether the round trip begins with a shop's domain. */
  needsShop: boolean
  authorizeUrl: (shop: string) => string
  /** What the provider calls our id and the code. */
  names: { clientId: string; code: string }
  /** Sent along to the authorize page. */
  parameters: Readonly<Record<string, string>>
  /** All are asked for and all are needed; empty where they are chosen in the app's settings. */
  scopes: readonly string[]
  scopeSeparator: ',' | ' '
  pkce: boolean
  /** False refuses a callback: for providers that sign it. */
  isSigned?: (query: ReadonlyMap<string, string>, signing: { app: OAuthApp; shop: string | null; now: Date }) => boolean
  exchange: (exchange: Exchange, app: OAuthApp) => Promise<Grant>
  /** Whether the granted scopes hold one that is needed; default: it is among them. */
  holds?: (granted: ReadonlySet<string>, needed: string) => boolean
  /** Opened by the token, in the provider's order. Also the light call that proves a token. */
  accounts: (accessToken: string, shop: string | null) => Promise<Account[]>
  /** For tokens that end: called when less than `beforeMs` is left. Throws PROVIDER_AUTH when only a person can help. */
  renewal?: { beforeMs: number; renew: (held: Renewable, app: OAuthApp) => Promise<Grant> }
  /** Ends our app's access to the account for everybody who uses it: called only when nobody else does. */
  revoke?: (accessToken: string, accountId: string) => Promise<void>
}

export type Renewable = { access_token: string; refresh_token?: string | undefined; account_id: string }
