import type { Shown, Talk } from './conversation.ts'
import { isChange, nameOf, numberIn, type Row, refTo, rowOf, rowsOf } from './rows.ts'
import { isSummary, summaryOf } from './summary.ts'

const LISTED = 3

/** An answer by references: the whole first, then rows where the question asks which. */
export function compose(talk: Talk): string {
  if (isSummary(talk)) return summaryOf(talk)
  const texts = talk.results.map((result) => textOf(result, talk.question.toLowerCase())).filter((text) => text !== '')
  return texts.length > 0
    ? texts.join('\n')
    : 'The data has nothing about this. Ask about sales, advertising, stock or alerts instead.'
}

/** The shortest that can be said: a figure and nothing about it. */
export const composeLeast = ({ results }: Talk): string => {
  const ref = results.flatMap(({ figures }) => figures).find(([each]) => !isChange(each))?.[0]
  return ref === undefined ? 'The data has nothing about this.' : `Here is what is known: ${refTo(ref)}.`
}

function textOf(result: Shown, question: string): string {
  const whole = result.figures.filter(([ref]) => rowOf(ref) === null && !isChange(ref))
  const asksWhich = /\b(which|best|worst|top|highest|lowest|most|least|by|each|rank)\b/.test(question)
  const rows = rowsOf(result)
  if (rows.length > 0 && (asksWhich || whole.length === 0)) return listOf(result, { question, rows })
  return whole
    .slice(0, 6)
    .map((figure) => sentence(result, figure))
    .join(' ')
}

function sentence({ figures }: Shown, [ref, , label]: Shown['figures'][number]): string {
  const change = figures.find(([each]) => each === `${ref}.change`)
  const marks = label.includes('provisional') ? ' This may still change, since it is provisional.' : ''
  return `${nameOf(label)}: ${refTo(ref)}${change ? `, a change of ${refTo(change[0])}` : ''}.${marks}`
}

type Listing = { question: string; rows: readonly Row[] }

/** The first rows by their first figure, the smallest first where the question asks for the least. */
function listOf({ tool }: Shown, { question, rows }: Listing): string {
  const sign = /\b(worst|lowest|least)\b/.test(question) ? 1 : -1
  const first = ({ figures }: Row): number => {
    const amount = numberIn(figures[0]?.[1])
    return Number.isNaN(amount) ? Number.NEGATIVE_INFINITY : amount
  }
  const isSorted = ['get_metrics', 'compare_brands', 'get_attribution'].includes(tool)
  const sorted = isSorted ? [...rows].sort((a, b) => sign * (first(a) - first(b)) || 0) : rows
  const lines = sorted.slice(0, LISTED).map(({ name, figures }) => {
    const shown = figures.slice(0, 2).map(([ref, , label]) => `${nameOf(label)} ${refTo(ref)}`)
    return `- ${[name ? refTo(name) : '', shown.join(', ')].filter(Boolean).join(': ')}`
  })
  return `In this order:\n${lines.join('\n')}`
}
