import { addDays } from '../units.ts'
import type { Period } from './cell.ts'

/** What figures have in common with what stands around them. */
export type Scope = {
  subject: readonly string[]
  /** Keys that lead to the row; empty outside of rows. */
  row: readonly string[]
  /** What the row has that no other has: an id, where a name may be another's too. */
  rowKey: string | null
  period: Period | null
  comparedWith: Period | null
  interval: string
  currency: string | null
  ledger: string | null
  asOf: string | null
  provisionalSince: Readonly<Record<string, string>>
  incomplete: boolean
}

type Json = Readonly<Record<string, unknown>>

/** Of a whole answer. `subject`: the brand, where that does not go without saying. */
export function scopeOf(root: Json, subject: string | null): Scope {
  return {
    subject: subject === null ? [] : [subject],
    row: [],
    rowKey: null,
    period: periodIn(root.period),
    comparedWith: periodIn(root.compared_with),
    interval: textIn(root.interval) ?? 'total',
    currency: textIn(root.currency),
    ledger: ledgerIn(root),
    asOf: textIn(root.as_of),
    provisionalSince: provisionalIn(root),
    incomplete: countIn(root.incomplete) > 0,
  }
}

/** Of one row in it: whose figures it has, and of which days. */
export function scopeIn(row: Json, { outer, keys }: { outer: Scope; keys: readonly string[] }): Scope {
  const isRow = /^\d+$/.test(keys.at(-1) ?? '')
  const named = isRow ? nameOf(row) : null
  return {
    ...outer,
    subject: named === null ? outer.subject : [...outer.subject, named],
    row: isRow ? keys : outer.row,
    rowKey: isRow ? keyOf(row) : outer.rowKey,
    period: stretchOf(row, outer),
    comparedWith: outer.comparedWith && isRow && stretchOf(row, outer) !== outer.period ? null : outer.comparedWith,
    currency: textIn(row.currency) ?? outer.currency,
    incomplete: outer.incomplete || countIn(row.incomplete) > 0,
  }
}

const NAMES = ['name', 'label', 'product', 'title', 'account_name', 'campaign', 'key', 'platform'] as const
const NAME = 100
const DETAILS = ['variant', 'sku', 'platform'] as const

const KEYS = ['key', 'variant_id', 'campaign_id', 'product_id', 'brand_id', 'id', 'integration_id'] as const
const keyOf = (row: Json): string | null => KEYS.map((key) => textIn(row[key])).find((text) => text !== null) ?? null

/** The most telling name, with what tells two of the same name apart. */
function nameOf(row: Json): string | null {
  const name = NAMES.map((key) => textIn(row[key])).find((text) => text !== null)
  const place = [textIn(row.provider), textIn(row.bucket)].filter((text) => text !== null).join(' ')
  if (name === undefined) return place || textIn(row.month) || textIn(row.cohort)
  const details = DETAILS.map((key) => textIn(row[key])).filter((text) => text !== null && text !== name)
  return [name, ...details, ...(place ? [place] : [])]
    .join(', ')
    .replace(/\p{C}+/gu, ' ')
    .slice(0, NAME)
}

/** A row of a day, week or month is of those days within the period; any other of the whole. */
function stretchOf(row: Json, { period, interval }: Scope): Period | null {
  const day = textIn(row.day)
  if (day !== null) return { since: day, until: addDays(day, 1) }
  const since = textIn(row.since)
  if (since === null || period === null || interval === 'total') return period
  const end = interval === 'day' ? addDays(since, 1) : interval === 'week' ? nextMonday(since) : nextMonth(since)
  const [until = end] = [end, period.until].sort()
  return { since, until }
}

const nextMonday = (day: string): string => addDays(day, 7 - ((new Date(day).getUTCDay() + 6) % 7))
function nextMonth(day: string): string {
  const date = new Date(`${day.slice(0, 8)}01`)
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.toISOString().slice(0, 10)
}

const textIn = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function periodIn(value: unknown): Period | null {
  if (typeof value !== 'object' || value === null || !('since' in value) || !('until' in value)) return null
  const [since, until] = [textIn(value.since), textIn(value.until)]
  return since === null || until === null ? null : { since, until }
}

const ledgerIn = (root: Json): string | null => {
  const [ledger, model] = [textIn(root.ledger), textIn(root.model)]
  if (ledger === null) return model && `${model} model`
  return model === null ? `${ledger} ledger` : `${ledger} ledger, ${model} model`
}

function provisionalIn({ provisional_since: since, pending_since: pending }: Json): Record<string, string> {
  const told = typeof since === 'object' && since !== null ? Object.entries(since) : []
  const waiting = textIn(pending)
  const credited =
    waiting === null ? [] : ['credited_net', 'credited_orders', 'roas'].map((id) => [id, waiting] as const)
  return Object.fromEntries([
    ...credited,
    ...told.filter((entry): entry is [string, string] => textIn(entry[1]) !== null),
  ])
}

function countIn(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : 0), 0)
}
