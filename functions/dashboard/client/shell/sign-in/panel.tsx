import { type FormEvent, type ReactNode, useEffect } from 'react'
import { Logo } from '../logo.tsx'

type Props = { title: string; hint?: ReactNode; onSubmit: () => void; children: ReactNode; foot?: ReactNode }

/** The form that those see who are not signed in. */
export function SignInPanel({ title, hint, onSubmit, children, foot }: Props) {
  useEffect(() => {
    document.title = `${title} · Pulsepoint`
  }, [title])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex justify-center text-lg">
          <Logo />
        </div>
        <form onSubmit={submit} className="flex flex-col gap-4 rounded-2xl border border-line bg-surface p-6 shadow-sm">
          <header>
            <h1 className="font-semibold text-lg text-ink tracking-tight">{title}</h1>
            {hint && <p className="mt-1 text-ink-3 text-sm">{hint}</p>}
          </header>
          {children}
        </form>
        {foot && <p className="mt-5 text-center text-ink-3 text-sm leading-7">{foot}</p>}
      </div>
    </main>
  )
}
