import { ArrowDownRight, ArrowUpRight } from 'lucide-react'
import { cn } from './class-names.ts'
import { formatChange } from './format.ts'

type Props = {
  change: number | null /** More of it is worse, such as returns; null: neither. */
  good?: 'more' | 'less' | null
}

/** How much a figure changed; colour says whether that is good, the sign says so without it. */
export function Change({ change, good = 'more' }: Props) {
  if (change === null) return <span className="text-ink-3 text-xs">–</span>
  const isGood = good === null || change === 0 ? null : change > 0 === (good === 'more')
  const Arrow = change < 0 ? ArrowDownRight : ArrowUpRight
  return (
    <span
      className={cn(
        'inline-flex items-center gap-0.5 font-medium text-xs',
        isGood === null ? 'text-ink-3' : isGood ? 'text-good' : 'text-bad',
      )}
    >
      {change !== 0 && <Arrow size={13} aria-hidden />}
      {formatChange(change)}
    </span>
  )
}
