import { Hono } from 'hono'
import { afterEach, beforeEach } from 'vitest'
import { meta } from '../../../functions/sync-meta/connector.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { AppError } from '../../../shared/errors.ts'
import { pace } from '../../../shared/fetch.ts'
import type { ConnectionContext, Json, Page, Range } from '../../../shared/sync/connector.ts'
import { listening } from '../../sandbox/listening.ts'

export const ACCOUNT_ID = '212551616838260'
export const TOKEN = 'EAABtoken1'

/** Waits that the product asked for, in milliseconds; none of them takes time. */
export const waits: number[] = []

/** Makes waiting free and random delays as long as they get, for every test of the file. */
export function freeWaits(): void {
  const real = { ...pace }
  beforeEach(() => {
    waits.length = 0
    Object.assign(pace, { random: () => 1, wait: async (ms: number) => void waits.push(ms) })
  })
  afterEach(() => {
    Object.assign(pace, real)
    delete process.env.META_URL
    forgetConfig()
  })
}

export async function useApi(app: Hono): Promise<void> {
  process.env.META_URL = await listening(app)
  forgetConfig()
}

export const contextAt = (now: () => Date, accountId = ACCOUNT_ID): ConnectionContext => ({
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
/** `query` holds the form of a POST. */
export type Asked = { method: string; path: string; query: URLSearchParams; headers: Headers; url: string }

const askedBy = async (request: Request): Promise<Asked> => {
  const { pathname, searchParams } = new URL(request.url)
  const query = request.method === 'POST' ? new URLSearchParams(await request.clone().text()) : searchParams
  return { method: request.method, path: pathname, query, headers: request.headers, url: request.url }
}

/** Serves the connector with this API and keeps what it is asked. */
export async function watchedApi(api: Hono): Promise<Asked[]> {
  const calls: Asked[] = []
  const app = new Hono().use(async (c, next) => {
    calls.push(await askedBy(c.req.raw))
    await next()
  })
  await useApi(app.route('/', api))
  return calls
}

export const ACCOUNT = {
  id: `act_${ACCOUNT_ID}`,
  account_id: ACCOUNT_ID,
  name: 'Acme',
  account_status: 1,
  currency: 'USD',
  timezone_name: 'UTC',
}

/** An API that answers the account, and every other call with what `answer` says; all calls but the account's are kept. */
export async function scriptedApi(answer: (asked: Asked, call: number) => Scripted): Promise<Asked[]> {
  const calls: Asked[] = []
  const app = new Hono().all('*', async (c) => {
    const asked = await askedBy(c.req.raw)
    const isAccount = asked.path.endsWith(`/act_${ACCOUNT_ID}`)
    if (!isAccount) calls.push(asked)
    const { status = 200, headers = {}, body } = isAccount ? { body: ACCOUNT } : answer(asked, calls.length)
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
  })
  await useApi(app)
  return calls
}

/** Answers in this order; the last one for ever. */
export const inOrder =
  (...answers: Scripted[]) =>
  (_: Asked, call: number): Scripted =>
    answers[Math.min(call, answers.length) - 1] ?? { body: {} }

export const NOW = new Date('2026-11-10T17:00:00Z')

export function openMeta(context: ConnectionContext = contextAt(() => NOW), token = TOKEN) {
  const client = meta.client({ access_token: token }, context)
  return {
    client,
    /** The stream's pages one by one. */
    stream: (name: string, range: Partial<Range> = {}): AsyncIterable<Page> => {
      const stream = meta.streams.find((each) => each.name === name)
      if (!stream) throw new Error(`no stream ${name}`)
      return stream.read(client, { since: null, until: context.now(), resume: null, ...range }, context)
    },
  }
}

export async function pagesOf(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of pages) all.push(page)
  return all
}

export const read = async (name: string, range: Partial<Range> = {}): Promise<Page[]> =>
  pagesOf(openMeta().stream(name, range))

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (thrown instanceof AppError) return thrown
  throw new Error(`expected an AppError, got ${String(thrown)}`)
}

export const day = (text: string): Date => new Date(`${text}T00:00:00Z`)

/** A list as Meta sends it; with `after` there is a next page, whose link quotes the token. */
export const list = (data: unknown[], after?: string): Scripted => ({
  body: {
    data,
    paging: {
      cursors: { before: 'B', after: after ?? 'END' },
      ...(after ? { next: `https://x/?access_token=${TOKEN}` } : {}),
    },
  },
})

export const graphError = (error: Record<string, unknown>, status = 400): Scripted => ({ status, body: { error } })
export const resumeOf = (page: Page | undefined): Json | null => page?.resume ?? null
