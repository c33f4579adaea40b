import type { ComponentProps } from 'react'
import { cn } from './class-names.ts'

const LOOKS = {
  primary: 'bg-accent text-accent-ink hover:brightness-110 border-transparent',
  plain: 'bg-surface text-ink border-line-strong hover:bg-sunken',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-sunken hover:text-ink',
  danger: 'bg-surface text-bad border-line-strong hover:bg-bad-soft',
} as const

type Props = ComponentProps<'button'> & { look?: keyof typeof LOOKS; busy?: boolean }

export const buttonClass = (look: keyof typeof LOOKS = 'plain', more?: string): string =>
  cn(
    'inline-flex h-9 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-lg border px-3 text-sm font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55',
    LOOKS[look],
    more,
  )

/** While it is busy it cannot be pressed again. */
export const Button = ({ look, busy = false, className, disabled, type = 'button', ...rest }: Props) => (
  <button type={type} aria-busy={busy} disabled={disabled || busy} className={buttonClass(look, className)} {...rest} />
)
