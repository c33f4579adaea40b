import * as z from 'zod'
import type { TikTokCampaign } from '../world.ts'
import { type Page, pageOf } from './paging.ts'
import { checkNames, checkServed, jsonParameter, namesIn, type Parameters } from './parameters.ts'
import type { AdvertisingStore } from './stores.ts'

const FIELDS = new Set(
  (
    'campaign_id campaign_name advertiser_id objective_type objective budget budget_mode operation_status secondary_status ' +
    'create_time modify_time campaign_type app_promotion_type rf_campaign_type is_smart_performance_campaign ' +
    'is_search_campaign is_new_structure roas_bid deep_bid_type special_industries'
  ).split(' '),
)
const Filtering = z.strictObject({
  secondary_status: z.string().exactOptional(),
  campaign_ids: z.array(z.string()).min(1).max(100).exactOptional(),
})
const ALL = 'CAMPAIGN_STATUS_ALL'
const NOT_DELETED = 'CAMPAIGN_STATUS_NOT_DELETE'
const DELETED = 'CAMPAIGN_STATUS_DELETE'

/** `campaign/get/`: without a status in the filter no deleted ones. */
export function campaignsPage({ tiktok }: AdvertisingStore, query: Parameters): Page<object> {
  checkServed(query, ['advertiser_id', 'fields', 'filtering', 'page', 'page_size'])
  const fields = namesIn(query, 'fields')
  if (fields) checkNames(fields, FIELDS, 'fields')
  const { secondary_status = NOT_DELETED, campaign_ids } = jsonParameter(query, 'filtering', Filtering) ?? {}
  const kept = tiktok.campaigns.filter(
    (campaign) => hasStatus(campaign, secondary_status) && (campaign_ids?.includes(campaign.campaign_id) ?? true),
  )
  return pageOf(kept, query, (campaign) => selected({ ...campaign, advertiser_id: tiktok.advertiser_id }, fields))
}

function hasStatus(campaign: TikTokCampaign, asked: string): boolean {
  if (asked === ALL) return true
  if (asked === NOT_DELETED) return campaign.secondary_status !== DELETED
  return campaign.secondary_status === asked
}

/** The fields asked for that the node has; all without such a list. */
export const selected = (node: Readonly<Record<string, unknown>>, fields: readonly string[] | null): object =>
  fields === null ? node : Object.fromEntries(fields.filter((name) => name in node).map((name) => [name, node[name]]))
