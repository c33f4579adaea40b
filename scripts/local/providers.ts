import type { Settings } from './state.ts'

type Environment = Readonly<Record<string, string>>

/** Where the sandboxes stand in for a provider's host, by the setting that names the host. */
const STAND_INS: Environment = {
  SHOPIFY_URL: '/shopify/{shop}',
  SHOPIFY_OAUTH_URL: '/shopify/{shop}',
  META_URL: '/meta',
  META_OAUTH_URL: '/meta',
  TIKTOK_URL: '/tiktok',
  TIKTOK_OAUTH_URL: '/tiktok',
  GOOGLE_ADS_URL: '/google-ads',
  GOOGLE_OAUTH_URL: '/google-ads',
  GOOGLE_TOKEN_URL: '/google-ads',
  ECB_URL: '/ecb',
  ANTHROPIC_URL: '/anthropic',
}
const CLIENT_IDS = ['SHOPIFY_CLIENT_ID', 'META_CLIENT_ID', 'TIKTOK_CLIENT_ID', 'GOOGLE_ADS_CLIENT_ID']

/** Secrets of our apps at the stand-ins, by their names in Secret Manager. */
export const appSecrets = (settings: Settings): Environment => ({
  SHOPIFY_CLIENT_SECRET: settings.shopify_client_secret,
  META_CLIENT_SECRET: settings.meta_client_secret,
  TIKTOK_CLIENT_SECRET: settings.tiktok_client_secret,
  GOOGLE_ADS_CLIENT_SECRET: settings.google_ads_client_secret,
})

/** A provider whose credential alone says that the real one is meant. */
const REAL_HOSTS: Environment = process.env.ANTHROPIC_API_KEY ? { ANTHROPIC_URL: 'https://api.anthropic.com' } : {}

/** Every provider's hosts; a real one's address in our own environment replaces its stand-in. */
export const providerHosts = (sandboxUrl: string): Environment => {
  const standIns = Object.fromEntries(Object.entries(STAND_INS).map(([name, path]) => [name, `${sandboxUrl}${path}`]))
  return replacedByOurs({ ...standIns, ...REAL_HOSTS })
}

/** Our real apps' ids, where our own environment names them. */
export const ownApps = (): Environment =>
  Object.fromEntries(
    CLIENT_IDS.flatMap((name) => {
      const id = process.env[name]
      return id === undefined ? [] : [[name, id]]
    }),
  )

/** The same settings with the values of our own environment, where it names them. */
export const replacedByOurs = (values: Environment): Environment =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, process.env[name] ?? value]))
