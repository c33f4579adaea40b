import { scaleMicros } from '../../units.ts'
import { type Money, money } from '../wire.ts'
import type { ChannelRow, DayRow } from './dashboard-read.ts'

type Figure = Exclude<keyof DayRow, 'day'>
/** What a period adds up to. Amounts in micros of the brand's currency; null: unknown. */
export type Totals = Readonly<Record<Figure, bigint | null>> & { paid_net: bigint | null }

const RATIO_DIGITS = 10_000n
const PAID = ['campaign', 'unmatched_paid']

/** Sums of a period. A figure is null only when every row of it waits for a conversion; nothing at all is 0. */
export function totalsOf(days: readonly DayRow[], channels: readonly ChannelRow[]): Totals {
  const sum = (figure: Figure): bigint | null => {
    const known = days.map((day) => day[figure]).filter((value) => value !== null)
    return known.length > 0 || days.length === 0 ? known.reduce((total, value) => total + value, 0n) : null
  }
  const ads = days.some((day) => day.spend !== null || day.incomplete_ads > 0n)
  return {
    gross: sum('gross'),
    discounts: sum('discounts'),
    returns: sum('returns'),
    adjustments: sum('adjustments'),
    net: sum('net'),
    tax: sum('tax'),
    shipping: sum('shipping'),
    orders: sum('orders'),
    units: sum('units'),
    new_customers: sum('new_customers'),
    returning_customers: sum('returning_customers'),
    spend: ads ? sum('spend') : 0n,
    incomplete_store: sum('incomplete_store'),
    incomplete_ads: sum('incomplete_ads'),
    paid_net: paidNet(channels),
  }
}

/** Net credited (touch ledger) to the paid traffic of platforms whose spend we know; the rest would flatter ROAS. */
function paidNet(channels: readonly ChannelRow[]): bigint {
  const spending = new Set(channels.filter(({ spend }) => (spend ?? 0n) > 0n).map(({ provider }) => provider))
  return channels
    .filter(({ bucket, provider }) => PAID.includes(bucket) && spending.has(provider))
    .reduce((total, { touch_net }) => total + (touch_net ?? 0n), 0n)
}

/** numerator / denominator to four digits; null when either is unknown or the denominator is 0. */
export const ratio = (numerator: bigint | null, denominator: bigint | null): number | null =>
  numerator === null || denominator === null || denominator === 0n
    ? null
    : Number(scaleMicros(numerator, RATIO_DIGITS, denominator)) / Number(RATIO_DIGITS)

type Kpi<T> = { value: T | null; previous: T | null; change: number | null }
type Pair = { now: Totals; before: Totals | null; currency: string }

/** (value − previous) / |previous|; null without something to compare with. */
function changeOf(value: number | bigint | null, previous: number | bigint | null): number | null {
  if (value === null || previous === null || Number(previous) === 0) return null
  const [current, base] = [Number(value), Number(previous)]
  return Math.round(((current - base) / Math.abs(base)) * 10_000) / 10_000
}

function amount({ now, before, currency }: Pair, of: (totals: Totals) => bigint | null): Kpi<Money> {
  const [value, previous] = [of(now), before && of(before)]
  const shown = (micros: bigint | null) => (micros === null ? null : money(micros, currency))
  return { value: shown(value), previous: shown(previous), change: changeOf(value, previous) }
}

function number({ now, before }: Pair, of: (totals: Totals) => number | bigint | null): Kpi<number> {
  const [value, previous] = [of(now), before && of(before)]
  const shown = (figure: number | bigint | null) => (figure === null ? null : Number(figure))
  return { value: shown(value), previous: shown(previous), change: changeOf(value, previous) }
}

const minus = (a: bigint | null, b: bigint | null): bigint | null => (a === null || b === null ? null : a - b)
const plus = (a: bigint | null, b: bigint | null): bigint | null => (a === null || b === null ? null : a + b)
const totalSales = ({ net, tax, shipping }: Totals): bigint | null => plus(plus(net, tax), shipping)

function averageOrder(totals: Totals): bigint | null {
  const sold = minus(totals.gross, totals.discounts)
  return sold === null || !totals.orders ? null : scaleMicros(sold, 1n, totals.orders)
}

/** Each figure with the comparison period's. Ratios are of sums, and x / 0 is null. */
export function kpisOf(pair: Pair) {
  return {
    gross: amount(pair, ({ gross }) => gross),
    discounts: amount(pair, ({ discounts }) => discounts),
    returns: amount(pair, ({ returns }) => returns),
    adjustments: amount(pair, ({ adjustments }) => adjustments),
    net: amount(pair, ({ net }) => net),
    total_sales: amount(pair, totalSales),
    orders: number(pair, ({ orders }) => orders),
    units: number(pair, ({ units }) => units),
    aov: amount(pair, averageOrder),
    new_customers: number(pair, ({ new_customers }) => new_customers),
    spend: amount(pair, ({ spend }) => spend),
    mer: number(pair, (totals) => ratio(totalSales(totals), totals.spend)),
    roas: number(pair, ({ paid_net, spend }) => ratio(paid_net, spend)),
  }
}
