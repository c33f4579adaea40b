import { ArrowDownRight, ArrowUpRight } from 'lucide-react'
import { cn } from './class-names.ts'
import { formatChange } from './format.ts'

type Props = {
  change: number | null
  /** `less`: more of it is worse, such as returns; null: neither. */
  good?: 'more' | 'less' | null
}
/** As it is shown, in tenths of a percent: less than that is no change. */
const STEPS = 1_000

/** How much a figure changed; colour says whether that is good, the sign says so without it. */
export function Change({ change, good = 'more' }: Props) {
  if (change === null) return <span className="text-ink-3 text-xs">–</span>
  const shown = Math.round(change * STEPS) / STEPS
  const isGood = good === null || shown === 0 ? null : shown > 0 === (good === 'more')
  const Arrow = shown < 0 ? ArrowDownRight : ArrowUpRight
  return (
    <span
      className={cn(
        'inline-flex items-center gap-0.5 font-medium text-xs',
        isGood === null ? 'text-ink-3' : isGood ? 'text-good' : 'text-bad',
      )}
    >
      {shown !== 0 && <Arrow size={13} aria-hidden />}
      {formatChange(shown)}
    </span>
  )
}
