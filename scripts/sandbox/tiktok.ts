import { type Context, Hono } from 'hono'
import { fieldsOf } from './oauth.ts'
import { campaignsPage, selected } from './tiktok/campaigns.ts'
import { noPermission, requestIds, TikTokError } from './tiktok/errors.ts'
import { type AppLimits, appLimits, type TikTokLimits } from './tiktok/limits.ts'
import { tiktokAccess } from './tiktok/oauth.ts'
import { namesIn, type Parameters, required } from './tiktok/parameters.ts'
import { reportPage } from './tiktok/report.ts'
import type { AdvertisingStore } from './tiktok/stores.ts'
import type { World } from './world.ts'

const API = '/open_api/v1.3'

/**
 * TikTok API for Business, v1.3, read only, as on business-api.tiktok.com, with its consent page: `oauth2/…`,
 * `advertiser/info/`, `campaign/get/` and `report/integrated/get/` of campaigns by day. Failures answer 200 with a code; a
 * path without its last slash is none. Today is partial, spend settles in two days, conversions come in over a week.
 */
export function tiktokSandbox(
  world: World,
  options: Partial<TikTokLimits> = {},
): Hono & { counts: AppLimits['counts'] } {
  const access = tiktokAccess(world)
  const limits = appLimits(options, world.limitsClock ?? world.now)
  const nextRequestId = requestIds(world.now)

  async function answer(c: Context, dataOf: () => object | Promise<object>): Promise<Response> {
    const request_id = nextRequestId()
    try {
      limits.take()
      return c.json({ code: 0, message: 'OK', request_id, data: await dataOf() })
    } catch (error) {
      if (!(error instanceof TikTokError)) throw error
      return c.json({ code: error.code, message: error.message, request_id, data: {} })
    }
  }
  const opened = (c: Context): AdvertisingStore[] => access.storesOf(c.req.header('Access-Token') ?? '')
  const ofAdvertiser = (dataOf: (store: AdvertisingStore, query: Parameters) => object) => (c: Context) =>
    answer(c, () => {
      const query = new URL(c.req.url).searchParams
      const id = required(query.get('advertiser_id'), 'advertiser_id')
      return dataOf(storeOf(opened(c), id), query)
    })

  const app = new Hono()
    .get('/portal/auth', (c) => access.consent(c))
    .post(`${API}/oauth2/access_token/`, (c) => answer(c, async () => access.exchange(c, await fieldsOf(c))))
    .post(`${API}/oauth2/revoke_token/`, (c) => answer(c, async () => access.revoke(await fieldsOf(c))))
    .get(`${API}/oauth2/advertiser/get/`, (c) =>
      answer(c, () => {
        access.checkApp(c.req.query())
        return { list: opened(c).map(advertiserName) }
      }),
    )
    .get(`${API}/advertiser/info/`, (c) =>
      answer(c, () => {
        const query = new URL(c.req.url).searchParams
        const [ids, fields] = [required(namesIn(query, 'advertiser_ids'), 'advertiser_ids'), namesIn(query, 'fields')]
        const stores = opened(c)
        return { list: ids.map((id) => selected(advertiserOf(storeOf(stores, id)), fields)) }
      }),
    )
    .get(`${API}/campaign/get/`, ofAdvertiser(campaignsPage))
    .get(
      `${API}/report/integrated/get/`,
      ofAdvertiser((store, query) => reportPage(store, query, world.now())),
    )
  return Object.assign(app, { counts: limits.counts })
}

function storeOf(stores: readonly AdvertisingStore[], id: string): AdvertisingStore {
  const store = stores.find(({ tiktok }) => tiktok.advertiser_id === id)
  if (!store) throw noPermission(id)
  return store
}

const advertiserOf = ({ tiktok, brand, currency, time_zone }: AdvertisingStore) => ({
  ...{ name: brand, currency, display_timezone: time_zone, status: 'STATUS_ENABLE' },
  ...tiktok.advertiser,
  advertiser_id: tiktok.advertiser_id,
})

const advertiserName = (store: AdvertisingStore) => ({
  advertiser_id: store.tiktok.advertiser_id,
  advertiser_name: advertiserOf(store).name,
})
