import { shopifySandbox } from '../../scripts/sandbox/shopify/app.ts'
import type { Nodes, Store } from '../../scripts/sandbox/world.ts'

export const DOMAIN = 'unit.myshopify.com'
export const TOKEN = 'shpat_unit'
export const AMPLE = { maximumAvailable: 1e9, restoreRate: 1e9 }

export type Json = Record<string, unknown>
type Options = { orders?: Nodes; products?: Nodes; bucket?: Store['shopify']['bucket']; shop?: Json; now?: () => Date }

export const node = (value: Json & { id: string; updatedAt: string }): Nodes[number] => ({
  id: value.id,
  updatedAt: value.updatedAt,
  json: JSON.stringify(value),
})

export function unitStore({ orders = [], products = [], bucket = AMPLE, shop = {} }: Options): Store {
  return {
    tenant: 'Unit',
    brand: 'Unit',
    currency: 'USD',
    time_zone: 'UTC',
    meta: null,
    google_ads: null,
    tiktok: null,
    shopify: {
      domain: DOMAIN,
      access_token: TOKEN,
      bucket,
      shop: {
        id: 'gid://shopify/Shop/1',
        name: 'Unit',
        myshopifyDomain: DOMAIN,
        currencyCode: 'USD',
        ianaTimezone: 'UTC',
        taxesIncluded: false,
        plan: { publicDisplayName: 'Basic' },
        ...shop,
      },
      orders,
      products,
    },
  }
}

/** The API of one shop; the result is the parsed answer with its status and headers. */
export function shopApi(options: Options) {
  const app = shopifySandbox({
    now: options.now ?? (() => new Date('2026-11-20T00:00:00Z')),
    stores: [unitStore(options)],
  })
  return async (
    query: string,
    variables: Json = {},
    request: { domain?: string; token?: string; version?: string } = {},
  ) => {
    const path = `/${request.domain ?? DOMAIN}/admin/api/${request.version ?? '2026-10'}/graphql.json`
    const response = await app.request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Shopify-Access-Token': request.token ?? TOKEN },
      body: JSON.stringify({ query, variables }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query
    const body: any = await response.json()
    return {
      status: response.status,
      headers: response.headers,
      body,
      data: body.data,
      code: body.errors?.[0]?.extensions?.code,
      cost: body.extensions?.cost,
    }
  }
}
