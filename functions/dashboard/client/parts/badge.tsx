import type { ReactNode } from 'react'
import { cn } from './class-names.ts'

const TONES = {
  neutral: 'bg-sunken text-ink-2',
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
} as const
export type Tone = keyof typeof TONES

export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) => (
  <span
    className={cn(
      'inline-flex items-center gap-1 whitespace-nowrap align-middle rounded-full px-2 py-0.5 font-medium text-xs',
      TONES[tone],
    )}
  >
    {children}
  </span>
)
