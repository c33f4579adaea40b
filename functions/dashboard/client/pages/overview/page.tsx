import { useSearch } from '@tanstack/react-router'
import { type ReactNode, useDeferredValue } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { PageFrame } from '../../parts/page-frame.tsx'
import { POLL_MS } from '../../parts/poll.ts'
import { NoBrand } from '../../shell/no-brand.tsx'
import { type Brand, useScope } from '../../shell/scope.ts'
import { BestSellers } from './best-sellers.tsx'
import { Campaigns } from './campaigns.tsx'
import { Channels } from './channels.tsx'
import { CreditChoice } from './credit-choice.tsx'
import { dashboardOf } from './dashboard.ts'
import { DaySummary } from './day-summary.tsx'
import { Freshness } from './freshness.tsx'
import { Kpis } from './kpis.tsx'
import { OpenAlerts } from './open-alerts.tsx'
import { OverviewSkeleton } from './skeleton.tsx'
import { Trend } from './trend.tsx'

/** How the brand does: what was sold, what was spent, and what needs somebody. */
export function OverviewPage() {
  const { brand } = useScope()
  if (brand) return <BrandOverview brand={brand} />
  return (
    <PageFrame title="Overview">
      <NoBrand />
    </PageFrame>
  )
}

function BrandOverview({ brand }: { brand: Brand }) {
  const input = dashboardOf(brand, useSearch({ from: '/frame/' }))
  const { model, ledger } = input
  const result = useRead(operations.get_brand_dashboard, input, { pollMs: () => POLL_MS })
  return (
    <PageFrame title="Overview" hint={`${brand.name} · days in ${brand.time_zone.replaceAll('_', ' ')}`}>
      <Loaded result={result} skeleton={<OverviewSkeleton />}>
        {(dashboard) => (
          <div className="flex flex-col gap-4 lg:gap-5">
            <Kpis dashboard={dashboard} />
            <Later>
              <DaySummary brandId={brand.id} />
              <div className="grid gap-4 lg:gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
                <Trend dashboard={dashboard} />
                <div className="grid gap-4 md:grid-cols-2 lg:gap-5 xl:flex xl:flex-col">
                  <OpenAlerts brandId={brand.id} />
                  <Freshness connections={dashboard.freshness} />
                </div>
              </div>
              <CreditChoice brandId={brand.id} model={model} ledger={ledger} />
              <Channels dashboard={dashboard} />
              <Campaigns dashboard={dashboard} />
              <BestSellers dashboard={dashboard} />
            </Later>
          </div>
        )}
      </Loaded>
    </PageFrame>
  )
}

/** What stands lower is rendered when the figures above it are seen already. */
const Later = ({ children }: { children: ReactNode }) => useDeferredValue<ReactNode>(children, null)
