import { METRICS } from '../metrics/catalog.ts'
import type { Unit } from './cell.ts'

export type Field = { metric: string; name: string; unit: Unit }

const METRIC_FIELDS: ReadonlyMap<string, Field> = new Map(
  METRICS.map(({ id, name, unit }) => [id, { metric: id, name, unit }]),
)

const field = (metric: string, name: string, unit: Unit): Field => ({ metric, name, unit })
/** Fields of the readable operations that are no metric of the catalogue. */
const OWN: Readonly<Record<string, Field>> = {
  available: field('available', 'Available stock', 'count'),
  on_hand: field('on_hand', 'Stock on hand', 'count'),
  incoming: field('incoming', 'Incoming stock', 'count'),
  velocity: field('velocity', 'Units sold a day while in stock', 'count'),
  cover_days: field('cover_days', 'Days of cover', 'days'),
  known_days: field('known_days', 'Days with a snapshot', 'days'),
  mean_days: field('lead_time', 'Lead time', 'days'),
  sd_days: field('lead_time_sd', 'Variation of the lead time', 'days'),
  reorder_point: field('reorder_point', 'Reorder point', 'count'),
  stock_out_risk: field('stock_out_risk', 'Risk of running out', 'share'),
  items: field('items', 'Variants', 'count'),
  out_of_stock: field('out_of_stock', 'Variants out of stock', 'count'),
  at_risk: field('at_risk', 'Variants at risk', 'count'),
  unknown: field('unknown', 'Variants without a known velocity', 'count'),
  order_ledger: field('credited_net', 'Credited net sales, order ledger', 'money'),
  touch_ledger: field('credited_net', 'Credited net sales, touch ledger', 'money'),
  low: field('expected_effect', 'Expected effect of 28 days, low', 'money'),
  mid: field('expected_effect', 'Expected effect of 28 days', 'money'),
  high: field('expected_effect', 'Expected effect of 28 days, high', 'money'),
  budget_from: field('budget', 'Daily budget now', 'money'),
  budget_to: field('budget', 'Daily budget proposed', 'money'),
  store_net: field('net', 'Net sales of the store', 'money'),
  rows_left_out: field('rows_left_out', 'Rows left out', 'count'),
  items_left_out: field('items_left_out', 'Items left out', 'count'),
}
/** In an answer about attribution these words mean the model's credit, not the store's sales. */
const CREDITED: Readonly<Record<string, string>> = {
  net: 'credited_net',
  orders: 'credited_orders',
  new_customers: 'credited_new_customers',
}

const worded = (key: string): string => {
  const words = key.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What the number under the last of these keys is. A field that nobody described is a count under its own name. */
export function fieldOf(keys: readonly string[], isMoney: boolean): Field {
  const key = keys.findLast((each) => !/^\d+$/.test(each)) ?? ''
  const name = keys.includes('credited') ? 'credited_net' : keys.includes('models') ? (CREDITED[key] ?? key) : key
  const known = METRIC_FIELDS.get(name) ?? OWN[name] ?? field(name, worded(name), 'count')
  if (isMoney) return { ...known, unit: 'money' }
  if (known.unit !== 'money' || OWN[name]) return known
  return { ...known, unit: 'count' }
}

/** Whether a null under this key is a figure that is unknown, and no word that is missing. */
export const isFigureKey = (key: string): boolean => METRIC_FIELDS.has(key) || Object.hasOwn(OWN, key)
