import { Badge, type Tone } from '../../parts/badge.tsx'
import { formatAgo, formatCount, formatMoneyOf, inWords, platformName } from '../../parts/format.ts'
import { Decision } from './decision.tsx'
import { EvidenceTable } from './evidence-table.tsx'
import { ExpectedRange } from './expected-range.tsx'
import type { Recommendation } from './recommendation.ts'

const CONFIDENCE: Readonly<Record<Recommendation['confidence'], Tone>> = {
  low: 'warn',
  medium: 'neutral',
  high: 'good',
}

export const RecommendationItem = ({ recommendation }: { recommendation: Recommendation }) => (
  <li className="rounded-xl border border-line bg-surface p-4 sm:p-5">
    <div className="flex flex-col gap-4 lg:flex-row lg:justify-between lg:gap-8">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-ink-3 text-xs">
          <Badge>{inWords(recommendation.kind)}</Badge>
          <Badge tone={CONFIDENCE[recommendation.confidence]}>{inWords(recommendation.confidence)} confidence</Badge>
          computed {formatAgo(recommendation.updated_at)}
        </p>
        <h2 className="mt-2 font-semibold text-base text-ink">{recommendation.title}</h2>
        <p className="mt-1 max-w-prose text-ink-2 text-sm">{recommendation.what_to_do}</p>
        <Places recommendation={recommendation} />
      </div>
      <div className="flex shrink-0 flex-col gap-3 lg:w-80">
        <ExpectedRange recommendation={recommendation} />
        <Decision recommendation={recommendation} />
      </div>
    </div>
    <details className="mt-3 border-line border-t pt-3">
      <summary className="font-medium text-ink-2 text-sm hover:text-ink">Evidence</summary>
      <div className="mt-3 flex flex-col gap-3 text-sm">
        <p className="max-w-prose text-ink-2">
          <strong className="font-medium text-ink">How it was computed.</strong> {recommendation.computed}
        </p>
        <p className="max-w-prose text-ink-2">
          <strong className="font-medium text-ink">It would be wrong if</strong> {recommendation.wrong_if}
        </p>
        <EvidenceTable rows={recommendation.evidence} />
      </div>
    </details>
  </li>
)

function Places({ recommendation: { where, expected } }: { recommendation: Recommendation }) {
  const currency = expected?.mid.currency
  const budget = (value: number): string => (currency ? formatMoneyOf(value, currency) : formatCount(value))
  return (
    <ul className="mt-3 flex flex-col gap-1.5 text-sm">
      {where.map(({ provider, campaign_id, campaign, budget_from, budget_to }) => (
        <li key={`${provider} ${campaign_id}`} className="flex flex-wrap items-center gap-x-2 text-ink-2">
          <span className="text-ink-3">{platformName(provider)}</span>
          <span className="font-medium text-ink">{campaign ?? campaign_id ?? 'All campaigns'}</span>
          {budget_from !== null && budget_to !== null && (
            <span>
              {budget(budget_from)} → <strong className="font-semibold text-ink">{budget(budget_to)}</strong> a day
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
