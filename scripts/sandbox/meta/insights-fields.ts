import { toMajor } from './currency.ts'
import type { GraphObject } from './objects.ts'
import type { ByWindow, Delivery } from './restatement.ts'

/** What a row's fields are written from. */
export type InsightsRow = {
  account: GraphObject
  /** null at account level. */
  campaign: GraphObject | null
  since: string
  until: string
  currency: string
  delivery: Delivery
  /** Attribution windows asked for. */
  windows: readonly string[]
}

/** Every purchase shows up under each of these types, so adding the types up counts it three times. */
const PURCHASE_TYPES = ['omni_purchase', 'purchase', 'offsite_conversion.fb_pixel_purchase']
/** People reached per impression; reach of several days or campaigns is not the sum of theirs. */
const REACH_SHARE = 0.83

type Field = (row: InsightsRow) => unknown
type ActionEntry = { action_type: string; value: string } & Record<string, string>

const account =
  (key: string): Field =>
  (row) =>
    row.account[key]
const campaign =
  (key: string): Field =>
  (row) =>
    row.campaign?.[key]
const reachOf = ({ delivery }: InsightsRow) => Math.ceil(delivery.impressions * REACH_SHARE)
const spendOf = (row: InsightsRow) => Number(toMajor(row.delivery.spend_minor, row.currency))
const count = (value: number) => (value === 0 ? undefined : String(value))
const ratio = (part: number, whole: number) =>
  part === 0 || whole === 0 ? undefined : String(Number((part / whole).toFixed(6)))
const entries = (list: readonly ActionEntry[]) => (list.length === 0 ? undefined : list)

/** All metrics are strings; undefined (zero, or not of this level) leaves the key out. */
export const INSIGHT_FIELDS = new Map<string, Field>(
  Object.entries<Field>({
    account_id: account('account_id'),
    account_name: account('name'),
    account_currency: (row) => row.currency,
    campaign_id: campaign('id'),
    campaign_name: campaign('name'),
    objective: campaign('objective'),
    buying_type: campaign('buying_type'),
    date_start: (row) => row.since,
    date_stop: (row) => row.until,
    spend: (row) => (row.delivery.spend_minor === 0 ? undefined : toMajor(row.delivery.spend_minor, row.currency)),
    impressions: (row) => count(row.delivery.impressions),
    clicks: (row) => count(row.delivery.clicks),
    inline_link_clicks: (row) => count(row.delivery.link_clicks),
    reach: (row) => count(reachOf(row)),
    frequency: (row) => ratio(row.delivery.impressions, reachOf(row)),
    ctr: (row) => ratio(row.delivery.clicks * 100, row.delivery.impressions),
    cpc: (row) => ratio(spendOf(row), row.delivery.clicks),
    cpm: (row) => ratio(spendOf(row) * 1000, row.delivery.impressions),
    cpp: (row) => ratio(spendOf(row) * 1000, reachOf(row)),
    cost_per_inline_link_click: (row) => ratio(spendOf(row), row.delivery.link_clicks),
    actions: (row) => entries([...linkClicks(row), ...purchases(row, PURCHASE_TYPES)]),
    action_values: (row) => entries(purchaseValues(row, PURCHASE_TYPES, (minor) => toMajor(minor, row.currency))),
    purchase_roas: (row) => entries(returnOnSpend(row, 'omni_purchase')),
    website_purchase_roas: (row) => entries(returnOnSpend(row, 'offsite_conversion.fb_pixel_purchase')),
  }),
)

/** The fields asked for, and always the row's dates. */
export function writeRow(row: InsightsRow, fields: readonly string[]): GraphObject {
  const names = [...new Set([...fields, 'date_start', 'date_stop'])]
  return Object.fromEntries(
    names.map((name) => [name, INSIGHT_FIELDS.get(name)?.(row)]).filter(([, value]) => value !== undefined),
  )
}

/** Clicks on the ad itself: whole in each click window, none by view. */
function linkClicks({ delivery, windows }: InsightsRow): ActionEntry[] {
  const clicks = delivery.link_clicks
  const byWindow = { value: clicks, '1d_click': clicks, '7d_click': clicks, '1d_view': 0 }
  return clicks === 0 ? [] : [entry('link_click', byWindow, { windows, write: String })]
}

function purchases({ delivery, windows }: InsightsRow, types: readonly string[]): ActionEntry[] {
  if (delivery.purchases.value === 0) return []
  return types.map((type) => entry(type, delivery.purchases, { windows, write: String }))
}

function purchaseValues(row: InsightsRow, types: readonly string[], write: (minor: number) => string): ActionEntry[] {
  if (row.delivery.purchase_value_minor.value === 0) return []
  return types.map((type) => entry(type, row.delivery.purchase_value_minor, { windows: row.windows, write }))
}

function returnOnSpend(row: InsightsRow, type: string): ActionEntry[] {
  if (row.delivery.spend_minor === 0) return []
  return purchaseValues(row, [type], (minor) => (minor / row.delivery.spend_minor).toFixed(6))
}

/** `value` and the windows asked for; a window is absent when nothing happened in it. */
function entry(
  type: string,
  numbers: ByWindow,
  { windows, write }: { windows: readonly string[]; write: (n: number) => string },
): ActionEntry {
  const byName: Record<string, number> = { ...numbers, '28d_click': numbers['7d_click'] }
  const shown = windows.filter((window) => byName[window]).map((window) => [window, write(byName[window] ?? 0)])
  return { action_type: type, value: write(numbers.value), ...Object.fromEntries(shown) }
}
