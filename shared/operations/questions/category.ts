export const CATEGORIES = [
  'attribution',
  'advertising',
  'inventory',
  'customers',
  'alerts',
  'recommendations',
  'definitions',
  'sync',
  'sales',
  'other',
] as const
export type Category = (typeof CATEGORIES)[number]

/** The first whose words the question has. */
const WORDS: readonly (readonly [Category, RegExp])[] = [
  [
    'definitions',
    /\b(what (is|does|are) (the )?(definition|meaning)|what does .* mean|defin\w+|how is .* (computed|calculated|defined))/,
  ],
  ['recommendations', /\b(recommend\w*|should (i|we)|advice|advise|what can (i|we) do)\b/],
  ['alerts', /\b(alerts?|anomal\w+|warnings?|incidents?|unusual)\b/],
  ['inventory', /\b(stock\w*|inventory|out of stock|reorder\w*|cover|run(ning)? out|on hand)\b/],
  ['attribution', /\b(attribut\w+|credit\w*|first.click|last.click|touch\w*|markov|shapley|journeys?|incremental)\b/],
  [
    'advertising',
    /\b(roas|ads?|advertis\w+|spend\w*|spent|campaigns?|meta|facebook|google|tiktok|cpc|ctr|clicks?|mer|cac|ncac)\b/,
  ],
  ['customers', /\b(customers?|cohorts?|ltv|lifetime|retention|returning|repeat)\b/],
  ['sync', /\b(sync\w*|connection\w*|connected|fresh\w*|up to date|integration\w*)\b/],
  [
    'sales',
    /\b(sales?|sold|sell\w*|revenue|orders?|aov|net|gross|returns?|refunds?|discounts?|margins?|profit\w*|products?|units?|brands?|tax|shipping)\b/,
  ],
]

export function categoryOf(question: string): Category {
  const words = question.toLowerCase()
  return WORDS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other'
}
