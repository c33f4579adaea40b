import * as z from 'zod'
import { config } from '../../../shared/config.ts'
import { AppError } from '../../../shared/errors.ts'
import { type OutgoingRequest, request } from '../../../shared/fetch.ts'
import type { ConnectionContext } from '../../../shared/sync/connector.ts'
import { readAnswer, TARGET } from './failures.ts'

const VERSION = 'v25'

/** `loginId` null: the person was given the account itself. */
export type Of = { customerId: string; loginId: string | null }
/** Result rows of all chunks, numbers as text, and the instant (RFC 3339) before they were asked for. */
export type Answer = { nodes: readonly unknown[]; fetchedAt: string }

export type Api = {
  /** Ids of the accounts that the person was given, managers among them. */
  roots(): Promise<string[]>
  search(of: Of, query: string): Promise<Answer>
}

const Chunks = z.array(z.object({ results: z.array(z.unknown()).default([]) }))
const Roots = z.object({ resourceNames: z.array(z.string().regex(/^customers\/\d+$/)).default([]) })

/** The two calls that are made of the API. The token goes into the Authorization header only. */
export function googleAdsApi(accessToken: string, { now, mayCall }: ConnectionContext): Api {
  const authorization = { Authorization: `Bearer ${accessToken}` }
  const ask = async (path: string, call: Pick<OutgoingRequest, 'method' | 'headers' | 'body'>): Promise<unknown> => {
    const url = `${config('GOOGLE_ADS_URL')}/${VERSION}/${path}`
    const headers = { ...authorization, ...call.headers }
    await mayCall()
    return readAnswer(await request({ target: TARGET, url, ...call, headers, returnServerErrors: true }), now())
  }
  return {
    roots: async () => {
      const { resourceNames } = as(Roots, await ask('customers:listAccessibleCustomers', {}))
      return resourceNames.map((name) => name.slice('customers/'.length))
    },
    search: async ({ customerId, loginId }, query) => {
      const fetchedAt = now().toISOString()
      const login = loginId === null ? {} : { 'login-customer-id': loginId }
      const answer = await ask(`customers/${customerId}/googleAds:searchStream`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...login },
        body: JSON.stringify({ query }),
      })
      return { nodes: as(Chunks, answer).flatMap(({ results }) => results), fetchedAt }
    },
  }
}

function as<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new AppError('PROVIDER_BAD_RESPONSE', 'Google Ads answered something else than documented.')
}
