import * as z from 'zod'
import type { Row } from '../../shared/db/tables.ts'
import type { Parsed } from '../../shared/sync/ad-account.ts'
import type { Total } from '../../shared/sync/connector.ts'
import { type Counter, counter, nodesOf, refused } from '../../shared/sync/nodes.ts'
import { isCurrency, isTimeZone, roundedMicros } from '../../shared/units.ts'
import { AccountNode, type Actions, InsightNode, SpendNode } from './rows/nodes.ts'

/** The account's row, and what the rows of its campaigns and days are read with. */
export type Account = Parsed & { currency: string; timeZone: string }

const ACCOUNT_STATUSES: Readonly<Record<number, string>> = {
  1: 'ACTIVE',
  2: 'DISABLED',
  3: 'UNSETTLED',
  7: 'PENDING_RISK_REVIEW',
  8: 'PENDING_SETTLEMENT',
  9: 'IN_GRACE_PERIOD',
  100: 'PENDING_CLOSURE',
  101: 'CLOSED',
  201: 'ANY_ACTIVE',
  202: 'ANY_CLOSED',
}
/** Every purchase is reported under each of these: the first that is there counts alone, sums would count it thrice. */
const PURCHASES = ['omni_purchase', 'purchase', 'offsite_conversion.fb_pixel_purchase']

/** The account's row. Throws PROVIDER_BAD_RESPONSE when its days could not be cut: an unknown time zone. */
export function readAccount(json: unknown, fetched_at: string): Account {
  const drift = counter('Meta', 'account')
  const [node] = nodesOf(AccountNode, [json], drift)
  if (!node || !isTimeZone(node.timezone_name)) throw refused(drift, ['timezone_name'])
  const { account_id, currency, account_status: number, timezone_name: time_zone } = node
  const status = number === undefined ? null : (ACCOUNT_STATUSES[number] ?? String(number))
  if (number !== undefined && !ACCOUNT_STATUSES[number]) drift.add(`account_status=${number}`)
  if (!isCurrency(currency)) drift.add(`currency=${currency}`)
  const row = { account_id, name: node.name ?? account_id, currency, time_zone, status, fetched_at }
  return { rows: { ad_accounts: [{ provider: 'meta', ...row }] }, drift: drift.counts, currency, timeZone: time_zone }
}

/**
 * A campaign's days in the account's time zone. Spend comes in major units, unlike budgets. What is absent is 0, also
 * purchases: Meta leaves zeros out, so that "none" and "not measured" look the same.
 */
export function insightRows(nodes: readonly unknown[], fetched_at: string): Parsed {
  const drift = counter('Meta', 'daily_insights')
  const ad_performance = nodesOf(InsightNode, nodes, drift).map((node): Row<'ad_performance'> => {
    if (node.date_start !== node.date_stop) throw refused(drift, ['date_stop'])
    return {
      provider: 'meta',
      campaign_id: node.campaign_id,
      day: node.date_start,
      account_id: node.account_id,
      campaign_name: node.campaign_name,
      currency: node.account_currency,
      spend_micros: roundedMicros(node.spend ?? '0'),
      impressions: BigInt(node.impressions ?? 0),
      clicks: BigInt(node.clicks ?? 0),
      ...claims(node, drift),
      fetched_at,
    }
  })
  return { rows: { ad_performance }, drift: drift.counts }
}

/** The account's own spend by day. */
export function spendTotals(json: unknown): Total[] {
  const list = z.object({ data: z.array(z.unknown()) }).safeParse(json)
  const source = counter('Meta', 'spend')
  if (!list.success) throw refused(source, ['data'])
  return nodesOf(SpendNode, list.data.data, source).map(({ date_start: day, spend = '0', account_currency }) => ({
    day,
    value: roundedMicros(spend),
    currency: account_currency,
  }))
}

function claims({ actions = [], action_values = [] }: InsightNode, drift: Counter) {
  const type = PURCHASES.find((name) => [...actions, ...action_values].some(({ action_type }) => action_type === name))
  const valueIn = (list: z.output<typeof Actions>): string | undefined => {
    const [found, ...more] = list.filter(({ action_type }) => action_type === type)
    if (more.length > 0) throw refused(drift, ['actions'])
    return found?.value
  }
  return {
    claimed_conversions: valueIn(actions) ?? '0',
    claimed_value_micros: roundedMicros(valueIn(action_values) ?? '0'),
  }
}
