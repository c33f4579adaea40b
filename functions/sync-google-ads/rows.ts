import type { Row } from '../../shared/db/tables.ts'
import { AppError } from '../../shared/errors.ts'
import type { Parsed } from '../../shared/sync/ad-account.ts'
import type { Total } from '../../shared/sync/connector.ts'
import { type Counter, counter, nodesOf, noteUnknown, refused } from '../../shared/sync/nodes.ts'
import { isCurrency, isTimeZone, roundedMicros } from '../../shared/units.ts'
import { MANAGER_REFUSED } from './client/verdicts.ts'
import { CAMPAIGNS, CUSTOMER, METRICS, PURCHASES, type PurchasesNode, SPEND } from './rows/nodes.ts'
import { instantOf } from './rows/wall-time.ts'

/** The account's row, and what the rows of its campaigns and days are read with. */
export type Account = Parsed & { accountId: string; currency: string; timeZone: string }

const PROVIDER = 'Google Ads'
const ACCOUNT_STATUSES = new Set('ENABLED CANCELED SUSPENDED CLOSED'.split(' '))
const STATUSES = new Set('ENABLED PAUSED REMOVED'.split(' '))
const CHANNELS = new Set(
  'SEARCH DISPLAY SHOPPING HOTEL VIDEO MULTI_CHANNEL LOCAL SMART PERFORMANCE_MAX LOCAL_SERVICES TRAVEL DEMAND_GEN'.split(
    ' ',
  ),
)

/**
 * The account's row. Throws PROVIDER_REJECTED for a manager, PROVIDER_BAD_RESPONSE when its days could not be cut: an
 * unknown time zone.
 */
export function readAccount(nodes: readonly unknown[], fetched_at: string): Account {
  const drift = counter(PROVIDER, 'customer')
  const [{ customer } = { customer: null }] = nodesOf(CUSTOMER.node, nodes, drift)
  if (customer?.manager) throw new AppError('PROVIDER_REJECTED', MANAGER_REFUSED)
  if (!customer || !isTimeZone(customer.timeZone)) throw refused(drift, ['customer.timeZone'])
  const { id: account_id, currencyCode: currency, timeZone: time_zone, status = null } = customer
  if (!isCurrency(currency)) drift.add(`currency=${currency}`)
  noteUnknown(drift, { status }, ACCOUNT_STATUSES)
  const name = customer.descriptiveName || account_id
  const row = { account_id, name, currency, time_zone, status, fetched_at }
  const rows = { ad_accounts: [{ provider: 'google-ads', ...row }] }
  return { rows, drift: drift.counts, accountId: account_id, currency, timeZone: time_zone }
}

/** Campaigns; a budget is of a day or of the whole run, null where there is none of the kind. */
export function campaignRows(nodes: readonly unknown[], account: Account, fetched_at: string): Parsed {
  const drift = counter(PROVIDER, 'campaigns')
  const campaigns = nodesOf(CAMPAIGNS.node, nodes, drift).map(({ campaign, campaignBudget }): Row<'campaigns'> => {
    const { status = null, advertisingChannelType: objective = null } = campaign
    noteUnknown(drift, { status }, STATUSES)
    noteUnknown(drift, { advertisingChannelType: objective }, CHANNELS)
    return {
      provider: 'google-ads',
      campaign_id: campaign.id,
      account_id: account.accountId,
      name: campaign.name || campaign.id,
      status,
      objective,
      daily_budget_micros: campaignBudget?.amountMicros || null,
      lifetime_budget_micros: campaignBudget?.totalAmountMicros || null,
      currency: account.currency,
      started_at: instantOf(campaign.startDateTime, account.timeZone),
      stopped_at: instantOf(campaign.endDateTime, account.timeZone),
      updated_at: null,
      fetched_at,
    }
  })
  return { rows: { campaigns }, drift: drift.counts }
}

type Found = { metrics: readonly unknown[]; purchases: readonly unknown[]; fetchedAt: string }

/**
 * A campaign's days in the account's time zone: what either query has. A day without purchases claims 0; one with
 * purchases alone, whose impressions Google no longer counts, is kept with nothing spent. Throws PROVIDER_BAD_RESPONSE when
 * a query has a day twice: which of them counts, nobody knows.
 */
export function dayRows({ metrics, purchases, fetchedAt }: Found, account: Account): Parsed {
  const drift = counter(PROVIDER, 'daily_metrics')
  const delivered = byDay(nodesOf(METRICS.node, metrics, drift), drift)
  const bought = byDay(nodesOf(PURCHASES.node, purchases, drift), drift)
  const ad_performance = [...new Map([...bought, ...delivered])].map(([key, node]): Row<'ad_performance'> => {
    const { costMicros = 0n, impressions = 0n, clicks = 0n } = delivered.get(key)?.metrics ?? {}
    return {
      provider: 'google-ads',
      campaign_id: node.campaign.id,
      day: node.segments.date,
      account_id: account.accountId,
      campaign_name: node.campaign.name || node.campaign.id,
      currency: account.currency,
      spend_micros: costMicros,
      impressions,
      clicks,
      ...claims(bought.get(key)),
      fetched_at: fetchedAt,
    }
  })
  return { rows: { ad_performance }, drift: drift.counts }
}

/** What the account itself says it spent, of days that had any. */
export const spendTotals = (nodes: readonly unknown[]): Total[] =>
  nodesOf(SPEND.node, nodes, counter(PROVIDER, 'spend')).map(({ customer, segments, metrics }) => ({
    day: segments.date,
    value: metrics?.costMicros ?? 0n,
    currency: customer.currencyCode,
  }))

function claims(node: PurchasesNode | undefined) {
  const { conversions = '0', conversionsValue = '0' } = node?.metrics ?? {}
  return { claimed_conversions: conversions, claimed_value_micros: roundedMicros(conversionsValue) }
}

type DayNode = { campaign: { id: string }; segments: { date: string } }

function byDay<N extends DayNode>(nodes: readonly N[], drift: Counter): Map<string, N> {
  const found = new Map(nodes.map((node) => [`${node.campaign.id} ${node.segments.date}`, node]))
  if (found.size !== nodes.length) throw refused(drift, ['segments.date'])
  return found
}
