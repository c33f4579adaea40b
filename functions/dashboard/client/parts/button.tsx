import type { ComponentProps } from 'react'
import { cn } from './class-names.ts'

const LOOKS = {
  primary: 'bg-accent text-accent-ink hover:brightness-110 border-transparent',
  plain: 'bg-surface text-ink border-line-strong hover:bg-sunken',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-sunken hover:text-ink',
  danger: 'bg-surface text-bad border-line-strong hover:bg-bad-soft',
} as const
/** Fingers get more to press than a pointer needs. */
const SIZES = {
  normal: 'h-9 px-3 text-sm pointer-coarse:h-11',
  small: 'h-7 px-2 text-xs pointer-coarse:h-10',
  icon: 'size-9 pointer-coarse:size-11',
} as const

type Shape = { look?: keyof typeof LOOKS; size?: keyof typeof SIZES; className?: string | undefined }
type Props = ComponentProps<'button'> & Shape & { busy?: boolean }

export const buttonClass = ({ look = 'plain', size = 'normal', className }: Shape = {}): string =>
  cn(
    'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-lg border font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55',
    LOOKS[look],
    SIZES[size],
    className,
  )

/** While it is busy it cannot be pressed again. */
export const Button = ({ look, size, busy = false, className, disabled, type = 'button', ...rest }: Props) => (
  <button
    type={type}
    aria-busy={busy}
    disabled={disabled || busy}
    className={buttonClass({ ...(look && { look }), ...(size && { size }), className })}
    {...rest}
  />
)
