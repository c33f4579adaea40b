import type { ToolUse } from './answer.ts'
import type { Talk } from './conversation.ts'
import { daysIn } from './days.ts'

/** Words for metrics, the more telling first; what a longer phrase took is not left for a shorter one. */
const METRICS: readonly (readonly [RegExp, string])[] = [
  [/claimed roas/, 'claimed_roas'],
  [/claimed (conversions|orders|purchases)/, 'claimed_conversions'],
  [/claimed (value|revenue|sales)|claims?\b/, 'claimed_value'],
  [/new.customer roas|nroas/, 'nroas'],
  [/cost per new customer|ncac/, 'ncac'],
  [/cost per customer|\bcac\b/, 'cac'],
  [/cost per click|\bcpc\b/, 'cpc'],
  [/click.through( rate)?|\bctr\b/, 'ctr'],
  [/\broas\b|return on ad spend/, 'roas'],
  [/\bmer\b|marketing efficiency/, 'mer'],
  [/average order value|\baov\b|average order/, 'aov'],
  [/credited (net|sales|revenue)/, 'credited_net'],
  [/gross/, 'gross'],
  [/total sales/, 'total_sales'],
  [/return rate|refund rate/, 'return_rate'],
  [/discount rate/, 'discount_rate'],
  [/discounts?/, 'discounts'],
  [/returns|refunds?|refunded|returned/, 'returns'],
  [/returning customers|repeat customers/, 'returning_customers'],
  [/new customers/, 'new_customers'],
  [/contribution margin|\bcm1\b|margin|profit/, 'cm1'],
  [/\bshipping\b/, 'shipping'],
  [/\btax(es)?\b/, 'tax'],
  [/impressions/, 'impressions'],
  [/\bclicks?\b/, 'clicks'],
  [/\b(ad )?(spend|spent|spending)\b/, 'spend'],
  [/\borders\b|how many orders/, 'orders'],
  [/\bunits\b|pieces/, 'units'],
  [/\b(net )?(sales|revenue|sold|sell|selling|sellers?|earned|turnover)\b/, 'net'],
]

export function metricsIn(question: string): string[] {
  let words = question.toLowerCase()
  return METRICS.flatMap(([pattern, metric]) => {
    if (!pattern.test(words)) return []
    words = words.replace(pattern, ' ')
    return [metric]
  })
}

type Rule = { when: RegExp; tool: string; input: (words: string) => object }
/** Of other tools than get_metrics, the first whose words the question has. */
const RULES: readonly Rule[] = [
  {
    when: /\b(what (is|are|does)|how is|how are|define|definition).*\b(mean|defined|computed|calculated|definition)\b|definition of/,
    tool: 'list_metrics',
    input: () => ({}),
  },
  {
    when: /\brecommend|\bshould (i|we)\b|\badvi[cs]e/,
    tool: 'list_brand_recommendations',
    input: () => ({ limit: 5 }),
  },
  {
    when: /\balerts?\b|anomal|unusual|warning/,
    tool: 'list_alerts',
    input: (words) => ({ limit: 20, ...(/\bopen\b/.test(words) && { status: 'open' }) }),
  },
  { when: /out of stock|sold out/, tool: 'get_inventory', input: () => ({ only: 'out_of_stock', limit: 10 }) },
  {
    when: /run(ning)? out|at risk|reorder|stock|inventory|\bcover\b/,
    tool: 'get_inventory',
    input: (words) => ({ limit: 10, ...(/risk|run/.test(words) && { only: 'at_risk' }) }),
  },
  { when: /cohort|\bltv\b|lifetime/, tool: 'get_cohorts', input: () => ({}) },
  {
    when: /attribut|\bmodels?\b|markov|shapley|first.(touch|click)|linear/,
    tool: 'get_attribution',
    input: (words) => ({ by: /campaign/.test(words) ? 'campaign' : 'channel', limit: 10 }),
  },
  { when: /\bsync|up to date|fresh|connection/, tool: 'get_sync_status', input: () => ({}) },
  { when: /\b(all|each|every|which|compare).*\bbrands?\b|across brands/, tool: 'compare_brands', input: () => ({}) },
]
const DATED = ['get_metrics', 'get_attribution', 'compare_brands', 'get_ledgers']

/** The calls that the question needs, or why there are none. */
export function planOf(talk: Talk): ToolUse[] | 'ambiguous' | 'unknown' {
  const words = talk.question.toLowerCase()
  const rule = RULES.find(({ when, tool }) => when.test(words) && talk.tools.some(({ name }) => name === tool))
  const metrics = metricsIn(words)
  if (!rule && metrics.length === 0)
    return words.split(/\s+/).length < 6 || /how are we|how is it going/.test(words) ? 'ambiguous' : 'unknown'
  const tool = rule?.tool ?? 'get_metrics'
  const input = rule ? rule.input(words) : metricsInput(words, metrics)
  const days = DATED.includes(tool) ? daysIn(words, talk.today) : null
  return addressed({ name: tool, input: { ...input, ...days } }, talk)
}

function metricsInput(words: string, metrics: readonly string[]): object {
  const by = /campaign/.test(words)
    ? 'campaign'
    : /channel|platform/.test(words)
      ? 'channel'
      : /product|sellers?\b/.test(words)
        ? 'product'
        : null
  const interval = /\b(daily|by day|each day|per day|which day)\b/.test(words)
    ? 'day'
    : /\b(weekly|by week|each week)\b/.test(words)
      ? 'week'
      : null
  return { metrics: metrics.slice(0, 6), ...(by && { by, limit: 50 }), ...(interval && { interval }) }
}

/** With the brand where the tool wants one; ambiguous when it is not said which. */
function addressed(call: ToolUse, { tools, brands, question }: Talk): ToolUse[] | 'ambiguous' | 'unknown' {
  const tool = tools.find(({ name }) => name === call.name)
  if (!tool) return 'unknown'
  if (!tool.input_schema.properties?.id) return [call]
  const named = brands.filter(({ name }) => question.toLowerCase().includes(name.toLowerCase()))
  const meant = named.length > 0 ? named : brands.length === 1 ? brands : []
  return meant.length === 0
    ? 'ambiguous'
    : meant.map(({ brand_id }) => ({ ...call, input: { ...call.input, id: brand_id } }))
}
