import type { Series } from './series.ts'

/** Each line in two, the second one in dashes: what lies before the day that is not over, and what leads to it. */
export function drawnSeries(series: readonly Series[], days: readonly string[], openDay: string | null): Series[] {
  const open = openDay === null ? -1 : days.indexOf(openDay)
  if (open < 1) return [...series]
  return series.flatMap((each): Series[] => {
    if (each.kind === 'bars') return [each]
    const part = (isShown: (at: number) => boolean) => each.values.map((value, at) => (isShown(at) ? value : null))
    return [
      { ...each, values: part((at) => at < open) },
      { ...each, kind: 'dashes', values: part((at) => at >= open - 1) },
    ]
  })
}
