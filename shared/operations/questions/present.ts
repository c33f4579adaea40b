import type { Figure, Result } from '../../ai/cell.ts'
import type { Charge } from '../../ai/charged-call.ts'
import type { Conclusion } from '../../ai/converse.ts'
import { type Part, textOf } from '../../ai/ground.ts'
import type { Reason } from '../../ai/reason.ts'
import { labelText, valueText } from '../../ai/render.ts'
import { allTokens } from '../../ai/usage.ts'
import { cost } from '../admin/cost.ts'
import type { Answer } from './answer.ts'

/** What is shown of a conclusion; who asked, when and in which category is added by who asked it. */
export type Presented = Pick<
  Answer,
  'status' | 'reason' | 'answer' | 'parts' | 'evidence' | 'model' | 'tokens_used' | 'usage' | 'cost'
>

const MAX_ANSWER = 4_000
const KNOWN_AT_MOST = 12

export function present({ status, reason, parts, results, charges }: Conclusion): Presented {
  const shown = reason === null ? parts : knownParts(reason, results)
  return {
    status,
    reason,
    answer: textOf(shown).slice(0, MAX_ANSWER),
    parts: shown,
    evidence: evidenceOf(results, new Set(shown.flatMap((part) => (part.kind === 'text' ? [] : [part.ref])))),
    model: charges.findLast(({ outcome }) => outcome === 'complete')?.model ?? charges.at(-1)?.model ?? null,
    ...paidFor(charges),
  }
}

const WHY: Readonly<Record<Reason, string>> = {
  unproven: 'An answer was written whose figures could not all be proven, so it is not shown.',
  declined: 'The model declined to answer this question.',
  nothing_connected:
    'No shop and no advertising account is connected to this brand, so nothing is known of it; connect one first.',
  budget_exhausted:
    'The budget for answers of this month is used up; an administrator of this tenant can see and change it.',
  too_many_steps: 'The question took more steps than an answer may take; ask for less at once.',
  too_late: 'The answer was not ready in time; ask for less at once, or try again.',
  cut_short: 'The answer became too long; ask for less at once.',
  abandoned: 'The question was left before it was answered.',
  not_configured: 'Questions are not answered here: no key for Claude is set.',
  provider_rate_limited: 'Claude takes no more questions at the moment; try again shortly.',
  provider_unavailable: 'Claude cannot be reached at the moment; try again shortly.',
  provider_rejected: 'Claude did not take the question.',
  provider_bad_response: 'Claude sent an answer that cannot be read; try again shortly.',
}

/** Why there is no answer, and what was found until then. */
function knownParts(reason: Reason, results: readonly Result[]): Part[] {
  const known = results.flatMap(({ figures }) => figures).filter(({ row, value }) => row === '' && value !== null)
  const figures = known.slice(0, KNOWN_AT_MOST).flatMap((figure): Part[] => [text('\n- '), figurePart(figure)])
  return [text(WHY[reason]), ...(figures.length > 0 ? [text('\nWhat is known:'), ...figures] : [])]
}

const text = (given: string): Part => ({ kind: 'text', text: given })
const figurePart = (figure: Figure): Part => ({
  kind: 'figure',
  text: valueText(figure),
  label: labelText(figure),
  ref: figure.ref,
})

/** Every call, with the cells that are shown; cells that a calculation rests on are among them. */
function evidenceOf(results: readonly Result[], refs: ReadonlySet<string>): Answer['evidence'] {
  const used = new Set([...refs, ...results.flatMap((result) => termsOf(result, refs))])
  return results.map(({ id, tool, arguments: given, about, figures }) => ({
    result: id,
    tool,
    arguments: { ...given },
    about: { ...about },
    cells: figures.filter(({ ref }) => used.has(ref)).map(cellOnWire),
  }))
}

const termsOf = ({ id, arguments: { of } }: Result, refs: ReadonlySet<string>): string[] =>
  refs.has(id) && Array.isArray(of) ? of.map((term) => String(term).replace(/^\[\[|\]\]$/g, '')) : []

function cellOnWire(figure: Figure): Answer['evidence'][number]['cells'][number] {
  const { ref, metric, value, unit, currency, period, provisional, incomplete } = figure
  const shown = { label: labelText(figure), text: valueText(figure), value: value === null ? null : decimal(value) }
  return { ref, metric, ...shown, unit, currency, period, provisional, incomplete }
}

function decimal(millionths: bigint): string {
  const digits = (millionths < 0n ? -millionths : millionths).toString().padStart(7, '0')
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
  return millionths < 0n ? `-${text}` : text
}

/** The sum of all calls; the cost is unknown as soon as one call's is. */
function paidFor(charges: readonly Charge[]): Pick<Answer, 'tokens_used' | 'usage' | 'cost'> {
  const sum = (of: (charge: Charge) => number): number => charges.reduce((total, charge) => total + of(charge), 0)
  return {
    tokens_used: sum(({ usage }) => allTokens(usage)),
    usage: {
      input_tokens: sum(({ usage }) => usage.input),
      cache_write_tokens: sum(({ usage }) => usage.cacheWrite5m + usage.cacheWrite1h),
      cache_read_tokens: sum(({ usage }) => usage.cacheRead),
      output_tokens: sum(({ usage }) => usage.output),
      calls: charges.length,
    },
    cost: charges.some(({ costUsd }) => costUsd === null)
      ? null
      : cost(addUsd(charges.map(({ costUsd }) => costUsd ?? '0'))),
  }
}

const PLACES = 12

/** Exact: decimals of at most twelve places. */
function addUsd(decimals: readonly string[]): string {
  const total = decimals.reduce((sum, each) => {
    const [whole = '', fraction = ''] = each.split('.')
    return sum + BigInt(whole + fraction.padEnd(PLACES, '0'))
  }, 0n)
  const digits = total.toString().padStart(PLACES + 1, '0')
  return `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, '')
}
