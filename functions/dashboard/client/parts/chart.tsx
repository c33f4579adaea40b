import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { type ChartLook, chartOptions } from './chart-options.ts'
import { formatLongDay } from './format.ts'
import { drawnSeries } from './open-day.ts'
import type { Series } from './series.ts'

type Props = ChartLook & { label: string; days: readonly string[]; series: readonly Series[]; height?: number }

/** Figures by day, at least `height` px high. The day under the pointer is read out above; days from `provisionalFrom` on are shaded. */
export function Chart({ label, days, series, height = 260, format, formatShort, ...marks }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<number | null>(null)
  const theme = useTheme()
  const { provisionalFrom = null, openDay = null } = marks
  useEffect(() => {
    const element = place.current
    if (!element) return
    void theme // its colours are read anew
    const look = { format, formatShort, provisionalFrom }
    const drawn = drawnSeries(series, days, openDay)
    const options = chartOptions({ series: drawn, days, look, onDay: setAt })
    const data: uPlot.AlignedData = [
      days.map((day) => Date.parse(day) / 1000),
      ...drawn.map(({ values }) => [...values]),
    ]
    const size = () => ({ width: element.clientWidth, height: element.clientHeight })
    const plot = new uPlot({ ...options, ...size() }, data, element)
    const watch = new ResizeObserver(() => plot.setSize(size()))
    watch.observe(element)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [series, days, format, formatShort, provisionalFrom, openDay, theme])
  return (
    <figure aria-label={`${label}: ${summary(series, days, format)}`} className="flex flex-1 flex-col">
      <Legend {...{ series, days, at, format, provisionalFrom, openDay }} />
      <div aria-hidden className="relative flex-1" style={{ minHeight: height }}>
        <div ref={place} className="absolute inset-0" />
      </div>
    </figure>
  )
}

type LegendProps = Pick<Props, 'series' | 'days' | 'format' | 'provisionalFrom' | 'openDay'> & { at: number | null }

const Legend = ({ series, days, at, format, provisionalFrom, openDay }: LegendProps) => {
  const day = at === null ? undefined : days[at]
  return (
    <figcaption className="flex min-h-6 flex-wrap items-center gap-x-4 gap-y-1 text-ink-2 text-xs">
      {series.map(({ title, color, values }) => (
        <span key={title} className="inline-flex items-center gap-1.5">
          <span aria-hidden className="h-2 w-2 rounded-[3px]" style={{ background: `var(--c${color})` }} />
          {title}
          {at !== null && <strong className="font-semibold text-ink">{format(values[at] ?? null)}</strong>}
        </span>
      ))}
      {day && (
        <span className="text-ink-3">
          {formatLongDay(day)}
          {day === openDay && ', so far'}
        </span>
      )}
      {!day && openDay && days.includes(openDay) && (
        <span className="inline-flex items-center gap-1.5 text-ink-3">
          <span aria-hidden className="w-4 border-ink-3 border-t-2 border-dashed" />
          today so far
        </span>
      )}
      {!day && provisionalFrom && (
        <span className="inline-flex items-center gap-1.5 text-ink-3">
          <span
            aria-hidden
            className="h-2.5 w-3 rounded-[2px] bg-[repeating-linear-gradient(45deg,var(--line-strong)_0_1.5px,transparent_1.5px_4px)]"
          />
          may still change
        </span>
      )}
    </figcaption>
  )
}

/** For those who do not see the lines. */
const summary = (series: readonly Series[], days: readonly string[], format: ChartLook['format']): string => {
  const [first, last] = [days[0], days.at(-1)]
  const ends = series.map(
    ({ title, values }) => `${title} from ${format(values[0] ?? null)} to ${format(values.at(-1) ?? null)}`,
  )
  return first && last ? `${formatLongDay(first)} to ${formatLongDay(last)}; ${ends.join('; ')}` : 'no days'
}

const lookOfRoot = (): string =>
  `${document.documentElement.dataset.theme} ${document.documentElement.getAttribute('style')}`

/** Changes when the page's theme or colour does. */
function useTheme(): string {
  const [theme, setTheme] = useState(lookOfRoot)
  useEffect(() => {
    const watch = new MutationObserver(() => setTheme(lookOfRoot()))
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'style'] })
    return () => watch.disconnect()
  }, [])
  return theme
}
