import { type Dimension, FIGURES, type FigureName, type Ledger, type Provisional, type Source } from './figures.ts'
import type { Formula } from './formula.ts'

/** `money` in the brand's currency; `ratio` is a plain quotient, `share` one that people read as percent. */
export type Unit = 'money' | 'count' | 'ratio' | 'share'

/** One defined number. What is not declared follows from the figures of its formula. */
export type Metric<Id extends string = string> = {
  id: Id
  /** For people. */
  name: string
  /** One sentence that says what is in it and what is not. */
  definition: string
  unit: Unit
  /** Whether more is better, for colours and alerts; null: neither. */
  better: 'more' | 'less' | null
  formula: Formula
}

export const metric = <Id extends string>(declared: Metric<Id>): Metric<Id> => declared

const facts = ({ formula }: Metric) => formula.figures.map((name) => FIGURES[name])

/** The read models that must be read for it. */
export const sourcesOf = (metric: Metric): Source[] => [...new Set(facts(metric).map(({ source }) => source))]

/** What it can be broken down by: what each of its figures can. */
export function dimensionsOf(metric: Metric): Dimension[] {
  const by: readonly (readonly Dimension[])[] = facts(metric).map((fact) => fact.by)
  const [first = [], ...rest] = by
  return first.filter((dimension) => rest.every((other) => other.includes(dimension)))
}

export const ledgersOf = (metric: Metric): Ledger[] => [...new Set(facts(metric).map(({ ledger }) => ledger))]

/** Its rules, without `never`: a day is provisional for it when it is so by any of them. */
export const provisionalRulesOf = (metric: Metric): Exclude<Provisional, 'never'>[] => [
  ...new Set(facts(metric).flatMap(({ provisional }) => (provisional === 'never' ? [] : [provisional]))),
]

/** `sum`: days and parts add up. `days`: parts do, but somebody is counted once a day. `ratio`: of sums, adds up nowhere. */
export function additivityOf(metric: Metric): 'sum' | 'days' | 'ratio' {
  if (metric.formula.isRatio) return 'ratio'
  return facts(metric).every(({ additive }) => additive) ? 'sum' : 'days'
}

/** The figures that are unknown until somebody sets something. */
export const settingsOf = ({ formula }: Metric): FigureName[] =>
  formula.figures.filter((name) => FIGURES[name].source === 'settings')
