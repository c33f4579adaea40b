import { Hono } from 'hono'
import { tiktok } from '../../../functions/sync-tiktok/connector.ts'
import { forgetConfig } from '../../../shared/config.ts'
import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import { listening } from '../../sandbox/listening.ts'
import { ADVERTISER_ID, TOKEN } from '../../sandbox/tiktok-world.ts'
import { type Asked, contextAt as contextOf, NOW, pagesOf, type Scripted } from '../sync-meta/meta-api.ts'

export async function useApi(app: Hono): Promise<void> {
  process.env.TIKTOK_URL = await listening(app)
  forgetConfig()
}

export const contextAt = (now: () => Date, accountId = ADVERTISER_ID): ConnectionContext => contextOf(now, accountId)

export function openTikTok(context: ConnectionContext = contextAt(() => NOW), token = TOKEN) {
  const client = tiktok.client({ access_token: token }, context)
  return (name: string, range: Partial<Range> = {}): AsyncIterable<Page> => {
    const stream = tiktok.streams.find((each) => each.name === name)
    if (!stream) throw new Error(`no stream ${name}`)
    return stream.read(client, { since: null, until: context.now(), resume: null, ...range }, context)
  }
}

export const read = async (name: string, range: Partial<Range> = {}): Promise<Page[]> =>
  pagesOf(openTikTok()(name, range))

const ADVERTISER = { advertiser_id: ADVERTISER_ID, name: 'Acme', currency: 'USD', display_timezone: 'UTC' }

/** An API that answers the advertiser, and every other call with what `answer` says; all calls but the advertiser's are kept. */
export async function scriptedApi(answer: (asked: Asked, call: number) => Scripted): Promise<Asked[]> {
  const calls: Asked[] = []
  const app = new Hono().all('*', async (c) => {
    const { url, headers, method } = c.req.raw
    const asked = { method, path: c.req.path, query: new URL(url).searchParams, headers, url }
    const isAccount = asked.path.endsWith('/advertiser/info/')
    if (!isAccount) calls.push(asked)
    const said = isAccount ? envelope({ list: [ADVERTISER] }) : answer(asked, calls.length)
    const text = typeof said.body === 'string' ? said.body : JSON.stringify(said.body)
    return new Response(text, { status: said.status ?? 200, headers: said.headers ?? {} })
  })
  await useApi(app)
  return calls
}

export const envelope = (data: unknown, code = 0, message = 'OK'): Scripted => ({
  body: { code, message, request_id: 'R1', data },
})
export const refusal = (code: number, message = ''): Scripted => envelope({}, code, message)

type PageInfo = { page?: number; page_size?: number; total_page?: number }

/** A list as TikTok sends it. */
export const list = (nodes: unknown[], { page = 1, page_size = 1_000, total_page = 1 }: PageInfo = {}): Scripted =>
  envelope({ list: nodes, page_info: { page, page_size, total_number: nodes.length, total_page } })
