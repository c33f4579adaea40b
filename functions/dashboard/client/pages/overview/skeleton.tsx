import { Skeleton } from '../../parts/states.tsx'

/** The page's outline, so that nothing jumps when the figures come. */
export const OverviewSkeleton = () => (
  <div role="status" aria-label="Loading" className="flex flex-col gap-5">
    <div className="grid grid-cols-2 gap-3 md:grid-cols-4 2xl:grid-cols-8">
      {['net', 'orders', 'aov', 'customers', 'spend', 'mer', 'roas', 'returns'].map((name) => (
        <Skeleton key={name} className="h-28 rounded-xl" />
      ))}
    </div>
    <Skeleton className="h-80 rounded-xl" />
    <Skeleton className="h-64 rounded-xl" />
  </div>
)
