import { secret } from '../cloud/secrets.ts'
import { config } from '../config.ts'
import type { OAuthApp, OAuthProvider } from './provider.ts'

/** Our app, with its secret from Secret Manager: the first line; those below are former ones, still good for signatures. */
export const appOf = async ({ clientId, clientSecret }: OAuthProvider): Promise<OAuthApp> => ({
  clientId: config(clientId),
  clientSecret: (await secret(clientSecret)).split('\n')[0]?.trim() ?? '',
})
