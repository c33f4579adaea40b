import { type MetricId, metricOf } from '../../metrics/catalog.ts'
import { NO_SUMS, type Sums } from '../../metrics/figures.ts'
import { scaleMicros } from '../../units.ts'
import { changeOf } from '../analytics/values.ts'
import { type Money, moneyOrNull } from '../wire.ts'
import type { ChannelRow, DayRow } from './dashboard-read.ts'

const AMOUNTS = ['gross', 'discounts', 'returns', 'adjustments', 'net', 'tax', 'shipping'] as const
const COUNTS = ['orders', 'units', 'new_customers', 'returning_customers'] as const
const PAID = ['campaign', 'unmatched_paid']
const ONE = 1_000_000n
const RATIO_DIGITS = 10_000n

type Added = (typeof AMOUNTS)[number] | (typeof COUNTS)[number] | 'spend'

/** What the days add up to. A figure is null only when every row of it waits for a conversion; nothing at all is 0. */
export function sumsOf(days: readonly DayRow[], channels: readonly ChannelRow[]): Sums {
  const sum = (figure: Added): bigint | null => {
    const known = days.map((day) => day[figure]).filter((value) => value !== null)
    return known.length > 0 || days.length === 0 ? known.reduce((total, value) => total + value, 0n) : null
  }
  const count = (figure: Added): bigint | null => {
    const counted = sum(figure)
    return counted === null ? null : counted * ONE
  }
  const ads = days.some((day) => day.spend !== null || day.incomplete_ads > 0n)
  return {
    ...NO_SUMS,
    ...Object.fromEntries(AMOUNTS.map((figure) => [figure, sum(figure)])),
    ...Object.fromEntries(COUNTS.map((figure) => [figure, count(figure)])),
    spend: ads ? sum('spend') : 0n,
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

/** The ROAS of one earner, to four digits. */
export const roasOf = (net: bigint | null, spend: bigint | null): number | null =>
  ratioOnWire(metricOf('roas').formula.of({ ...NO_SUMS, paid_net: net, spend }))

const ratioOnWire = (millionths: bigint | null): number | null =>
  millionths === null ? null : Number(scaleMicros(millionths, RATIO_DIGITS, ONE)) / Number(RATIO_DIGITS)

type Kpi<T> = { value: T | null; previous: T | null; change: number | null }
type Pair = { now: Sums; before: Sums | null; currency: string }

/** The metric as the catalogue defines it, with the comparison period's. */
function shown<T>(id: MetricId, { now, before }: Pair, onWire: (millionths: bigint | null) => T | null): Kpi<T> {
  const { formula } = metricOf(id)
  const [value, previous] = [formula.of(now), before && formula.of(before)]
  return { value: onWire(value), previous: onWire(previous), change: changeOf(value, previous) }
}

export function kpisOf(pair: Pair) {
  const amount = (id: MetricId): Kpi<Money> => shown(id, pair, (micros) => moneyOrNull(micros, pair.currency))
  const number = (id: MetricId): Kpi<number> => shown(id, pair, ratioOnWire)
  return {
    gross: amount('gross'),
    discounts: amount('discounts'),
    returns: amount('returns'),
    adjustments: amount('adjustments'),
    net: amount('net'),
    total_sales: amount('total_sales'),
    orders: number('orders'),
    units: number('units'),
    aov: amount('aov'),
    new_customers: number('new_customers'),
    spend: amount('spend'),
    mer: number('mer'),
    roas: number('roas'),
  }
}
