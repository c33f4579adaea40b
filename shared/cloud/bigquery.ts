import type { BigQuery } from '@google-cloud/bigquery'
import { config } from '../config.ts'
import { authLibrary, once } from './rest.ts'

/** The warehouse, as this function itself: for who writes it. Only shared/warehouse uses it. */
export const bigQuery = once<BigQuery>(async () => {
  const { default: module } = await import('@google-cloud/bigquery')
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  const apiEndpoint = config('CLOUD_ENDPOINT')
  if (!apiEndpoint) return new module.BigQuery({ projectId })
  const { PassThroughClient } = await authLibrary()
  return new module.BigQuery({ projectId, apiEndpoint, authClient: new PassThroughClient() })
})

/**
 * BigQuery as whoever the token names: it is exchanged for one of Google's, and that for the next before it ends. The token
 * is asked for at each exchange.
 */
export async function bigQueryAs(getSubjectToken: () => Promise<string>): Promise<BigQuery> {
  const { default: module } = await import('@google-cloud/bigquery')
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  const endpoint = config('CLOUD_ENDPOINT')
  const { IdentityPoolClient } = await authLibrary()
  const authClient = new IdentityPoolClient({
    type: 'external_account',
    audience: `//iam.googleapis.com/${config('WAREHOUSE_IDENTITIES')}`,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token_supplier: { getSubjectToken },
    scopes: ['https://www.googleapis.com/auth/bigquery'],
    ...(endpoint && { token_url: `${endpoint}/v1/token` }),
  })
  // Without the last option a client that is told an endpoint shows nobody's credentials.
  const elsewhere = endpoint && { apiEndpoint: endpoint, useAuthWithCustomEndpoint: true }
  return new module.BigQuery({ projectId, authClient, ...elsewhere })
}
