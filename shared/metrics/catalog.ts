import { figure, minus, plus, ratio } from './formula.ts'
import { type Metric, metric } from './metric.ts'

const sold = minus(figure('gross'), figure('discounts'))
const totalSales = plus(plus(figure('net'), figure('tax')), figure('shipping'))
const customers = plus(figure('new_customers'), figure('returning_customers'))
const contribution1 = minus(figure('net'), figure('cogs'))
const contribution2 = minus(minus(contribution1, figure('shipping_cost')), figure('payment_fees'))

/** Every number that is shown anywhere: API, dashboard, alerts, answers and MCP read it here. */
export const METRICS = [
  metric({
    id: 'gross',
    name: 'Gross sales',
    definition: 'What was ordered at full price, without tax that is in the price and without gift cards.',
    unit: 'money',
    better: 'more',
    formula: figure('gross'),
  }),
  metric({
    id: 'discounts',
    name: 'Discounts',
    definition: 'What was taken off the ordered lines, on the order’s day.',
    unit: 'money',
    better: null,
    formula: figure('discounts'),
  }),
  metric({
    id: 'returns',
    name: 'Returns',
    definition: 'What was given back for lines, on the day it was processed.',
    unit: 'money',
    better: 'less',
    formula: figure('returns'),
  }),
  metric({
    id: 'adjustments',
    name: 'Adjustments',
    definition: 'Edits, voids and refunds for no line, on their own day; in no other figure.',
    unit: 'money',
    better: null,
    formula: figure('adjustments'),
  }),
  metric({
    id: 'net',
    name: 'Net sales',
    definition: 'Gross sales without discounts and returns; no tax, shipping or duties.',
    unit: 'money',
    better: 'more',
    formula: figure('net'),
  }),
  metric({
    id: 'tax',
    name: 'Tax',
    definition: 'Tax of the orders, less what was given back.',
    unit: 'money',
    better: null,
    formula: figure('tax'),
  }),
  metric({
    id: 'shipping',
    name: 'Shipping charged',
    definition: 'What customers paid for shipping.',
    unit: 'money',
    better: null,
    formula: figure('shipping'),
  }),
  metric({
    id: 'total_sales',
    name: 'Total sales',
    definition: 'Net sales with tax and shipping.',
    unit: 'money',
    better: 'more',
    formula: totalSales,
  }),
  metric({
    id: 'orders',
    name: 'Orders',
    definition: 'Orders on their day, cancelled ones included (their refund is a return), test orders not.',
    unit: 'count',
    better: 'more',
    formula: figure('orders'),
  }),
  metric({
    id: 'units',
    name: 'Units',
    definition: 'Units ordered.',
    unit: 'count',
    better: 'more',
    formula: figure('units'),
  }),
  metric({
    id: 'aov',
    name: 'Average order value',
    definition: 'Gross sales less discounts, by order.',
    unit: 'money',
    better: 'more',
    formula: ratio(sold, figure('orders')),
  }),
  metric({
    id: 'return_rate',
    name: 'Return rate',
    definition: 'Returns processed in the period as a share of what was sold in it.',
    unit: 'share',
    better: 'less',
    formula: ratio(figure('returns'), sold),
  }),
  metric({
    id: 'discount_rate',
    name: 'Discount rate',
    definition: 'Discounts as a share of gross sales.',
    unit: 'share',
    better: null,
    formula: ratio(figure('discounts'), figure('gross')),
  }),
  metric({
    id: 'new_customers',
    name: 'New customers',
    definition: 'Customers whose first order ever in the brand, not cancelled, is of the period.',
    unit: 'count',
    better: 'more',
    formula: figure('new_customers'),
  }),
  metric({
    id: 'returning_customers',
    name: 'Returning customers',
    definition: 'Customers who ordered before, counted once a day.',
    unit: 'count',
    better: 'more',
    formula: figure('returning_customers'),
  }),
  metric({
    id: 'new_net',
    name: 'Net sales to new customers',
    definition: 'Net sales of first orders; their returns on their own day.',
    unit: 'money',
    better: 'more',
    formula: figure('new_net'),
  }),
  metric({
    id: 'spend',
    name: 'Ad spend',
    definition: 'What the ad platforms report as spent.',
    unit: 'money',
    better: null,
    formula: figure('spend'),
  }),
  metric({
    id: 'impressions',
    name: 'Impressions',
    definition: 'As the platforms report them.',
    unit: 'count',
    better: null,
    formula: figure('impressions'),
  }),
  metric({
    id: 'clicks',
    name: 'Clicks',
    definition: 'As the platforms report them.',
    unit: 'count',
    better: 'more',
    formula: figure('clicks'),
  }),
  metric({
    id: 'ctr',
    name: 'Click-through rate',
    definition: 'Clicks as a share of impressions.',
    unit: 'share',
    better: 'more',
    formula: ratio(figure('clicks'), figure('impressions')),
  }),
  metric({
    id: 'cpc',
    name: 'Cost per click',
    definition: 'Ad spend by click.',
    unit: 'money',
    better: 'less',
    formula: ratio(figure('spend'), figure('clicks')),
  }),
  metric({
    id: 'claimed_conversions',
    name: 'Claimed conversions',
    definition:
      'Purchases that the platform claims for itself; platforms claim the same purchase, so never add them up.',
    unit: 'count',
    better: 'more',
    formula: figure('claimed_conversions'),
  }),
  metric({
    id: 'claimed_value',
    name: 'Claimed value',
    definition: 'Purchase value that the platform claims for itself; never add platforms up.',
    unit: 'money',
    better: 'more',
    formula: figure('claimed_value'),
  }),
  metric({
    id: 'claimed_roas',
    name: 'Claimed ROAS',
    definition: 'Claimed value by ad spend, as the platform itself would show it.',
    unit: 'ratio',
    better: 'more',
    formula: ratio(figure('claimed_value'), figure('spend')),
  }),
  metric({
    id: 'credited_net',
    name: 'Credited net sales',
    definition: 'Net sales that the attribution model credits, in the chosen ledger.',
    unit: 'money',
    better: 'more',
    formula: figure('credited_net'),
  }),
  metric({
    id: 'credited_orders',
    name: 'Credited orders',
    definition: 'Orders that the attribution model credits, in fractions.',
    unit: 'count',
    better: 'more',
    formula: figure('credited_orders'),
  }),
  metric({
    id: 'credited_new_customers',
    name: 'Credited new customers',
    definition: 'First orders that the attribution model credits, in fractions.',
    unit: 'count',
    better: 'more',
    formula: figure('credited_new_customers'),
  }),
  metric({
    id: 'roas',
    name: 'ROAS',
    definition:
      'Net sales credited to paid traffic of platforms with spend, in the touch ledger, by ad spend. Attribution is correlational.',
    unit: 'ratio',
    better: 'more',
    formula: ratio(figure('paid_net'), figure('spend')),
  }),
  metric({
    id: 'mer',
    name: 'MER',
    definition: 'Total sales by ad spend (some vendors show its inverse).',
    unit: 'ratio',
    better: 'more',
    formula: ratio(totalSales, figure('spend')),
  }),
  metric({
    id: 'cac',
    name: 'Cost per customer',
    definition: 'Ad spend by customer, new or returning.',
    unit: 'money',
    better: 'less',
    formula: ratio(figure('spend'), customers),
  }),
  metric({
    id: 'ncac',
    name: 'Cost per new customer',
    definition: 'Ad spend by new customer.',
    unit: 'money',
    better: 'less',
    formula: ratio(figure('spend'), figure('new_customers')),
  }),
  metric({
    id: 'nroas',
    name: 'New-customer ROAS',
    definition: 'Net sales to new customers by ad spend.',
    unit: 'ratio',
    better: 'more',
    formula: ratio(figure('new_net'), figure('spend')),
  }),
  metric({
    id: 'cogs',
    name: 'Cost of goods',
    definition:
      'Unit costs as they were when the order came, less those of units that went back into stock; unknown when a unit’s cost is.',
    unit: 'money',
    better: 'less',
    formula: figure('cogs'),
  }),
  metric({
    id: 'cm1',
    name: 'Contribution margin 1',
    definition: 'Net sales less cost of goods.',
    unit: 'money',
    better: 'more',
    formula: contribution1,
  }),
  metric({
    id: 'cm2',
    name: 'Contribution margin 2',
    definition: 'Contribution margin 1 less shipping costs and payment fees, which are settings of the brand.',
    unit: 'money',
    better: 'more',
    formula: contribution2,
  }),
  metric({
    id: 'cm3',
    name: 'Contribution margin 3',
    definition: 'Contribution margin 2 less ad spend.',
    unit: 'money',
    better: 'more',
    formula: minus(contribution2, figure('spend')),
  }),
] as const

export type MetricId = (typeof METRICS)[number]['id']
export const METRIC_IDS = METRICS.map(({ id }) => id)

const BY_ID = new Map<string, Metric<MetricId>>(METRICS.map((one) => [one.id, one]))

/** The definition of a metric; null for a name that is none. */
export function metricOf(id: MetricId): Metric<MetricId>
export function metricOf(id: string): Metric<MetricId> | null
export function metricOf(id: string): Metric<MetricId> | null {
  return BY_ID.get(id) ?? null
}
