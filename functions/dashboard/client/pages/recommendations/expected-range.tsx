import { formatMoneyWhole } from '../../parts/format.ts'
import type { Recommendation } from './recommendation.ts'

const percent = (value: number): string => `${Math.min(100, Math.max(0, value * 100))}%`

/** The middle, on the line from the low to the high end; zero is marked where the line crosses it. */
export function ExpectedRange({ recommendation: { expected, basis } }: { recommendation: Recommendation }) {
  if (!expected) return <p className="rounded-lg bg-sunken px-3 py-2 text-ink-3 text-xs">The effect cannot be told.</p>
  const [low, mid, high] = [expected.low, expected.mid, expected.high].map(({ amount }) => Number(amount))
  const [from, to] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)]
  const place = (value: number | undefined): number => ((value ?? 0) - from) / (to - from || 1)
  return (
    <div>
      <p className="text-ink-3 text-xs">Expected {basis} in 28 days</p>
      <p className="font-semibold text-ink text-xl tracking-tight">{formatMoneyWhole(expected.mid)}</p>
      <div aria-hidden className="relative mt-2 h-1.5 rounded-full bg-sunken">
        <span
          className="absolute h-full rounded-full bg-accent/40"
          style={{ left: percent(place(low)), right: percent(1 - place(high)) }}
        />
        <span className="absolute -top-1 h-3.5 w-0.5 rounded bg-accent" style={{ left: percent(place(mid)) }} />
        {from < 0 && <span className="absolute -top-1 h-3.5 w-px bg-ink-3" style={{ left: percent(place(0)) }} />}
      </div>
      <p className="mt-1.5 flex justify-between text-ink-3 text-xs">
        <span>at least {formatMoneyWhole(expected.low)}</span>
        <span>at most {formatMoneyWhole(expected.high)}</span>
      </p>
    </div>
  )
}
