import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ApiError } from '../api/api-error.ts'
import type { Read } from '../api/call.ts'
import { cn } from './class-names.ts'
import { Failed, SkeletonLines, StaleNote } from './states.tsx'

type Props<T> = {
  result: UseQueryResult<Read<T>, ApiError>
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}

/** The states of what is read: loading, refused, failed, out of date, there. What was shown stays while more is read. */
export function Loaded<T>({ result, skeleton, children }: Props<T>) {
  const { data, error, isPlaceholderData, refetch } = result
  if (data === undefined && error) return <Failed error={error} retry={() => void refetch()} />
  if (data === undefined) return skeleton ?? <SkeletonLines />
  const staleSince = data.staleSince ?? (error ? new Date(result.dataUpdatedAt).toISOString() : null)
  return (
    <div aria-busy={isPlaceholderData} className={cn('transition-opacity', isPlaceholderData && 'opacity-60')}>
      {staleSince && <StaleNote since={staleSince} />}
      {children(data.data)}
    </div>
  )
}
