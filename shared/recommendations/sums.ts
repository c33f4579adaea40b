/** A day as the fit sees it. `factor`: of its weekday. `time`: from -1 to 1 over all days. */
export type Observation = { spend: number; net: number; factor: number; time: number; week: number }

/** Of one stretch of days, in the order that solve() takes them. */
const SUMS = 10

/** Week after week. Of counted orders the variance grows with the mean: days weigh 1/√spend. */
export function weeklySums(days: readonly Observation[], shape: (spend: number) => number): Float64Array {
  const sums = new Float64Array(((days.at(-1)?.week ?? -1) + 1) * SUMS)
  for (const { spend, net, factor, time, week } of days) {
    const g = shape(spend) * factor
    const w = 1 / (Math.sqrt(spend) * factor)
    const [at, gg, gy, squared] = [week * SUMS, w * g * g, w * g * net, time * time]
    add(sums, at, gg)
    add(sums, at + 1, gg * time)
    add(sums, at + 2, gg * squared)
    add(sums, at + 3, gg * squared)
    add(sums, at + 4, gg * squared * time)
    add(sums, at + 5, gg * squared * squared)
    add(sums, at + 6, gy)
    add(sums, at + 7, gy * time)
    add(sums, at + 8, gy * squared)
    add(sums, at + 9, w * net * net)
  }
  return sums
}

/** Each week as often as it was drawn. */
export function sumOf(weekly: Float64Array, drawn: Uint8Array): Float64Array {
  const total = new Float64Array(SUMS)
  for (let week = 0; week < drawn.length; week += 1) {
    const times = drawn[week] ?? 0
    if (times === 0) continue
    for (let at = 0; at < SUMS; at += 1) add(total, at, times * (weekly[week * SUMS + at] ?? 0))
  }
  return total
}

const add = (sums: Float64Array, at: number, value: number): void => {
  sums[at] = (sums[at] ?? 0) + value
}
