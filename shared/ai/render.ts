import { addDays, decimalFromMicros } from '../units.ts'
import type { Figure, Period } from './cell.ts'

/** Value and unit, rounded as the unit wants it: `USD 1,234.50`, `12.3%`, `3.42`, `17 days`. Unknown is a word, never 0. */
export function valueText({ value, unit, currency }: Pick<Figure, 'value' | 'unit' | 'currency'>): string {
  if (value === null) return 'unknown'
  if (unit === 'money' && currency !== null) return `${currency} ${grouped(decimalFromMicros(value, currency))}`
  if (unit === 'share') return `${grouped(fixed(value * 100n, 1))}%`
  if (unit === 'ratio') return grouped(fixed(value, 2))
  const text = grouped(trimmed(fixed(value, 2)))
  return unit === 'days' ? `${text} days` : text
}

/** What the value is of: metric, subject, days, ledger, and what is to be known of it. */
export function labelText(figure: Figure): string {
  const { name, subject, period, against, ledger, provisional, incomplete, as_of } = figure
  const when = period ? periodText(period) : as_of && `as of ${as_of.slice(0, 16).replace('T', ' ')} UTC`
  const marks = [
    CREDITED.has(figure.metric) ? ledger : null,
    against && `against ${periodText(against)}`,
    provisional && 'provisional',
    incomplete && 'incomplete',
  ]
  return [[name, ...subject].join(' · '), when, ...marks].filter(Boolean).join(', ')
}

/** Figures that two ledgers count on different days, and models differently. */
const CREDITED = new Set(['credited_net', 'credited_orders', 'credited_new_customers', 'roas'])

/** `30 Oct 2026 – 28 Nov 2026`; the last day is the one before `until`. */
export function periodText({ since, until }: Period): string {
  const last = addDays(until, -1)
  return since >= last ? dateText(since) : `${dateText(since)} – ${dateText(last)}`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const dateText = (day: string): string =>
  `${Number(day.slice(8, 10))} ${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''} ${day.slice(0, 4)}`

/** Half away from zero, as money is. */
function fixed(millionths: bigint, digits: number): string {
  const step = 10n ** BigInt(6 - digits)
  const magnitude = millionths < 0n ? -millionths : millionths
  const text = ((magnitude + step / 2n) / step).toString().padStart(digits + 1, '0')
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return millionths < 0n && /[1-9]/.test(decimal) ? `-${decimal}` : decimal
}

const trimmed = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal)
const grouped = (decimal: string): string => {
  const [whole = '', fraction] = decimal.split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? text : `${text}.${fraction}`
}
