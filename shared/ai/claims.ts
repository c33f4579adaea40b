import { METRICS } from '../metrics/catalog.ts'
import type { Cells, Figure, Quote } from './cell.ts'
import { plain } from './prose.ts'

/** A piece of the model's text: its own words, or what a reference leads to. */
export type Piece = { text: string } | { figure: Figure } | { quote: Quote }

/**
 * Where a sentence says whose figure follows, or which, the figure must be so: a true value of another row or metric is no
 * proof. Where it says neither, the label that is rendered with the value says it.
 */
export function contradictionsIn(pieces: readonly Piece[], cells: Cells): string[] {
  return sentencesOf(pieces).flatMap((sentence) => [...wrongRows(sentence, cells), ...wrongMetrics(sentence)])
}

const figuresOf = (sentence: readonly Piece[]): Figure[] =>
  sentence.flatMap((piece) => ('figure' in piece ? [piece.figure] : []))
const wordsOf = (sentence: readonly Piece[]): string =>
  plain(sentence.map((piece) => ('text' in piece ? piece.text : ' ')).join('')).toLowerCase()

function sentencesOf(pieces: readonly Piece[]): Piece[][] {
  const sentences: Piece[][] = [[]]
  for (const piece of pieces) {
    if (!('text' in piece)) {
      sentences.at(-1)?.push(piece)
      continue
    }
    const [first = '', ...rest] = piece.text.split(/(?<=[.!?;])\s+|\n+/)
    sentences.at(-1)?.push({ text: first })
    for (const text of rest) sentences.push([{ text }])
  }
  return sentences
}

/** Rows that the sentence names, by a reference to one of their words or by their name in so many words. */
function wrongRows(sentence: readonly Piece[], cells: Cells): string[] {
  const figures = figuresOf(sentence).filter(({ row }) => row !== '')
  if (figures.length === 0) return []
  const quoted = sentence.flatMap((piece) => ('quote' in piece && piece.quote.row !== '' ? [piece.quote] : []))
  const words = wordsOf(sentence)
  const spoken = [...cells.quotes.values()].filter(({ row, text }) => row !== '' && isSpoken(words, text))
  const named = [...quoted, ...spoken].map(({ text }) => text)
  if (named.length === 0) return []
  return figures
    .filter(({ row, subject }) => !named.some((name) => isOfRow(name, { row, subject, cells })))
    .map(({ ref, subject }) => `[[${ref}]] is of ${subject.join(' · ')}, which its sentence does not name`)
}

type Row = { row: string; subject: readonly string[]; cells: Cells }
const isOfRow = (name: string, { row, subject, cells }: Row): boolean =>
  subject.some((part) => part === name || part.split(', ').includes(name)) ||
  [...cells.quotes.values()].some((quote) => quote.row === row && quote.text === name)

/** Short words and words of our own (channels, statuses) name too much to name a row. */
const isSpoken = (words: string, name: string): boolean =>
  name.length >= 5 && /\s/.test(name) && words.includes(plain(name).toLowerCase())

/** Names that are also said of another metric. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  net: ['credited_net', 'new_net'],
  orders: ['credited_orders'],
  new_customers: ['credited_new_customers'],
}
const SALES = ['gross', 'net', 'total_sales', 'credited_net', 'new_net']
/** What people say instead of the catalogue's names. */
const SPOKEN: Readonly<Record<string, readonly string[]>> = {
  revenue: SALES,
  sales: SALES,
  spend: ['spend'],
  spent: ['spend'],
  aov: ['aov'],
  'return on ad spend': ['roas'],
  cac: ['cac'],
  customers: ['new_customers', 'returning_customers', 'credited_new_customers'],
  margin: ['cm1', 'cm2', 'cm3'],
}
const KNOWN: ReadonlySet<string> = new Set(METRICS.map(({ id }) => id))

/** The words by which people call metrics, the longest first: of "claimed ROAS" nothing is left for "ROAS". */
const TERMS: readonly { term: RegExp; metrics: ReadonlySet<string> }[] = [
  ...METRICS.map(({ id, name }) => [name, [id, ...(ALSO[id] ?? [])]] as const),
  ...Object.entries(SPOKEN),
]
  .sort(([a], [b]) => b.length - a.length)
  .map(([name, metrics]) => ({
    term: new RegExp(`(?<!\\p{L})${name.toLowerCase()}(?!\\p{L})`, 'gu'),
    metrics: new Set(metrics),
  }))

function wrongMetrics(sentence: readonly Piece[]): string[] {
  const figures = figuresOf(sentence)
  if (figures.length === 0) return []
  let words = wordsOf(sentence)
  const meant = new Set<string>()
  for (const { term, metrics } of TERMS) {
    if (!words.match(term)) continue
    for (const metric of metrics) meant.add(metric)
    words = words.replace(term, ' ')
  }
  if (meant.size === 0) return []
  return figures
    .filter(({ metric }) => KNOWN.has(metric) && !meant.has(metric))
    .map(({ ref, name }) => `[[${ref}]] is ${name}, of which its sentence does not speak`)
}
