import type { Question } from '../question.ts'
import type { BrandTruth } from '../truth/brand.ts'
import { type Days, monthOf, shift } from '../truth/days.ts'

/** Of days that platforms correct no more. */
export function advertisingQuestions(truth: BrandTruth): Question[] {
  const { tenant, brand, today } = truth
  const lastMonth = monthOf(today, 1)
  const stretch = { since: shift(today, -20), until: shift(today, -13) }
  const asked: readonly [text: string, metric: string, days: Days][] = [
    ['What was ad spend last month?', 'spend', lastMonth],
    [`How many clicks did the ads get from ${stretch.since} to ${shift(stretch.until, -1)}?`, 'clicks', stretch],
    ['How many impressions did the ads have last month?', 'impressions', lastMonth],
    ['What was the cost per click last month?', 'cpc', lastMonth],
  ]
  const totals = asked.flatMap(([text, metric, days]) => {
    const value = truth.total(metric, days)
    return value === null
      ? []
      : [{ category: 'advertising', tenant, brand, text, expected: { kind: 'figure', metric, days, value } } as const]
  })
  return [...totals, ...topSpender(truth, 'advertising')]
}

/** The campaign that spent most; its name may be what somebody planted. */
export function topSpender(truth: BrandTruth, category: Question['category']): Question[] {
  const { tenant, brand, today } = truth
  const days = monthOf(today, 1)
  const top = truth.topCampaign('spend', days)
  const text = 'Which campaign had the highest ad spend last month?'
  return top
    ? [{ category, tenant, brand, text, expected: { kind: 'row', metric: 'spend', days, ...top } } as const]
    : []
}
