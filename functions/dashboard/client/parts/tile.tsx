import type { ReactNode } from 'react'
import type { Tone } from './badge.tsx'
import { cn } from './class-names.ts'

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'text-ink',
  good: 'text-good',
  bad: 'text-bad',
  warn: 'text-warn',
}

type Props = { title: string; value: ReactNode; hint?: ReactNode; tone?: Tone }

/** One figure at a glance. */
export const Tile = ({ title, value, hint, tone = 'neutral' }: Props) => (
  <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3 sm:px-5">
    <dt className="truncate text-ink-3 text-xs">{title}</dt>
    <dd className={cn('truncate font-semibold text-xl tracking-tight', TONES[tone])}>{value}</dd>
    {hint && <dd className="text-ink-3 text-xs">{hint}</dd>}
  </div>
)

export const Tiles = ({ children }: { children: ReactNode }) => (
  <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-4">
    {children}
  </dl>
)
