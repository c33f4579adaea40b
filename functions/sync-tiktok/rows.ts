import * as z from 'zod'
import type { Row } from '../../shared/db/tables.ts'
import { AppError } from '../../shared/errors.ts'
import type { Parsed } from '../../shared/sync/ad-account.ts'
import type { Total } from '../../shared/sync/connector.ts'
import { type Counter, counter, nodesOf, noteUnknown, refused } from '../../shared/sync/nodes.ts'
import { isCurrency, isTimeZone, roundedMicros } from '../../shared/units.ts'
import type { Answer } from './client/api.ts'
import { AdvertiserNode, CampaignNode, type Metrics, ReportNode, SpendNode } from './rows/nodes.ts'

/** The advertiser's row, and what the rows of its campaigns and days are read with. */
export type Account = Parsed & { accountId: string; currency: string; timeZone: string }

const PROVIDER = 'TikTok'
const named = (prefix: string, names: string): Set<string> => new Set(names.split(' ').map((name) => prefix + name))
const ACCOUNT_STATUSES = named(
  'STATUS_',
  'ENABLE DISABLE LIMIT PENDING_CONFIRM PENDING_VERIFIED CONFIRM_FAIL CONFIRM_FAIL_END PENDING_CONFIRM_MODIFY ' +
    'CONFIRM_MODIFY_FAIL WAIT_FOR_BPM_AUDIT WAIT_FOR_PUBLIC_AUTH SELF_SERVICE_UNAUDITED CONTRACT_PENDING',
)
const CAMPAIGN_STATUSES = named(
  'CAMPAIGN_STATUS_',
  'ENABLE DISABLE DELETE BUDGET_EXCEED ADVERTISER_AUDIT ADVERTISER_AUDIT_DENY ADVERTISER_CONTRACT_PENDING',
)
const OBJECTIVES = named(
  '',
  'APP_INSTALL APP_PROMOTION CATALOG_SALES CONVERSIONS ENGAGEMENT LEAD_GENERATION PRODUCT_SALES REACH RF_REACH ' +
    'SHOP_PURCHASES TRAFFIC VIDEO_VIEWS WEB_CONVERSIONS',
)
/** Where purchases happen: on the web, in an app, in TikTok's shop. An order is in one of them. */
const LEGS = [
  ['complete_payment', 'total_complete_payment_rate'],
  ['total_purchase', 'total_purchase_value'],
  ['onsite_shopping', 'total_onsite_shopping_value'],
] as const

const List = z.object({ list: z.array(z.unknown()) })

function listOf({ data }: Answer, source: Counter): readonly unknown[] {
  const found = List.safeParse(data)
  if (!found.success) throw refused(source, ['list'])
  return found.data.list
}

/**
 * The advertiser's row. Throws PROVIDER_NOT_FOUND when it is not in the answer, PROVIDER_BAD_RESPONSE when its days could
 * not be cut: an unknown time zone.
 */
export function readAccount(answer: Answer, account_id: string): Account {
  const drift = counter(PROVIDER, 'advertiser')
  const nodes = nodesOf(AdvertiserNode, listOf(answer, drift), drift)
  const node = nodes.find(({ advertiser_id }) => advertiser_id === account_id)
  if (!node) throw new AppError('PROVIDER_NOT_FOUND', 'TikTok does not know the ad account.')
  const { currency, display_timezone: time_zone, status = null } = node
  if (!isTimeZone(time_zone)) throw refused(drift, ['display_timezone'])
  if (!isCurrency(currency)) drift.add(`currency=${currency}`)
  noteUnknown(drift, { status }, ACCOUNT_STATUSES)
  const row = { account_id, name: node.name || account_id, currency, time_zone, status, fetched_at: answer.fetchedAt }
  const rows = { ad_accounts: [{ provider: 'tiktok', ...row }] }
  return { rows, drift: drift.counts, accountId: account_id, currency, timeZone: time_zone }
}

/** Campaigns; budgets in micros of the account's currency, null where the campaign has none (its ad groups have). */
export function campaignRows(nodes: readonly unknown[], account: Account, fetched_at: string): Parsed {
  const drift = counter(PROVIDER, 'campaigns')
  const campaigns = nodesOf(CampaignNode, nodes, drift).map((node): Row<'campaigns'> => {
    const { objective_type = null, secondary_status = null } = node
    noteUnknown(drift, { objective_type }, OBJECTIVES)
    noteUnknown(drift, { secondary_status }, CAMPAIGN_STATUSES)
    return {
      provider: 'tiktok',
      campaign_id: node.campaign_id,
      account_id: account.accountId,
      name: node.campaign_name,
      status: secondary_status ?? node.operation_status ?? null,
      objective: objective_type,
      ...budgets(node, drift),
      currency: account.currency,
      // A campaign may run from its creation on; only its ad groups have times.
      started_at: node.create_time ?? null,
      stopped_at: null,
      updated_at: node.modify_time ?? null,
      fetched_at,
    }
  })
  return { rows: { campaigns }, drift: drift.counts }
}

const BUDGETS: Readonly<Record<string, 'daily' | 'lifetime' | 'none'>> = {
  BUDGET_MODE_DAY: 'daily',
  BUDGET_MODE_DYNAMIC_DAILY_BUDGET: 'daily',
  BUDGET_MODE_TOTAL: 'lifetime',
  BUDGET_MODE_INFINITE: 'none',
}

/** In major units, unlike Meta's. 0 is how an unset one is written: no real one can be. */
function budgets({ budget, budget_mode: mode }: CampaignNode, drift: Counter) {
  const kind = BUDGETS[mode ?? 'BUDGET_MODE_INFINITE']
  if (!kind) drift.add(`budget_mode=${mode}`)
  const micros = roundedMicros(budget ?? '0') || null
  return {
    daily_budget_micros: kind === 'daily' ? micros : null,
    lifetime_budget_micros: kind === 'lifetime' ? micros : null,
  }
}

/** A campaign's days in the account's time zone. Claims are null where no leg of purchases is measured. */
export function reportRows(nodes: readonly unknown[], account: Account, fetched_at: string): Parsed {
  const drift = counter(PROVIDER, 'daily_report')
  const ad_performance = nodesOf(ReportNode, nodes, drift).map(
    ({ dimensions, metrics }): Row<'ad_performance'> => ({
      provider: 'tiktok',
      campaign_id: dimensions.campaign_id,
      day: dimensions.stat_time_day,
      account_id: account.accountId,
      campaign_name: metrics.campaign_name || dimensions.campaign_id,
      currency: account.currency,
      spend_micros: roundedMicros(metrics.spend ?? '0'),
      impressions: metrics.impressions ?? 0n,
      clicks: metrics.clicks ?? 0n,
      ...claims(metrics),
      fetched_at,
    }),
  )
  return { rows: { ad_performance }, drift: drift.counts }
}

/** The advertiser's own spend by day. */
export function spendTotals(answer: Answer, { currency }: Account): Total[] {
  const source = counter(PROVIDER, 'spend')
  return nodesOf(SpendNode, listOf(answer, source), source).map(({ dimensions, metrics }) => ({
    day: dimensions.stat_time_day,
    value: roundedMicros(metrics.spend ?? '0'),
    currency,
  }))
}

function claims(metrics: Metrics): Pick<Row<'ad_performance'>, 'claimed_conversions' | 'claimed_value_micros'> {
  const counts = LEGS.flatMap(([count]) => metrics[count] ?? [])
  const values = LEGS.flatMap(([, value]) => metrics[value] ?? [])
  return {
    claimed_conversions: counts.length === 0 ? null : String(sum(counts)),
    claimed_value_micros: values.length === 0 ? null : sum(values.map(roundedMicros)),
  }
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n)
