import { Hono } from 'hono'
import { afterEach, beforeEach } from 'vitest'
import { googleAds } from '../../../functions/sync-google-ads/connector.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { AppError } from '../../../shared/errors.ts'
import { pace } from '../../../shared/fetch.ts'
import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import { CUSTOMER_ID } from '../../sandbox/google-ads-world.ts'
import { listening } from '../../sandbox/listening.ts'

/** Makes waiting free, for every test of the file. */
export function freeWaits(): void {
  const real = { ...pace }
  beforeEach(() => {
    Object.assign(pace, { wait: async () => undefined })
  })
  afterEach(() => {
    Object.assign(pace, real)
    delete process.env.GOOGLE_ADS_URL
    forgetConfig()
  })
}

export async function useApi(app: Hono): Promise<void> {
  process.env.GOOGLE_ADS_URL = await listening(app)
  forgetConfig()
}

export const contextAt = (now: () => Date, accountId = CUSTOMER_ID): ConnectionContext => ({
  tenantId: '00000000-0000-7000-8000-000000000001',
  brandId: '00000000-0000-7000-8000-000000000002',
  accountId,
  currency: 'USD',
  timeZone: 'UTC',
  pseudonym: (id) => id,
  now,
  mayCall: async () => {},
})

export type Scripted = { status?: number; headers?: Record<string, string>; body: unknown }
export type Asked = { path: string; query: string; headers: Headers; url: string }

const CUSTOMER = { id: CUSTOMER_ID, descriptiveName: 'Acme', currencyCode: 'USD', timeZone: 'UTC', status: 'ENABLED' }

/** An API that answers the account, and every other call with what `answer` says; all calls but the account's are kept. */
export async function scriptedApi(answer: (asked: Asked, call: number) => Scripted): Promise<Asked[]> {
  const calls: Asked[] = []
  const app = new Hono().all('*', async (c) => {
    const text = await c.req.text()
    const query = text === '' ? '' : (JSON.parse(text) as { query: string }).query // what the client sends
    const asked = { path: c.req.path, query, headers: c.req.raw.headers, url: c.req.url }
    const isAccount = query.endsWith(' FROM customer')
    if (!isAccount) calls.push(asked)
    const { status = 200, headers = {}, body } = isAccount ? rows({ customer: CUSTOMER }) : answer(asked, calls.length)
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
  })
  await useApi(app)
  return calls
}

/** A stream of one chunk. */
export const rows = (...results: unknown[]): Scripted => ({ body: [{ results, fieldMask: '', requestId: 'R' }] })

export const NOW = new Date('2026-11-10T17:00:00Z')

export function openGoogleAds(context: ConnectionContext = contextAt(() => NOW), token = 'ya29.token') {
  const client = googleAds.client({ access_token: token }, context)
  return (name: string, range: Partial<Range> = {}): AsyncIterable<Page> => {
    const stream = googleAds.streams.find((each) => each.name === name)
    if (!stream) throw new Error(`no stream ${name}`)
    return stream.read(client, { since: null, until: context.now(), resume: null, ...range }, context)
  }
}

export async function pagesOf(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of pages) all.push(page)
  return all
}

export const read = async (name: string, range: Partial<Range> = {}): Promise<Page[]> =>
  pagesOf(openGoogleAds()(name, range))

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (thrown instanceof AppError) return thrown
  throw new Error(`expected an AppError, got ${String(thrown)}`)
}

export const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`)
