/** 80 % of what the data leave possible, and its middle. */
export type Interval = { low: number; mid: number; high: number }

/** Between the two nearest values; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return below + (above - below) * (at - Math.floor(at))
}

export const intervalOf = (values: readonly number[]): Interval => ({
  low: quantile(values, 0.1),
  mid: quantile(values, 0.5),
  high: quantile(values, 0.9),
})
