import type { Question } from '../question.ts'
import type { BrandTruth } from '../truth/brand.ts'
import { type Days, monthOf, shift } from '../truth/days.ts'

const week = (until: string): Days => ({ since: shift(until, -7), until })

/** Of days that are over, whose figures the shop's files tell. */
export function salesQuestions(truth: BrandTruth): Question[] {
  const { tenant, brand, today } = truth
  const yesterday = { since: shift(today, -1), until: today }
  const one = { since: shift(today, -9), until: shift(today, -8) }
  const stretch = week(shift(today, -12))
  const lastMonth = monthOf(today, 1)
  const asked: readonly [text: string, metric: string, days: Days][] = [
    [`What were net sales on ${one.since}?`, 'net', one],
    ['How many orders came in last month?', 'orders', lastMonth],
    [`What were gross sales from ${stretch.since} to ${shift(stretch.until, -1)}?`, 'gross', stretch],
    ['How many units were sold yesterday?', 'units', yesterday],
    ['What did returns come to last month?', 'returns', lastMonth],
    ['What was the average order value last month?', 'aov', lastMonth],
    ['How much was given away in discounts last month?', 'discounts', lastMonth],
  ]
  return asked.flatMap(([text, metric, days]) => {
    const value = truth.total(metric, days)
    return value === null
      ? []
      : [{ category: 'sales', tenant, brand, text, expected: { kind: 'figure', metric, days, value } } as const]
  })
}

export function productQuestions(truth: BrandTruth): Question[] {
  const { tenant, brand, today } = truth
  const days = monthOf(today, 1)
  return (['net', 'units'] as const).flatMap((metric) => {
    const top = truth.topProduct(metric, days)
    const of = metric === 'net' ? 'net sales' : 'units'
    const text = `Which product had the highest ${of} last month?`
    return top
      ? [{ category: 'products', tenant, brand, text, expected: { kind: 'row', metric, days, ...top } } as const]
      : []
  })
}
