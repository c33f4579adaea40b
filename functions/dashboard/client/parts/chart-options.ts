import uPlot from 'uplot'
import { formatDay } from './format.ts'
import type { Series } from './series.ts'

export type ChartLook = {
  format: (value: number | null) => string
  /** On the axis. */
  formatShort: (value: number) => string
  provisionalFrom?: string | null
  /** The day that is not over: lines go on to it in dashes. */
  openDay?: string | null
}
type Asked = { series: readonly Series[]; days: readonly string[]; look: ChartLook; onDay: (at: number | null) => void }

const AXIS_FONT = '11px ui-sans-serif, system-ui, sans-serif'
const DAY_S = 86_400

export function chartOptions({ series, days, look, onDay }: Asked): Omit<uPlot.Options, 'width' | 'height'> {
  const color = tokens()
  const axis = { stroke: color('--ink-3'), font: AXIS_FONT, ticks: { show: false } }
  const grid = { stroke: color('--line'), width: 1 }
  return {
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 0) > 0 ? high * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 30,
        gap: 9,
        space: 72,
        values: (_, splits) => splits.map((at) => labelOf(at)),
      },
      { ...axis, grid, size: 56, gap: 8, space: 44, values: (_, splits) => splits.map(look.formatShort) },
    ],
    series: [{}, ...series.map((each) => lineOf(each, color(`--c${each.color}`)))],
    hooks: {
      setCursor: [(plot) => onDay(plot.cursor.idx ?? null)],
      drawClear: [(plot) => shade(plot, look.provisionalFrom ?? null, { days, stroke: color('--line-strong') })],
    },
  }
}

const labelOf = (at: number): string =>
  at % DAY_S === 0 ? formatDay(new Date(at * 1000).toISOString().slice(0, 10)) : ''

function lineOf({ title, kind = 'line' }: Series, stroke: string): uPlot.Series {
  const common = { label: title, stroke, points: { show: false } }
  if (kind === 'bars') return { ...common, width: 0, fill: `${stroke}66`, paths: barsPath() }
  return {
    ...common,
    width: 2,
    ...(kind === 'area' && { fill: `${stroke}1f` }),
    ...(kind === 'dashes' && { dash: [6, 5] }),
  }
}

const barsPath = (): uPlot.Series.PathBuilder => uPlot.paths.bars?.({ size: [0.6, 26], radius: 0.15 }) ?? (() => null)

type Shade = { days: readonly string[]; stroke: string }

/** Hatches the days whose figures may still change. */
function shade({ ctx, bbox, valToPos }: uPlot, from: string | null, { days, stroke }: Shade): void {
  const first = from === null ? undefined : days.find((day) => day >= from)
  if (first === undefined) return
  const left = Math.max(bbox.left, valToPos(Date.parse(first) / 1000 - DAY_S / 2, 'x', true))
  const right = bbox.left + bbox.width
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, bbox.top, right - left, bbox.height)
  ctx.clip()
  ctx.strokeStyle = stroke
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  for (let x = left - bbox.height; x < right; x += 7 * devicePixelRatio) {
    ctx.moveTo(x, bbox.top + bbox.height)
    ctx.lineTo(x + bbox.height, bbox.top)
  }
  ctx.stroke()
  ctx.restore()
}

/** The theme's colours, as the canvas needs them. */
function tokens(): (name: string) => string {
  const style = getComputedStyle(document.documentElement)
  return (name) => style.getPropertyValue(name).trim()
}
