/**
 * What 28 days saw of one stock item. A day without a snapshot is unknown; a known day counts as in stock when something was
 * available, or was sold before it ran out.
 */
export type Sold = {
  known_days: number
  in_stock_days: number
  /** On the days in stock; `units_squared` is the sum of each day's square. */
  units: number
  units_squared: number
}

/** Stock now. `on_hand` and `incoming` decide what customers can still get; `available` what can be sold today. */
export type Stock = { available: number; on_hand: number; incoming: number }

/** Mean and standard deviation in days; null: nobody has set it. */
export type LeadTime = { mean: number; sd: number } | null

export type Demand = { perDay: number; sd: number }

export type Outlook = {
  /** Days of the window whose stock is known. */
  known_days: number
  /** Units a day while in stock; null: too few known days, or never in stock. */
  velocity: number | null
  /** available / velocity, in days; null without a velocity or with one of 0. */
  cover_days: number | null
  /** Stock at which to order; null without a velocity or a lead time. */
  reorder_point: number | null
  /** Probability that the demand of the lead time exceeds on hand + incoming; null as above. */
  stock_out_risk: number | null
  /** What would make the unknown known. */
  needs: ('14 days of snapshots' | 'lead time')[]
}

export const WINDOW_DAYS = 28
const LEAST_KNOWN_DAYS = 14
/** One-sided 95 % of a normal distribution. */
const SERVICE_Z = 1.645

/** What the last 28 days say of a stock item. A day out of stock says nothing of its demand. */
export function outlookOf(sold: Sold, stock: Stock, leadTime: LeadTime): Outlook {
  const isKnown = sold.known_days >= LEAST_KNOWN_DAYS
  const demand = isKnown ? demandOf(sold) : null
  const both = demand && leadTime ? { demand, leadTime } : null
  return {
    known_days: sold.known_days,
    velocity: demand?.perDay ?? null,
    cover_days: demand && demand.perDay > 0 ? Math.max(0, stock.available) / demand.perDay : null,
    reorder_point: both && reorderPoint(both.demand, both.leadTime),
    stock_out_risk: both && stockOutRisk(both.demand, both.leadTime, stock.on_hand + stock.incoming),
    needs: [
      ...(isKnown ? [] : (['14 days of snapshots'] as const)),
      ...(leadTime === null ? (['lead time'] as const) : []),
    ],
  }
}

function demandOf({ in_stock_days: days, units, units_squared }: Sold): Demand | null {
  if (days === 0) return null
  const perDay = units / days
  const variance = days > 1 ? Math.max(0, units_squared - days * perDay ** 2) / (days - 1) : 0
  return { perDay, sd: Math.sqrt(variance) }
}

/** Standard deviation of the demand of a lead time: √(L·σd² + d²·σL²). */
const leadDemandSd = ({ perDay, sd }: Demand, { mean, sd: leadSd }: NonNullable<LeadTime>): number =>
  Math.sqrt(mean * sd ** 2 + perDay ** 2 * leadSd ** 2)

/** d·L + z·√(L·σd² + d²·σL²), for a service level of 95 %. */
export const reorderPoint = (demand: Demand, leadTime: NonNullable<LeadTime>): number =>
  demand.perDay * leadTime.mean + SERVICE_Z * leadDemandSd(demand, leadTime)

/** P(demand of the lead time > stock), with a normal demand; without any variance it is certain or impossible. */
export function stockOutRisk(demand: Demand, leadTime: NonNullable<LeadTime>, stock: number): number {
  const expected = demand.perDay * leadTime.mean
  const sd = leadDemandSd(demand, leadTime)
  if (sd === 0) return expected > stock ? 1 : 0
  return 1 - standardNormal((stock - expected) / sd)
}

/** Cumulative. Abramowitz & Stegun 26.2.17, to 7.5e-8. */
function standardNormal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const upper = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series
  return x >= 0 ? 1 - upper : upper
}
