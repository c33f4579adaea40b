import { type ReactNode, useId } from 'react'
import { cn } from './class-names.ts'

type Props = { title: string; hint?: ReactNode; actions?: ReactNode; className?: string; children: ReactNode }

/** One subject of a page, under its own heading. */
export function Card({ title, hint, actions, className, children }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={cn('min-w-0 rounded-xl border border-line bg-surface', className)}>
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3.5 pb-2.5 sm:px-5">
        <div className="min-w-0">
          <h2 id={id} className="font-semibold text-ink text-sm">
            {title}
          </h2>
          {hint && <p className="mt-0.5 text-ink-3 text-xs">{hint}</p>}
        </div>
        {actions && <div className="flex min-w-0 max-w-full flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </section>
  )
}

export const CardBody = ({ className, children }: { className?: string; children: ReactNode }) => (
  <div className={cn('px-4 pb-4 sm:px-5 sm:pb-5', className)}>{children}</div>
)
