import { type ReactNode, useEffect } from 'react'

type Props = { title: string; hint?: ReactNode; actions?: ReactNode; children: ReactNode }

/** A page's heading and its width; names the browser's tab. */
export function PageFrame({ title, hint, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Pulsepoint`
  }, [title])
  return (
    <div className="mx-auto flex w-full max-w-[1480px] flex-col gap-4 px-4 py-5 sm:px-6 lg:gap-5 lg:px-8 lg:py-7">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-ink text-xl tracking-tight">{title}</h1>
          {hint && <p className="mt-1 max-w-4xl text-pretty text-ink-3 text-sm">{hint}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
