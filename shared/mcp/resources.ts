import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js'
import * as z from 'zod'
import type { McpOffer, McpResource, McpTemplate } from './offer.ts'
import type { Ask } from './read.ts'

const METRICS_URI = 'pulsepoint://metrics'
const BRAND_URI = 'pulsepoint://brands/{id}'
const JSON_TYPE = 'application/json'
const BrandsPage = z.object({
  brands: z.array(z.object({ id: z.string(), name: z.string(), currency: z.string(), time_zone: z.string() })),
  next_cursor: z.string().nullable(),
})

/** What can be read without a question: the catalogue of metrics and the brands, of operations that the actor may call. */
export function resourcesOf(ask: (name: string) => Ask | null): Pick<McpOffer, 'resources' | 'templates'> {
  const [metrics, brand, brands] = [ask('list_metrics'), ask('get_brand'), ask('list_brands')]
  return {
    resources: metrics ? [metricsResource(metrics)] : [],
    templates: brand && brands ? [brandTemplate(brand, brands)] : [],
  }
}

const metricsResource = (ask: Ask): McpResource => ({
  resource: {
    uri: METRICS_URI,
    name: 'metrics',
    title: 'Catalogue of metrics',
    description:
      'Every metric: what it means, its unit and formula, whose ledger it is in, what it can be broken down by.',
    mimeType: JSON_TYPE,
  },
  read: async () => contents(METRICS_URI, await ask({})),
})

const brandTemplate = (askOne: Ask, askPage: Ask): McpTemplate => ({
  template: {
    uriTemplate: BRAND_URI,
    name: 'brand',
    title: 'Brand',
    description: 'A brand of this tenant: its name, shop, currency and time zone.',
    mimeType: JSON_TYPE,
  },
  list: async (cursor) => {
    const { brands, next_cursor } = BrandsPage.parse(
      await askPage({ limit: 100, ...(cursor !== undefined && { cursor }) }),
    )
    const resources = brands.map(({ id, name, currency, time_zone }) => ({
      uri: BRAND_URI.replace('{id}', id),
      name,
      description: `Brand in ${currency}, ${time_zone}.`,
      mimeType: JSON_TYPE,
    }))
    return { resources, ...(next_cursor !== null && { nextCursor: next_cursor }) }
  },
  read: async (uri, { id }) => contents(uri, await askOne({ id })),
})

const contents = (uri: string, answer: object): ReadResourceResult => ({
  contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(answer) }],
})
