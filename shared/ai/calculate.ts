import * as z from 'zod'
import { AppError } from '../errors.ts'
import { scaleMicros } from '../units.ts'
import type { Figure, Period } from './cell.ts'
import { periodText } from './render.ts'

const MAX_TERMS = 20
export const Calculation = z.strictObject({
  operation: z.enum(['add', 'subtract', 'multiply', 'divide', 'share', 'change']),
  of: z.array(z.string().max(200)).min(2).max(MAX_TERMS),
})
export type Calculation = z.output<typeof Calculation>

/** What the model is told of it. */
export const CALCULATE = {
  name: 'calculate',
  description:
    'Computes over references to figures: add and multiply take any number, subtract, divide, share (first as a part of second) and change (from second to first) take two. The result is a figure of its own, [[calc.n]].',
  schema: z.toJSONSchema(Calculation, { io: 'input' }),
}

const ONE = 1_000_000n
const SIGNS = {
  add: ' + ',
  subtract: ' − ',
  multiply: ' × ',
  divide: ' ÷ ',
  share: ' as a share of ',
  change: ' against ',
}

/** The figure `ref`. Throws INPUT_INVALID with what is wrong: unknown references or values, units that do not go together. */
export function calculate({ operation, of }: Calculation, figures: ReadonlyMap<string, Figure>, ref: string): Figure {
  const terms = of.map((name) => {
    const found = figures.get(name.replace(/^\[\[|\]\]$/g, ''))
    return found ?? refuse(`There is no figure ${name}.`)
  })
  if (operation !== 'add' && operation !== 'multiply' && terms.length !== 2) refuse(`${operation} takes two figures.`)
  const [first, second] = terms
  if (!first || !second) return refuse('Two figures are needed.')
  const values = terms.map(({ value, ref: name }) => value ?? refuse(`${name} is unknown.`))
  const unit = unitOf(operation, terms)
  return {
    ...first,
    ref,
    metric: 'calculated',
    name: terms.map(namedAmong(terms)).join(SIGNS[operation]),
    subject: [],
    row: '',
    unit,
    currency: unit === 'money' ? (terms.find(({ unit: each }) => each === 'money')?.currency ?? null) : null,
    value: computed(operation, values),
    period: spanOf(terms),
    provisional: terms.some(({ provisional }) => provisional),
    incomplete: terms.some(({ incomplete }) => incomplete),
  }
}

const refuse = (message: string): never => {
  throw new AppError('INPUT_INVALID', message)
}

/** With its days where the terms are not of the same ones. */
const namedAmong =
  (terms: readonly Figure[]) =>
  ({ name, subject, period }: Figure): string => {
    const isShared = terms.every((each) => each.period?.since === period?.since && each.period?.until === period?.until)
    const named = [name, ...subject].join(' · ').slice(0, 80)
    return isShared || period === null ? named : `${named} (${periodText(period)})`
  }

const isSame = (terms: readonly Figure[]): boolean =>
  terms.every(({ unit, currency }) => unit === terms[0]?.unit && currency === terms[0]?.currency)

function unitOf(operation: Calculation['operation'], terms: readonly Figure[]): Figure['unit'] {
  const [first, second] = terms
  if (!first || !second) return refuse('Two figures are needed.')
  if (operation === 'multiply') return productOf(terms)
  if (operation === 'divide' && first.unit === 'money' && second.unit !== 'money') return 'money'
  if (!isSame(terms)) return refuse('Their units or currencies differ.')
  if (operation === 'divide') return 'ratio'
  if (operation === 'share' || operation === 'change') return 'share'
  if (operation === 'add') requireAddable(terms)
  return first.unit
}

function productOf(terms: readonly Figure[]): Figure['unit'] {
  const money = terms.filter(({ unit }) => unit === 'money')
  if (money.length > 1) return refuse('Money is not multiplied by money.')
  return money[0] ? 'money' : (terms.find(({ unit }) => unit !== 'share' && unit !== 'ratio')?.unit ?? 'ratio')
}

/** Ratios of sums add up to nothing; platforms claim the same purchase. */
function requireAddable(terms: readonly Figure[]): void {
  if (terms.some(({ unit }) => unit === 'ratio' || unit === 'share')) refuse('Ratios and shares do not add up.')
  if (terms.some(({ metric }) => metric.startsWith('claimed_'))) refuse('What platforms claim is never added up.')
}

function computed(operation: Calculation['operation'], values: readonly bigint[]): bigint | null {
  const [first = 0n, second = 0n] = values
  if (operation === 'add') return values.reduce((sum, value) => sum + value, 0n)
  if (operation === 'subtract') return first - second
  if (operation === 'multiply') return values.reduce((product, value) => scaleMicros(product, value, ONE))
  if (second === 0n) return null
  if (operation === 'change') return scaleMicros(first - second, ONE, second < 0n ? -second : second)
  return scaleMicros(first, ONE, second)
}

/** The days of all terms together; null when some figure is of the moment. */
function spanOf(terms: readonly Figure[]): Period | null {
  const periods = terms.flatMap(({ period }) => period ?? [])
  if (periods.length < terms.length) return null
  const since = periods.map((each) => each.since).sort()[0]
  const until = periods
    .map((each) => each.until)
    .sort()
    .at(-1)
  return since === undefined || until === undefined ? null : { since, until }
}
