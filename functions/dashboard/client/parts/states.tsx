import { CircleAlert, Inbox, LockKeyhole, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api/api-error.ts'
import { Button } from './button.tsx'
import { cn } from './class-names.ts'
import { formatInstant } from './format.ts'

export const Skeleton = ({ className }: { className?: string }) => (
  <div className={cn('animate-pulse bg-sunken', className)} />
)

/** Lines where a table or a list will be. */
export const SkeletonLines = ({ lines = 5 }: { lines?: number }) => (
  <div role="status" aria-label="Loading" className="flex flex-col gap-3 px-4 pb-5 sm:px-5">
    {Array.from({ length: lines }, (_, index) => `line ${index}`).map((key) => (
      <Skeleton key={key} className="h-5 w-full rounded-md" />
    ))}
  </div>
)

type SayProps = { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode; alert?: boolean }

const Say = ({ icon, title, children, action, alert = false }: SayProps) => (
  <div role={alert ? 'alert' : undefined} className="flex flex-col items-center gap-1.5 px-6 py-10 text-center">
    <span className="text-ink-3">{icon}</span>
    <p className="font-medium text-ink text-sm">{title}</p>
    {children && <p className="max-w-md text-ink-3 text-sm">{children}</p>}
    {action && <div className="mt-2">{action}</div>}
  </div>
)

export const Empty = ({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) => (
  <Say icon={<Inbox size={22} aria-hidden />} title={title} action={action}>
    {children}
  </Say>
)

export const NoPermission = ({ children }: { children?: ReactNode }) => (
  <Say icon={<LockKeyhole size={22} aria-hidden />} title="You may not see this">
    {children ?? 'Your role does not allow it. An administrator of your company can change that.'}
  </Say>
)

/** What went wrong, in the server's words, and a way to try again. */
export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  if (error instanceof ApiError && error.status === 403) return <NoPermission />
  const requestId = error instanceof ApiError ? error.requestId : null
  return (
    <Say
      alert
      icon={<CircleAlert size={22} aria-hidden />}
      title="This could not be loaded"
      action={retry && <Button onClick={retry}>Try again</Button>}
    >
      {error.message}
      {requestId && <span className="mt-1 block text-xs">Request {requestId}</span>}
    </Say>
  )
}

export const StaleNote = ({ since }: { since: string }) => (
  <p
    role="status"
    className="mx-4 mb-3 flex items-center gap-2 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn sm:mx-5"
  >
    <TriangleAlert size={15} aria-hidden className="shrink-0" />
    The newest figures cannot be read at the moment: these are as of {formatInstant(since)}.
  </p>
)
