import { microsFromDecimal } from '../units.ts'
import type { Figure, Quote, Result } from './cell.ts'
import { fieldOf, isFigureKey } from './field.ts'
import { labelText } from './render.ts'
import { type Scope, scopeIn, scopeOf } from './scope.ts'

const MAX_FIGURES = 400
const MAX_QUOTES = 200
const MAX_QUOTE = 200
/** Of the whole answer, and told beside its cells; metrics are told by list_metrics, connections by get_sync_status. Explanations are words of a model. */
const NOT_CELLS = new Set([
  ...['metrics', 'freshness', 'next_cursor', 'incomplete', 'provisional_since', 'period', 'compared_with', 'as_of'],
  ...['currency', 'time_zone', 'model', 'ledger', 'interval', 'needs_settings', 'explanation'],
])
/** No words on the way to a figure, only the shape of the answer. */
const SHAPE = new Set([
  'values',
  'value',
  'rows',
  'total',
  'kpis',
  'brands',
  'items',
  'days',
  'daily',
  'counts',
  'expected',
])

export type Call = {
  id: string
  tool: string
  arguments: Readonly<Record<string, unknown>>
  /** The brand it is about, where the question is about several. */
  subject: string | null
}

/** `rowKeys`: by the reference of a row, what no other row has. */
type Found = { figures: Figure[]; quotes: Quote[]; rowKeys: Map<string, string> }
type Json = Readonly<Record<string, unknown>>

/** Every figure and word of an operation's output as addressable cells, at most 400 and 200 of them. */
export function resultOf(call: Call, output: unknown): Result {
  const root = isObject(output) ? output : { value: output }
  const found: Found = { figures: [], quotes: [], rowKeys: new Map() }
  walk(root, { keys: [], scope: scopeOf(root, call.subject), found, id: call.id })
  const figures = distinct(found.figures.slice(0, MAX_FIGURES), found.rowKeys)
  const quotes = found.quotes.slice(0, MAX_QUOTES)
  const leftOut = found.figures.length - figures.length + found.quotes.length - quotes.length
  return {
    id: call.id,
    tool: call.tool,
    arguments: call.arguments,
    figures,
    quotes,
    left_out: leftOut,
    about: about(root),
  }
}

/** Two figures must not have the same label, or one could stand for the other: where names are the same, ids tell them apart. */
function distinct(figures: readonly Figure[], rowKeys: ReadonlyMap<string, string>): Figure[] {
  const labels = figures.map(labelText)
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return figures.map((figure, at) => {
    if (figure.row === '' || counts.get(labels[at] ?? '') === 1) return figure
    return { ...figure, subject: [...figure.subject, rowKeys.get(figure.row) ?? figure.row] }
  })
}

const ABOUT = [
  'period',
  'compared_with',
  'currency',
  'time_zone',
  'ledger',
  'model',
  'interval',
  'as_of',
  'needs_settings',
]
const MARKS = ['provisional_since', 'incomplete', 'rows_left_out', 'items_left_out', 'pending_since', 'freshness']
const about = (root: Json): Json =>
  Object.fromEntries(Object.entries(root).filter(([key]) => ABOUT.includes(key) || MARKS.includes(key)))

type At = { keys: readonly string[]; scope: Scope; found: Found; id: string }

function walk(node: unknown, at: At): void {
  if (Array.isArray(node)) for (const [index, one] of node.entries()) walkInto(one, String(index), at)
  else if (!isObject(node)) leaf(node, at)
  else if (isMoney(node)) addFigure(at, { millionths: microsFromDecimal(node.amount), currency: node.currency })
  else if (isCompared(node)) compared(node, at)
  else for (const [key, value] of Object.entries(node)) if (!NOT_CELLS.has(key)) walkInto(value, key, at)
}

function walkInto(value: unknown, key: string, at: At): void {
  const keys = [...at.keys, key]
  const scope = isObject(value) && !isMoney(value) ? scopeIn(value, { outer: at.scope, keys }) : at.scope
  if (scope.rowKey !== null) at.found.rowKeys.set(refOf(at.id, scope.row), scope.rowKey)
  walk(value, { ...at, keys, scope })
}

function leaf(value: unknown, at: At): void {
  const key = at.keys.findLast((each) => each !== 'previous') ?? ''
  if (typeof value === 'number') addFigure(at, { millionths: millionths(value), currency: null })
  else if (value === null && isFigureKey(key)) addFigure(at, { millionths: null, currency: null })
  else if (typeof value === 'string' && value !== '') addQuote(at, value)
}

/** A value, what it is compared with, and the change between the two. */
function compared(node: Compared, at: At): void {
  const { scope } = at
  walk(node.value, at)
  if (scope.comparedWith === null) return
  walk(node.previous, { ...at, keys: [...at.keys, 'previous'], scope: { ...scope, period: scope.comparedWith } })
  if (node.change === null) return
  const figure = figureAt(
    { ...at, keys: [...at.keys, 'change'] },
    { millionths: millionths(node.change), currency: null },
  )
  const of = fieldOf(at.keys, false)
  const change = {
    metric: of.metric,
    name: `Change of ${of.name}`,
    unit: 'share',
    against: scope.comparedWith,
  } as const
  at.found.figures.push({ ...figure, ...change })
}

type Amount = { millionths: bigint | null; currency: string | null }
const addFigure = (at: At, amount: Amount): void => void at.found.figures.push(figureAt(at, amount))

function figureAt({ keys, scope, id }: At, { millionths: value, currency }: Amount): Figure {
  const named = keys.filter((key) => key !== 'previous' && key !== 'change')
  const field = fieldOf(named, currency !== null)
  const between = named.slice(scope.row.length, -1).filter((key) => !SHAPE.has(key) && !/^\d+$/.test(key))
  return {
    ref: refOf(id, keys),
    metric: field.metric,
    name: field.name,
    subject: [...scope.subject, ...between],
    row: scope.row.length === 0 ? '' : refOf(id, scope.row),
    unit: field.unit,
    currency: field.unit === 'money' ? (currency ?? scope.currency) : null,
    value,
    period: scope.period,
    against: null,
    ledger: scope.ledger,
    as_of: scope.asOf,
    provisional: isProvisional(scope, field.metric),
    incomplete: scope.incomplete,
  }
}

const isProvisional = ({ period, provisionalSince }: Scope, metric: string): boolean => {
  const since = provisionalSince[metric]
  return since !== undefined && (period === null || since < period.until)
}

function addQuote({ keys, scope, found, id }: At, value: string): void {
  const row = scope.row.length === 0 ? '' : refOf(id, scope.row)
  found.quotes.push({ ref: refOf(id, keys), row, text: value.replace(/\p{C}+/gu, ' ').slice(0, MAX_QUOTE) })
}

/** Short to write: `values` and `value` are left out. */
const refOf = (id: string, keys: readonly string[]): string =>
  [id, ...keys.filter((key) => key !== 'values' && key !== 'value')].join('.')

const millionths = (value: number): bigint => BigInt(Math.round(value * 1_000_000))
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isMoney = (node: Json): node is { amount: string; currency: string } =>
  typeof node.amount === 'string' && typeof node.currency === 'string'
type Compared = { value: unknown; previous: unknown; change: number | null }
const isCompared = (node: Json): node is Compared =>
  'value' in node && 'previous' in node && (node.change === null || typeof node.change === 'number')
