import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { blocks, exists, jsonFile, type Line, rows, streamPath } from './recorded-files.ts'
import { recordedTikTok } from './tiktok/recorded.ts'
import { topLevel } from './top-level.ts'
import type { GoogleAdsRow, GoogleAdsStore, MetaStore, Nodes, ShopifyStore, Store } from './world.ts'

const Shop = z.looseObject({
  name: z.string().min(1),
  myshopifyDomain: z.string().endsWith('.myshopify.com'),
  currencyCode: z.string().regex(/^[A-Z]{3}$/, 'expected three capital letters such as "USD"'),
  ianaTimezone: z.string().refine(isTimeZone, 'no time zone of the IANA list'),
})
const Account = z.looseObject({ account_id: z.string() })
const Campaign = z.record(z.string(), z.unknown())
const Insight = z.looseObject({
  campaign_id: z.string(),
  campaign_name: z.string(),
  date_start: z.string(),
  spend: z.string(),
  impressions: z.string().default('0'),
  clicks: z.string().default('0'),
  purchases: z.number().default(0),
  purchase_value: z.string().default('0'),
})
const int64 = z.string().regex(/^-?\d+$/)
const Customer = z.looseObject({ id: int64, currencyCode: z.string(), timeZone: z.string().refine(isTimeZone) })
const GoogleAdsCampaign: z.ZodType<GoogleAdsRow> = z.looseObject({
  campaign: z.looseObject({ id: int64 }),
  campaignBudget: z.looseObject({}).exactOptional(),
})
const GoogleAdsDay: z.ZodType<GoogleAdsRow> = z.looseObject({
  campaign: z.looseObject({ id: int64 }),
  segments: z.looseObject({ date: z.iso.date(), conversionActionCategory: z.string().exactOptional() }),
  metrics: z.record(z.string(), z.union([int64, z.number()])),
})

// A fast plan, not no plan: limits stay part of what is tried.
const BUCKET = { maximumAvailable: 20_000, restoreRate: 500_000 }
const TOKEN = 'shpat_recorded'
const IDENTITY = ['id', 'updatedAt'] as const

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function nodeOf({ text, where }: Line): Nodes[number] {
  const { strings, balanced } = topLevel(text, IDENTITY)
  const { id, updatedAt } = strings
  if (!balanced) throw new Error(`${where}: not one whole JSON object`)
  if (!id || !updatedAt) throw new Error(`${where}: a node needs "id" and "updatedAt"`)
  const ms = Date.parse(updatedAt)
  if (Number.isNaN(ms)) throw new Error(`${where}: "updatedAt" is no instant: ${updatedAt}`)
  return { id, updatedAt: new Date(ms).toISOString(), json: text }
}

/** Nodes of a recorded stream, oldest `updatedAt` first; [] when there is no such file. */
async function nodes(folder: string, stream: string): Promise<Nodes> {
  const path = await streamPath(folder, stream)
  if (path === null) return []
  const found: Nodes[number][] = []
  for await (const lines of blocks(path)) for (const line of lines) found.push(nodeOf(line))
  return found.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0))
}

async function recordedMeta(folder: string): Promise<MetaStore | null> {
  if (!(await exists(join(folder, 'account.json')))) return null
  const account = await jsonFile(join(folder, 'account.json'), Account)
  const insights = await rows(folder, 'insights', Insight)
  return {
    account_id: account.account_id,
    access_token: 'EAABrecorded',
    revoked: false,
    account,
    campaigns: await rows(folder, 'campaigns', Campaign),
    insights: insights.sort((a, b) => (a.date_start < b.date_start ? -1 : a.date_start > b.date_start ? 1 : 0)),
  }
}

async function recordedGoogleAds(folder: string): Promise<GoogleAdsStore | null> {
  if (!(await exists(join(folder, 'customer.json')))) return null
  const customer = await jsonFile(join(folder, 'customer.json'), Customer)
  const metrics = await rows(folder, 'metrics', GoogleAdsDay)
  const dayOf = ({ segments }: GoogleAdsRow): string => segments?.date ?? ''
  return {
    customer_id: customer.id,
    revoked: false,
    manager: null,
    customer,
    campaigns: await rows(folder, 'campaigns', GoogleAdsCampaign),
    metrics: metrics.sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : dayOf(a) > dayOf(b) ? 1 : 0)),
  }
}

async function recordedShopify(folder: string, shop: z.output<typeof Shop>): Promise<ShopifyStore> {
  return {
    domain: shop.myshopifyDomain,
    access_token: TOKEN,
    bucket: BUCKET,
    shop,
    orders: await nodes(folder, 'orders'),
    products: await nodes(folder, 'products'),
  }
}

/**
 * A folder of recorded nodes as stores of the tenant "Recorded": `<dir>/shopify/{shop.json, orders.jsonl[.gz], …}`,
 * `<dir>/meta/{account.json, …}`, `<dir>/google-ads/{customer.json, campaigns.jsonl[.gz], metrics.jsonl[.gz]}` (a result
 * row a line) and `<dir>/tiktok/{advertiser.json, …}`, or one such folder per brand. Throws with file and line for a line that is no node.
 */
export async function recordedStores(dir: string): Promise<Store[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Error(
      `${dir}: no folder that can be read; it should hold shopify/shop.json and shopify/orders.jsonl[.gz].`,
      { cause },
    )
  })
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name))
  const stores: Store[] = []
  for (const folder of [dir, ...inside]) {
    const file = join(folder, 'shopify', 'shop.json')
    if (!(await exists(file))) continue
    const shop = await jsonFile(file, Shop)
    stores.push({
      tenant: 'Recorded',
      brand: shop.name,
      currency: shop.currencyCode,
      time_zone: shop.ianaTimezone,
      shopify: await recordedShopify(join(folder, 'shopify'), shop),
      meta: await recordedMeta(join(folder, 'meta')),
      google_ads: await recordedGoogleAds(join(folder, 'google-ads')),
      tiktok: await recordedTikTok(join(folder, 'tiktok')),
    })
  }
  if (stores.length === 0) throw new Error(`${dir}: no shopify/shop.json in it.`)
  return stores
}
