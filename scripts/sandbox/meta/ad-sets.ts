import { createHash } from 'node:crypto'
import { toMinor } from './currency.ts'
import { type AdvertisingStore, accountSettings, campaignsOf, digits, type GraphObject } from './objects.ts'

const AUDIENCES = ['Broad', 'Lookalike 1%', 'Visitors 30d']
const SMALLEST_BUDGET = 100
const PASSED_ON = ['configured_status', 'bid_strategy', 'start_time', 'created_time', 'updated_time']

/** One to three ad sets a campaign. Either the campaign has the budget or its ad sets share one, in minor units. */
export function adSetsOf(store: AdvertisingStore): GraphObject[] {
  const highest = highestSpends(store)
  return campaignsOf(store).flatMap((campaign) => {
    const audiences = AUDIENCES.slice(0, 1 + ((createHash('sha256').update(String(campaign.id)).digest()[0] ?? 0) % 3))
    const share = Math.ceil((highest.get(campaign.id) ?? 0) / audiences.length)
    const budgeted = campaign.daily_budget != null || campaign.lifetime_budget != null
    return audiences.map((audience) => ({
      ...Object.fromEntries(PASSED_ON.map((field) => [field, campaign[field]])),
      ...stateIn(campaign),
      id: digits(`adset/${campaign.id}/${audience}`, '1202'),
      account_id: store.meta.account_id,
      campaign_id: campaign.id,
      name: `${campaign.name} - ${audience}`,
      ...(budgeted ? {} : { daily_budget: String(Math.max(SMALLEST_BUDGET, share)) }),
      end_time: campaign.stop_time,
      billing_event: 'IMPRESSIONS',
      optimization_goal: 'OFFSITE_CONVERSIONS',
      attribution_spec: [
        { event_type: 'CLICK_THROUGH', window_days: 7 },
        { event_type: 'VIEW_THROUGH', window_days: 1 },
      ],
    }))
  })
}

/** An ad set stays as it is when its campaign is paused; that it stands still is only said by `effective_status`. */
const stateIn = ({ status, effective_status }: GraphObject): GraphObject =>
  effective_status === 'PAUSED'
    ? { status: 'ACTIVE', effective_status: 'CAMPAIGN_PAUSED' }
    : { status, effective_status }

/** The most that each campaign spent in a day, in minor units. */
function highestSpends(store: AdvertisingStore): Map<unknown, number> {
  const { currency } = accountSettings(store)
  const highest = new Map<unknown, number>()
  for (const { campaign_id, spend } of store.meta.insights)
    highest.set(campaign_id, Math.max(highest.get(campaign_id) ?? 0, toMinor(spend, currency)))
  return highest
}
