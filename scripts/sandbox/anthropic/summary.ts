import type { Shown, Talk } from './conversation.ts'
import { nameOf, numberIn, type Row, refTo, rowsOf } from './rows.ts'

/** Whether the day's summary is asked for, of results in the server's order: the day, its week, then rows of each kind. */
export const isSummary = ({ question, results }: Talk): boolean =>
  /^write the summary of the day/i.test(question) && results.length > 1

/** The day, the week, and what stands out in it. */
export const summaryOf = ({ results: [day, week, ...kinds] }: Talk): string =>
  [theDay(day), theWeek(week), outstanding(kinds)].filter((paragraph) => paragraph !== '').join('\n\n')

const theDay = (day: Shown | undefined): string =>
  inSentences([
    told(
      day,
      'net',
      (net, change) => `Net sales of the day came to ${net}${change && ` (${change} on the day before)`}.`,
    ),
    told(day, 'orders', (orders) => `There were ${orders} orders.`),
    told(day, 'aov', (aov) => `Average order value: ${aov}.`),
    told(day, 'spend', (spend) => `Ad spend was ${spend}${isProvisional(day) ? ', which may still change' : ''}.`),
    told(day, 'roas', (roas) => `ROAS: ${roas}.`),
  ])

const theWeek = (week: Shown | undefined): string =>
  inSentences([
    told(
      week,
      'net',
      (net, change) => `Over the week net sales were ${net}${change && ` (${change} on the week before)`}.`,
    ),
    told(week, 'new_customers', (customers) => `New customers: ${customers}.`),
    told(week, 'spend', (spend, change) => `Ad spend: ${spend}${change && ` (${change} on the week before)`}.`),
    told(week, 'mer', (mer) => `MER: ${mer}.`),
    told(week, 'returns', (returns) => `Returns: ${returns}.`),
  ])

function outstanding(kinds: readonly Shown[]): string {
  const [channel, campaign, product] = kinds.map(rowsOf)
  const lines = [
    pointed(most(paid(channel), 'credited_net'), 'earned most among the channels', ['credited_net', 'roas']),
    pointed(least(paid(campaign), 'roas'), 'returned least for what it cost', ['spend', 'roas']),
    pointed(most(product, 'net'), 'sold best', ['net', 'units']),
  ].filter((line) => line !== '')
  return lines.length === 0 ? '' : ['What stands out in the week:', ...lines].join('\n')
}

const inSentences = (sentences: readonly string[]): string => sentences.filter((each) => each !== '').join(' ')
const isProvisional = (shown: Shown | undefined): boolean =>
  shown?.figures.some(([, , label]) => label.includes('provisional')) ?? false

/** Nothing where the figure is unknown. */
function told(shown: Shown | undefined, metric: string, say: (figure: string, change: string) => string): string {
  const [ref, text] = shown?.figures.find(([each]) => each.endsWith(`.total.${metric}`)) ?? []
  if (ref === undefined || Number.isNaN(numberIn(text))) return ''
  const change = shown?.figures.find(([each]) => each === `${ref}.change`)
  return say(refTo(ref), change ? refTo(change[0]) : '')
}

const figureOf = ({ figures }: Row, metric: string) => figures.find(([ref]) => ref.endsWith(`.${metric}`))
const amountOf = (row: Row, metric: string): number => numberIn(figureOf(row, metric)?.[1])
const known = (rows: readonly Row[] | undefined, metric: string): Row[] =>
  (rows ?? []).filter((row) => row.name !== null && !Number.isNaN(amountOf(row, metric)))
const paid = (rows: readonly Row[] | undefined): Row[] =>
  known(rows, 'spend').filter((row) => amountOf(row, 'spend') > 0)
const most = (rows: readonly Row[] | undefined, metric: string): Row | undefined =>
  known(rows, metric).sort((a, b) => amountOf(b, metric) - amountOf(a, metric))[0]
const least = (rows: readonly Row[], metric: string): Row | undefined =>
  known(rows, metric).sort((a, b) => amountOf(a, metric) - amountOf(b, metric))[0]

function pointed(row: Row | undefined, what: string, metrics: readonly string[]): string {
  if (!row?.name) return ''
  const figures = metrics.flatMap((metric) => {
    const [ref, , label] = figureOf(row, metric) ?? []
    return ref === undefined || label === undefined ? [] : `${nameOf(label)} ${refTo(ref)}`
  })
  return `- ${refTo(row.name)} ${what}: ${figures.join(', ')}.`
}
