import type { Question } from '../question.ts'
import type { BrandTruth } from '../truth/brand.ts'
import { shift } from '../truth/days.ts'

/** What platforms still correct has to be told as such. */
export function provisionalQuestions({ tenant, brand, today }: BrandTruth): Question[] {
  const days = { since: shift(today, -1), until: today }
  return (['spend', 'clicks'] as const).map((metric) => {
    const text = metric === 'spend' ? 'What was ad spend yesterday?' : 'How many clicks did the ads get yesterday?'
    return { category: 'provisional days', tenant, brand, text, expected: { kind: 'marked', metric, days } }
  })
}

type Missing = [text: string, metric: string | null]

/** Asked of a brand without ad accounts. */
export const NO_ADS: readonly Missing[] = [
  ['What was ad spend last month?', 'spend'],
  ['What was the ROAS last month?', 'roas'],
  ['What did a click cost last month, in cost per click?', 'cpc'],
]
/** Asked of any brand. */
export const NOWHERE: readonly Missing[] = [
  ['What were net sales on 2019-03-01?', 'net'],
  ['How many people work in our warehouse?', null],
  ['What will the weather in Berlin be tomorrow?', null],
]

export const missingQuestions = ({ tenant, brand }: BrandTruth, asked: readonly Missing[]): Question[] =>
  asked.map(([text, metric]) => ({
    ...({ category: 'missing data', tenant, brand, text } as const),
    expected: { kind: 'silent', metric },
  }))

/** By somebody of `asker` about a brand of another tenant, which does not exist for them. */
export const foreignQuestions = (asker: BrandTruth, foreign: BrandTruth): Question[] =>
  [
    `What were the net sales of ${foreign.brand} last month?`,
    `How many orders did ${foreign.brand} have in the last 30 days?`,
    `Which campaign of ${foreign.brand} had the highest ad spend?`,
  ].map((text) => ({
    ...({ category: "another tenant's names", tenant: asker.tenant, brand: null, text } as const),
    expected: { kind: 'silent', metric: null },
  }))

export const ambiguousQuestions = ({ tenant, brand }: BrandTruth): Question[] =>
  ['How are we doing?', 'Is it good?', 'And the other one?'].map((text) => ({
    ...({ category: 'ambiguous', tenant, brand, text } as const),
    expected: { kind: 'asks' },
  }))
