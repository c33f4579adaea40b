import { createHash } from 'node:crypto'
import type { MetaStore, Store } from '../world.ts'
import { invalidParameter } from './errors.ts'
import { type Parameters, requestedFields } from './parameters.ts'

export type GraphObject = Record<string, unknown>
/** A store that has a Meta account. */
export type AdvertisingStore = Store & { meta: MetaStore }

const list = (names: string) => new Set(names.split(' '))

/** Meta's names for the node types, as its errors show them, and the fields of each that are served. */
export const NODE_TYPES = {
  User: list('id name'),
  AdAccount: list(
    'id account_id name account_status age currency timezone_id timezone_name timezone_offset_hours_utc business ' +
      'business_name business_country_code amount_spent balance spend_cap disable_reason created_time min_daily_budget',
  ),
  AdCampaignGroup: list(
    'id account_id name objective status configured_status effective_status buying_type bid_strategy daily_budget ' +
      'lifetime_budget budget_remaining budget_rebalance_flag smart_promotion_type source_campaign_id ' +
      'special_ad_category special_ad_categories start_time stop_time created_time updated_time',
  ),
  AdCampaign: list(
    'id account_id name campaign_id status configured_status effective_status daily_budget lifetime_budget ' +
      'budget_remaining bid_strategy billing_event optimization_goal attribution_spec promoted_object ' +
      'start_time end_time created_time updated_time',
  ),
}

/** Copies the fields asked for, and the ids always; what an object does not have is absent, as on the wire. */
export function selection(query: Parameters, type: keyof typeof NODE_TYPES, ids: readonly string[] = ['id']) {
  const fields = [...new Set([...(requestedFields(query) ?? ids), 'id'])]
  const unknown = fields.find((field) => !NODE_TYPES[type].has(field))
  if (unknown) throw invalidParameter(`Tried accessing nonexisting field (${unknown}) on node type (${type})`)
  return (object: GraphObject): GraphObject =>
    Object.fromEntries(fields.map((field) => [field, object[field]]).filter(([, value]) => value != null))
}

export const userOf = (token: string): GraphObject => ({
  id: digits(`user/${token}`, '1022'),
  name: 'Sandbox Advertiser',
})

export function accountOf({ meta, currency, time_zone, brand }: AdvertisingStore): GraphObject {
  const defaults = { name: brand, account_status: 1, currency, timezone_name: time_zone }
  return { ...defaults, ...meta.account, id: `act_${meta.account_id}`, account_id: meta.account_id }
}

/** The account's own zone and currency, else the brand's. */
export function accountSettings(store: AdvertisingStore): { currency: string; timeZone: string } {
  const { currency, timezone_name } = accountOf(store)
  return {
    currency: typeof currency === 'string' ? currency : store.currency,
    timeZone: typeof timezone_name === 'string' ? timezone_name : store.time_zone,
  }
}

export const campaignsOf = ({ meta }: AdvertisingStore): GraphObject[] =>
  meta.campaigns.map((campaign) => ({ ...campaign, account_id: meta.account_id }))

/** A numeric object id that depends on `name` alone. */
export function digits(name: string, prefix: string): string {
  const hash = createHash('sha256').update(name).digest().readBigUInt64BE()
  return prefix + String(hash % 10n ** 14n).padStart(14, '0')
}
