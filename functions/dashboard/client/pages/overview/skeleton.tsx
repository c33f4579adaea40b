import { Skeleton } from '../../parts/states.tsx'

const TILES = ['net', 'orders', 'aov', 'customers', 'spend', 'mer', 'roas', 'returns']

/** The page's outline, so that nothing jumps when the figures come. */
export const OverviewSkeleton = () => (
  <div role="status" aria-label="Loading" className="flex flex-col gap-4 lg:gap-5">
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line md:grid-cols-4 min-[1800px]:grid-cols-8">
      {TILES.map((name) => (
        <div key={name} className="flex flex-col gap-2 bg-surface px-4 py-4 sm:px-5">
          <Skeleton className="h-3 w-20 rounded" />
          <Skeleton className="h-5 w-28 rounded" />
          <Skeleton className="h-3 w-24 rounded" />
          <Skeleton className="mt-2 h-9 w-full rounded" />
        </div>
      ))}
    </div>
    <div className="grid gap-4 lg:gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="h-96 rounded-xl border border-line bg-surface p-5">
        <Skeleton className="h-full w-full rounded-lg" />
      </div>
      <div className="hidden h-96 rounded-xl border border-line bg-surface p-5 xl:block">
        <Skeleton className="h-full w-full rounded-lg" />
      </div>
    </div>
  </div>
)
