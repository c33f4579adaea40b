import { cellsOf, type Result } from '../../shared/ai/cell.ts'
import { ground } from '../../shared/ai/ground.ts'
import { AppError } from '../../shared/errors.ts'
import { type Presented, present } from '../../shared/operations/questions/present.ts'

const DAY = ['net', 'orders', 'aov', 'spend', 'roas']
const WEEK = ['net', 'orders', 'new_customers', 'spend', 'mer']

/** The totals of the day and the week in sentences of our own, rendered and proven like a model's. Throws INTERNAL. */
export function templateOf(results: readonly Result[]): Presented {
  const [day, week] = results
  const text = [...paragraph('The day:', day, DAY), ...paragraph('The week that ends with it:', week, WEEK)].join('\n')
  const grounded = ground(text || 'The data has nothing about this day.', cellsOf(results), '')
  if (!grounded.proven)
    throw new AppError('INTERNAL', `The summary's own text is wrong: ${grounded.problems.join('; ')}`)
  return present({ status: 'answered', reason: null, parts: grounded.parts, results: [...results], charges: [] })
}

function paragraph(title: string, result: Result | undefined, metrics: readonly string[]): string[] {
  const lines = metrics.flatMap((metric) => (result ? lineOf(result, metric) : []))
  return lines.length === 0 ? [] : [title, ...lines]
}

/** None where the figure is unknown. */
function lineOf({ id, figures }: Result, metric: string): string[] {
  const ref = `${id}.total.${metric}`
  const figure = figures.find((each) => each.ref === ref)
  if (!figure || figure.value === null) return []
  const change = figures.some((each) => each.ref === `${ref}.change`) ? `, a change of [[${ref}.change]]` : ''
  return [`- ${figure.name}: [[${ref}]]${change}.`]
}
