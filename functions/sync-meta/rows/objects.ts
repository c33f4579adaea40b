import type { Row } from '../../../shared/db/tables.ts'
import type { Parsed } from '../../../shared/sync/ad-account.ts'
import { type Counter, counter, nodesOf } from '../../../shared/sync/nodes.ts'
import type { Account } from '../rows.ts'
import { AdSetNode, CampaignNode } from './nodes.ts'

export const CAMPAIGN_STATUSES = 'ACTIVE PAUSED DELETED ARCHIVED IN_PROCESS WITH_ISSUES'.split(' ')
export const AD_SET_STATUSES = [...CAMPAIGN_STATUSES, 'CAMPAIGN_PAUSED']
const OBJECTIVES = new Set(
  (
    'OUTCOME_APP_PROMOTION OUTCOME_AWARENESS OUTCOME_ENGAGEMENT OUTCOME_LEADS OUTCOME_SALES OUTCOME_TRAFFIC ' +
    'APP_INSTALLS BRAND_AWARENESS CONVERSIONS EVENT_RESPONSES LEAD_GENERATION LINK_CLICKS LOCAL_AWARENESS MESSAGES ' +
    'OFFER_CLAIMS PAGE_LIKES POST_ENGAGEMENT PRODUCT_CATALOG_SALES REACH STORE_VISITS VIDEO_VIEWS'
  ).split(' '),
)

/** Campaigns; budgets in micros of the account's currency, null where the campaign has none (its ad sets have). */
export function campaignRows(nodes: readonly unknown[], { currency }: Account, fetched_at: string): Parsed {
  const drift = counter('Meta', 'campaigns')
  const campaigns = nodesOf(CampaignNode, nodes, drift).map((node): Row<'campaigns'> => {
    if (node.objective !== undefined && !OBJECTIVES.has(node.objective)) drift.add(`objective=${node.objective}`)
    return {
      provider: 'meta',
      campaign_id: node.id,
      account_id: node.account_id,
      name: node.name,
      status: statusOf(node, CAMPAIGN_STATUSES, drift),
      objective: node.objective ?? null,
      ...budgetsOf(node, currency),
      started_at: node.start_time ?? null,
      stopped_at: node.stop_time ?? null,
      updated_at: node.updated_time ?? null,
      fetched_at,
    }
  })
  return { rows: { campaigns }, drift: drift.counts }
}

/** Ad sets; budgets as those of campaigns, null where the campaign has them. */
export function adSetRows(nodes: readonly unknown[], { currency }: Account, fetched_at: string): Parsed {
  const drift = counter('Meta', 'ad_sets')
  const ad_sets = nodesOf(AdSetNode, nodes, drift).map(
    (node): Row<'ad_sets'> => ({
      provider: 'meta',
      ad_set_id: node.id,
      campaign_id: node.campaign_id,
      account_id: node.account_id,
      name: node.name,
      status: statusOf(node, AD_SET_STATUSES, drift),
      ...budgetsOf(node, currency),
      started_at: node.start_time ?? null,
      stopped_at: node.end_time ?? null,
      updated_at: node.updated_time ?? null,
      fetched_at,
    }),
  )
  return { rows: { ad_sets }, drift: drift.counts }
}

type States = { effective_status?: string | undefined; status?: string | undefined }

function statusOf(node: States, known: readonly string[], drift: Counter): string | null {
  const status = node.effective_status ?? node.status ?? null
  if (status !== null && !known.includes(status)) drift.add(`status=${status}`)
  return status
}

type Budgets = { daily_budget?: string | undefined; lifetime_budget?: string | undefined }

const budgetsOf = ({ daily_budget, lifetime_budget }: Budgets, currency: string) => ({
  daily_budget_micros: budgetMicros(daily_budget, currency),
  lifetime_budget_micros: budgetMicros(lifetime_budget, currency),
  currency,
})

/**
 * Meta counts these currencies' budgets in whole units and all others in hundredths, whatever ISO 4217 says: forint and
 * rupiah are whole here, dinars of three decimals are in hundredths. Source: Marketing API, Currencies, 2026.
 */
const WHOLE_UNITS = new Set('CLP COP CRC HUF IDR ISK JPY KRW PYG TWD VND'.split(' '))

/** "0" is how an unset budget is written: no real one can be. */
function budgetMicros(minor: string | undefined, currency: string): bigint | null {
  const amount = BigInt(minor ?? 0)
  return amount === 0n ? null : amount * (WHOLE_UNITS.has(currency) ? 1_000_000n : 10_000n)
}
