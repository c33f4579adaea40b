import { PageFrame } from '../../parts/page-frame.tsx'
import { NoPermission } from '../../parts/states.tsx'
import { useMe } from '../../shell/me.ts'
import { Accuracy } from './accuracy.tsx'
import { Audit } from './audit.tsx'
import { Latency } from './latency.tsx'
import { Questions } from './questions.tsx'
import { Usage } from './usage.tsx'

export function ObservabilityPage() {
  const { may } = useMe()
  return (
    <PageFrame
      title="Observability"
      hint="What answers cost, how fast and how right they were, and who asked what. The last 30 days, in UTC."
    >
      {may('admin:manage') ? (
        <>
          <Usage />
          <Questions />
          <Accuracy />
          <Latency />
          <Audit />
        </>
      ) : (
        <NoPermission>Only administrators see what others asked and what it cost.</NoPermission>
      )}
    </PageFrame>
  )
}
