import { type ComponentProps, lazy, Suspense } from 'react'
import type { Chart } from './chart.tsx'

const Loaded = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }))

/** A chart that the figures beside it need not wait for; its place is kept. */
export const LazyChart = (props: ComponentProps<typeof Chart>) => (
  <Suspense fallback={<div style={{ minHeight: props.height }} />}>
    <Loaded {...props} />
  </Suspense>
)
