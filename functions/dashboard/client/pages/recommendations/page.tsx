import { useState } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { PageFrame } from '../../parts/page-frame.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { Empty } from '../../parts/states.tsx'
import { NoBrand } from '../../shell/no-brand.tsx'
import { useScope } from '../../shell/scope.ts'
import { PendingActions } from './pending-actions.tsx'
import { RecommendationItem } from './recommendation-item.tsx'

const STATUSES = [
  { value: 'open', title: 'Open' },
  { value: 'accepted', title: 'Accepted' },
  { value: 'dismissed', title: 'Dismissed' },
  { value: 'expired', title: 'Expired' },
] as const
type Status = (typeof STATUSES)[number]['value']

export function RecommendationsPage() {
  const { brand } = useScope()
  const [status, setStatus] = useState<Status>('open')
  return (
    <PageFrame
      title="Recommendations"
      hint="What could earn more, by expected effect. Nothing is ever changed on a platform: a person does that."
      actions={<Segmented label="Status" value={status} options={STATUSES} onChange={setStatus} />}
    >
      {brand ? <Recommendations brandId={brand.id} status={status} /> : <NoBrand />}
      <PendingActions />
    </PageFrame>
  )
}

function Recommendations({ brandId, status }: { brandId: string; status: Status }) {
  const result = useRead(operations.list_brand_recommendations, { id: brandId, status, limit: 100 })
  return (
    <Loaded result={result}>
      {({ recommendations }) =>
        recommendations.length === 0 ? (
          <div className="rounded-xl border border-line bg-surface">
            <Empty title={status === 'open' ? 'Nothing to recommend' : 'Nothing here'}>
              {status === 'open' && 'Advice is given when the data proves an effect; it is looked for every hour.'}
            </Empty>
          </div>
        ) : (
          <ul className="flex flex-col gap-3">
            {recommendations.map((each) => (
              <RecommendationItem key={each.id} recommendation={each} />
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}
