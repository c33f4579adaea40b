import type { Store, TikTokCampaign, TikTokReport, TikTokStore, World } from '../../scripts/sandbox/world.ts'

export const TOKEN = '71c70c0123456789abcdef0123456789abcdef01'
/** More than a double can hold. */
export const ADVERTISER_ID = '7002238017842757633'
export const CAMPAIGN_ID = '1790000000000000001'

type Row = { day: string; campaign_id?: string; metrics?: TikTokReport['metrics'] }

export const report = ({ day, campaign_id = CAMPAIGN_ID, metrics }: Row): TikTokReport => ({
  dimensions: { campaign_id, stat_time_day: `${day} 00:00:00` },
  metrics: {
    campaign_name: 'Spark Ads',
    spend: '100.00',
    impressions: '10000',
    clicks: '200',
    complete_payment: '100',
    total_complete_payment_rate: '5000.00',
    total_purchase: '-',
    total_purchase_value: '-',
    onsite_shopping: '0',
    total_onsite_shopping_value: '0.00',
    ...metrics,
  },
})

export const campaign = (fields: Partial<TikTokCampaign> = {}): TikTokCampaign => ({
  campaign_id: CAMPAIGN_ID,
  campaign_name: 'Spark Ads',
  objective_type: 'WEB_CONVERSIONS',
  budget: 50,
  budget_mode: 'BUDGET_MODE_DAY',
  operation_status: 'ENABLE',
  secondary_status: 'CAMPAIGN_STATUS_ENABLE',
  create_time: '2026-10-01 12:00:00',
  modify_time: '2026-10-02 12:00:00',
  ...fields,
})

export const advertiser = (tiktok: Partial<TikTokStore> = {}): TikTokStore => ({
  advertiser_id: ADVERTISER_ID,
  access_token: TOKEN,
  revoked: false,
  advertiser: {
    name: 'Acme Ads',
    currency: 'USD',
    timezone: 'Etc/GMT+5',
    display_timezone: 'America/New_York',
    status: 'STATUS_ENABLE',
    company: 'Acme',
    create_time: 1630335591,
  },
  campaigns: [],
  reports: [],
  ...tiktok,
})

/** A world of these advertisers whose clock stands at `now` until the test moves it. */
export function worldOf(now: string, ...advertisers: (TikTokStore | null)[]): World & { clock: { now: string } } {
  const clock = { now }
  return { clock, now: () => new Date(clock.now), stores: advertisers.map(storeOf) }
}

const storeOf = (tiktok: TikTokStore | null, index: number): Store => ({
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
  meta: null,
  google_ads: null,
  tiktok,
})
