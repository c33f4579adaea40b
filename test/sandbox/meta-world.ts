import type { MetaInsight, MetaStore, Store, World } from '../../scripts/sandbox/world.ts'

export const TOKEN = 'EAABtoken1'

export const insight = (row: Partial<MetaInsight> & { date_start: string }): MetaInsight => ({
  campaign_id: '120208325579370399',
  campaign_name: 'Prospecting',
  spend: '100.00',
  impressions: '10000',
  clicks: '200',
  purchases: 100,
  purchase_value: '5000.00',
  ...row,
})

export const account = (meta: Partial<MetaStore> = {}): MetaStore => ({
  account_id: '212551616838260',
  access_token: TOKEN,
  revoked: false,
  account: {
    name: 'Acme Ads',
    account_status: 1,
    currency: 'USD',
    timezone_name: 'America/New_York',
    amount_spent: '39125',
    business: { id: '1506473679510495', name: 'Acme' },
  },
  campaigns: [],
  insights: [],
  ...meta,
})

export const campaign = (fields: Record<string, unknown>) => ({
  id: '120208325579370399',
  name: 'Prospecting',
  objective: 'OUTCOME_SALES',
  status: 'ACTIVE',
  effective_status: 'ACTIVE',
  updated_time: '2026-10-01T12:00:00-0400',
  ...fields,
})

/** A world of these accounts whose clock stands at `now` until the test moves it. */
export function worldOf(now: string, ...accounts: (MetaStore | null)[]): World & { clock: { now: string } } {
  const clock = { now }
  return { clock, now: () => new Date(clock.now), stores: accounts.map((meta, index) => storeOf(meta, index)) }
}

const storeOf = (meta: MetaStore | null, index: number): Store => ({
  tenant: 'tenant-1',
  brand: `brand-${index}`,
  currency: 'USD',
  time_zone: 'America/New_York',
  shopify: {
    domain: 'acme.myshopify.com',
    access_token: 'shpat_1',
    bucket: { maximumAvailable: 20_000, restoreRate: 1000 },
    shop: {},
    orders: [],
    products: [],
  },
  meta,
  google_ads: null,
  tiktok: null,
})
