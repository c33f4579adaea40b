type Props = { values: readonly (number | null)[]; className?: string }

const WIDTH = 120
const HEIGHT = 32
const EDGE = 2

/** The course of a figure without axes; the figure beside it says what it is. */
export function Sparkline({ values, className }: Props) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return null
  const low = Math.min(...known)
  const span = Math.max(...known) - low || 1
  const points = values.flatMap((value, index) => {
    if (value === null) return []
    const x = (index / (values.length - 1)) * WIDTH
    const y = HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE)
    return [{ x: x.toFixed(1), y: y.toFixed(1) }]
  })
  const line = points.map(({ x, y }) => `${x},${y}`).join(' ')
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden className={className}>
      <polygon
        points={`${points[0]?.x},${HEIGHT} ${line} ${points.at(-1)?.x},${HEIGHT}`}
        fill="currentColor"
        opacity={0.1}
      />
      <polyline
        points={line}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  )
}
