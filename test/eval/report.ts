import { median, printTable, quantile } from '../bench/report.ts'
import type { Verdict } from './judge.ts'
import type { Asked } from './platform.ts'
import { CATEGORIES, type Question } from './question.ts'

export type Judged = Asked & { question: Question; verdict: Verdict }

const count = (rows: readonly Judged[], outcome: Verdict['outcome']): number =>
  rows.filter(({ verdict }) => verdict.outcome === outcome).length
const share = (part: number, of: number): string => (of === 0 ? '–' : `${((100 * part) / of).toFixed(1)}%`)

/** The stand-in plans by keywords: its answers say nothing of Claude's. */
export const labelOf = (isReal: boolean): string => (isReal ? 'accuracy' : 'plumbing, not accuracy')

/** What is known of a run: by category, and in all. */
export function printReport(judged: readonly Judged[], isReal: boolean): void {
  const line = (name: string, rows: readonly Judged[]): string[] => [
    name,
    ...[rows.length, count(rows, 'right'), count(rows, 'wrong'), count(rows, 'refused'), count(rows, 'asked back')].map(
      String,
    ),
    share(count(rows, 'right'), rows.length),
  ]
  const by = CATEGORIES.map((category) =>
    line(
      category,
      judged.filter(({ question }) => question.category === category),
    ),
  )
  printTable([['category', 'asked', 'right', 'wrong', 'refused', 'asked back', 'accuracy'], ...by, line('all', judged)])
  const times = judged.map(({ ms }) => ms)
  console.log(`${labelOf(isReal)}: ${share(count(judged, 'right'), judged.length)} of ${judged.length} questions`)
  console.log(`latency: p50 ${Math.round(median(times))} ms, p95 ${Math.round(quantile(times, 0.95))} ms`)
  const tokens = judged.reduce((sum, { answer }) => sum + answer.tokens_used, 0)
  console.log(`cost: ${costOf(judged)} at list prices, ${tokens} tokens${isReal ? '' : '; nothing was paid'}`)
}

function costOf(judged: readonly Judged[]): string {
  const known = judged.flatMap(({ answer }) => (answer.cost === null ? [] : [Number(answer.cost.amount)]))
  const unknown = judged.length - known.length
  return `USD ${known.reduce((sum, usd) => sum + usd, 0).toFixed(4)}${unknown > 0 ? ` and ${unknown} unknown` : ''}`
}
